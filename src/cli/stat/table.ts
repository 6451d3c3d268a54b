// A table with a title, as text in columns or as CSV.

export interface Table {
  readonly title: string;
  readonly heads: readonly string[];
  /** Cells as text; a row may be shorter than the heads. */
  readonly rows: readonly (readonly string[])[];
}

const indent = '  ';
const gutter = 2;

/** Ends with a line end. Without rows there is only the title. */
export function tableText({ title, heads, rows }: Table): string {
  if (rows.length === 0) return `${title}\n`;
  const widths = heads.map((head, column) =>
    rows.reduce((widest, row) => Math.max(widest, width(row[column] ?? '')), width(head)),
  );
  const line = (cells: readonly string[]): string =>
    indent + heads.map((_, column) => pad(cells[column] ?? '', column, widths)).join('');
  const rule = indent + '='.repeat(widths.reduce((sum, one) => sum + one + gutter, 0));
  return [title, line(heads), rule, ...rows.map(line)].map((text) => `${text}\n`).join('');
}

/** The last column is not filled up. */
function pad(text: string, column: number, widths: readonly number[]): string {
  if (column === widths.length - 1) return text;
  return text + ' '.repeat((widths[column] as number) + gutter - width(text));
}

/** Characters, not UTF-16 units. */
const width = (text: string): number => [...text].length;

export function tableCsv({ title, heads, rows }: Table): string {
  if (rows.length === 0) return `${title}\n`;
  return [title, heads.map(quote).join(','), ...rows.map((row) => row.map(quote).join(','))]
    .map((line) => `${line}\n`)
    .join('');
}

function quote(text: string): string {
  return text === '' ? '' : `"${text.replaceAll('"', '""')}"`;
}
