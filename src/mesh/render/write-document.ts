// A plain object as a YAML document. For manifests, of which a large mesh has thousands: a library that keeps places and comments takes
// ten times as long.
type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain | undefined };

/** Maps and lists in block form; what has no value is left out. */
export function documentOf(value: object): string {
  return mapOf(value as Record<string, Plain | undefined>, '');
}

/** Lines of a map, each behind `indent`. */
function mapOf(map: Readonly<Record<string, Plain | undefined>>, indent: string): string {
  let text = '';
  for (const [name, value] of Object.entries(map)) {
    if (value !== undefined) text += `${indent}${scalarOf(name)}:${behindColon(value, indent)}`;
  }
  return text;
}

/** What stands behind the colon, with the end of the line. */
function behindColon(value: Plain, indent: string): string {
  if (typeof value !== 'object' || value === null) return ` ${scalarOf(value)}\n`;
  if (isList(value)) return value.length === 0 ? ' []\n' : `\n${listOf(value, `${indent}  `)}`;
  return Object.keys(value).length === 0 ? ' {}\n' : `\n${mapOf(value, `${indent}  `)}`;
}

function listOf(list: readonly Plain[], indent: string): string {
  return list.map((item) => itemOf(item, indent)).join('');
}

/** A map in a list begins beside its dash. */
function itemOf(item: Plain, indent: string): string {
  if (typeof item !== 'object' || item === null) return `${indent}- ${scalarOf(item)}\n`;
  const text = isList(item) ? listOf(item, `${indent}  `) : mapOf(item, `${indent}  `);
  return text === '' ? `${indent}- ${isList(item) ? '[]' : '{}'}\n` : `${indent}- ${text.slice(indent.length + 2)}`;
}

const isList = (value: object): value is readonly Plain[] => Array.isArray(value);

/** Plain where every YAML takes it for the text that it is, else in double quotes, as JSON writes it. */
export function scalarOf(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-z/][\w./-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}
