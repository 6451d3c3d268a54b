// Lines of a terminal: pieces of text in styles, and tables of them.

export type Style = 'plain' | 'bold' | 'dim' | 'good' | 'bad';

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Span[];

export const blank: Line = [];
export const plain = (text: string): Span => ({ text, style: 'plain' });
export const dim = (text: string): Span => ({ text, style: 'dim' });
export const bold = (text: string): Span => ({ text, style: 'bold' });
export const good = (text: string): Span => ({ text, style: 'good' });
export const bad = (text: string): Span => ({ text, style: 'bad' });

/** A column of a table: as wide as its longest cell, but not wider than `most`. */
export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  readonly least?: number;
  readonly most?: number;
}

export interface Row {
  /** As many as there are columns, or fewer. */
  readonly cells: readonly Span[];
  /** Stands behind the last cell, as long as it may be. */
  readonly note?: Span;
}

/** Rows under their heads. */
export function table(columns: readonly Column[], rows: readonly Row[]): Line[] {
  const widths = columns.map(({ head, least = 0, most = 40 }, at) => {
    const longest = rows.reduce((max, { cells }) => Math.max(max, cells[at]?.text.length ?? 0), head.length);
    return Math.min(most, Math.max(least, longest));
  });
  const line = ({ cells, note }: Row): Line => {
    const padded = cells.map(({ text, style }, at): Span => {
      const [width = 0, align] = [widths[at], columns[at]?.align];
      const fits = shortened(text, width);
      return { text: `${at === 0 ? '' : '  '}${align === 'right' ? fits.padStart(width) : fits.padEnd(width)}`, style };
    });
    return note === undefined ? padded : [...padded, { ...note, text: `  ${note.text}` }];
  };
  return [line({ cells: columns.map(({ head }) => dim(head)) }), ...rows.map(line)];
}

/** `warehouse/packing-s…` */
function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** The line without what lies beyond `columns`. */
export function cut(line: Line, columns: number): Line {
  const spans: Span[] = [];
  let left = columns;
  for (const { text, style } of line) {
    if (left <= 0) break;
    spans.push({ text: text.slice(0, left), style });
    left -= text.length;
  }
  return spans;
}

/** The line as text, without trailing blanks; `paint` colours a piece. */
export function textOf(line: Line, paint: (text: string, style: Style) => string = (text) => text): string {
  const end = line.findLastIndex(({ text }) => text.trim() !== '');
  return line
    .slice(0, end + 1)
    .map(({ text, style }, index) => paint(index === end ? text.trimEnd() : text, style))
    .join('');
}
