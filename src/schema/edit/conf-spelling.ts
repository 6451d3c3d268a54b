// Values as .conf files spell them: not quoted, with JSON's escapes; yes and no; JSON for maps.
import type { PlainMap, PlainValue } from '../attribute.ts';

/** There a # belongs to the value, which ends at a blank. */
const ENDS_AT_BLANK = /^(?:pattern|bindingKey|binding[-_]key|hostname)$/;

/** Lines for one attribute, the first without its indentation. Null when a .conf file cannot hold the value. */
export function confLines(name: string, value: PlainValue, indent: string): string[] | null {
  if (Array.isArray(value)) return null;
  if (typeof value === 'object' && value !== null) return blockLines(name, value as PlainMap, indent);
  const spelled = confScalar(name, value);
  return spelled === null ? null : [`${name}: ${spelled}`];
}

/** Null when a .conf file cannot hold the value: it has no empty values. */
export function confScalar(name: string, value: PlainValue): string | null {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value === '') return null;
  const escaped = JSON.stringify(value)
    .slice(1, -1)
    .replace(/[\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]/g, inJson)
    .replace(/^[ {]| $/g, inJson);
  return ENDS_AT_BLANK.test(name) ? escaped.replace(/ /g, inJson) : escaped.replace(/#/g, inJson);
}

function inJson(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 *     openProperties: {
 *         "key": "value",
 *         "more": {
 *             "key": ["lists", "stand", "in", "one", "line"]
 *         }
 *     }
 *
 * The parser of qdrouterd counts braces by lines, so a map within a map has its lines, too.
 */
export function blockLines(name: string, value: PlainMap, indent: string): string[] {
  return [`${name}: {`, ...mapLines(value, indent), `${indent}}`];
}

function mapLines(map: PlainMap, indent: string): string[] {
  const inner = `${indent}    `;
  const entries = Object.entries(map);
  return entries.flatMap(([key, value], index) => {
    const comma = index < entries.length - 1 ? ',' : '';
    const name = JSON.stringify(key);
    if (isMap(value)) return [`${inner}${name}: {`, ...mapLines(value, inner), `${inner}}${comma}`];
    return [`${inner}${name}: ${JSON.stringify(value)}${comma}`];
  });
}

function isMap(value: PlainValue): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
