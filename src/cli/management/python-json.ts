// JSON as Python's json.dumps writes it, which scripts around qdmanage have in their expectations: blanks behind `,` and `:` also in
// one line, and everything beyond ASCII escaped.

/** `indent` in blanks; null writes one line. */
export function pythonJson(value: unknown, indent: number | null): string {
  return write(value, indent, '\n');
}

function write(value: unknown, indent: number | null, lineStart: string): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => write(item, indent, deeper(lineStart, indent)));
    return enclose('[', items, ']', indent, lineStart);
  }
  if (typeof value === 'object' && value !== null) {
    const items = Object.entries(value).map(
      ([key, item]) => `${quote(key)}: ${write(item, indent, deeper(lineStart, indent))}`,
    );
    return enclose('{', items, '}', indent, lineStart);
  }
  if (typeof value === 'string') return quote(value);
  return value === undefined ? 'null' : String(value); // numbers (of any length), booleans, null
}

function enclose(open: string, items: string[], close: string, indent: number | null, lineStart: string): string {
  if (items.length === 0) return open + close;
  if (indent === null) return open + items.join(', ') + close;
  const inner = deeper(lineStart, indent);
  return open + inner + items.join(`,${inner}`) + lineStart + close;
}

const deeper = (lineStart: string, indent: number | null): string => lineStart + ' '.repeat(indent ?? 0);

function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
