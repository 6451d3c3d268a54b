// Values as YAML spells them: plain where a word is a word to everybody, else as JSON, which YAML is a superset of.
import type { PlainValue } from '../attribute.ts';

const PLAIN = /^[A-Za-z_/](?:[\w./@+-]|:(?=[\w/]))*$/;
/** YAML 1.1 and 1.2 take these for something else than text. */
const NO_TEXT = /^(?:true|false|yes|no|on|off|null|y|n)$/i;
const DIGITS = /^(?:0|[1-9]\d{0,8})$/;

export function yamlScalar(value: PlainValue): string {
  if (typeof value === 'string' && ((PLAIN.test(value) && !NO_TEXT.test(value)) || DIGITS.test(value))) return value;
  if (typeof value === 'object' && value !== null) return yamlFlow(value);
  return JSON.stringify(value);
}

/** In one line, as `{ "team": "a" }`. */
function yamlFlow(value: PlainValue): string {
  if (Array.isArray(value)) return `[${value.map((item) => yamlFlow(item as PlainValue)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${yamlFlow(item as PlainValue)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
