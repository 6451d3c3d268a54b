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

/** What a part of the view may take up. */
export interface Room {
  readonly columns: number;
  /** Lines, the head of a table among them. */
  readonly rows: number;
}

/** A column of a table: as wide as its longest cell, but not wider than `most`. */
export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  readonly least?: number;
  readonly most?: number;
  /** Where there is no room for all: 1 goes first. Absent: it stays. */
  readonly goesAs?: number;
}

export interface Row {
  /** As many as there are columns, or fewer. */
  readonly cells: readonly Span[];
  /** Stands behind the last cell, as long as it may be. */
  readonly note?: Span;
}

/** Rows under their heads, without columns that `room` does not have. */
export function table(columns: readonly Column[], rows: readonly Row[], room: number): Line[] {
  const widths = columns.map(({ head, least = 0, most = 40 }, at) => {
    const longest = rows.reduce((max, { cells }) => Math.max(max, cells[at]?.text.length ?? 0), head.length);
    return Math.min(most, Math.max(least, longest));
  });
  const shown = fitting(columns, widths, room);
  const line = ({ cells, note }: Row): Line => {
    const there = shown.filter((at) => at < cells.length);
    const padded = there.map((at, place): Span => {
      const { text, style } = cells[at] as Span;
      const [width = 0, align] = [widths[at], columns[at]?.align];
      const fits = shortened(text, width);
      return {
        text: `${place === 0 ? '' : gap}${align === 'right' ? fits.padStart(width) : fits.padEnd(width)}`,
        style,
      };
    });
    return note === undefined ? padded : [...padded, { ...note, text: `${gap}${note.text}` }];
  };
  return [line({ cells: columns.map(({ head }) => dim(head)) }), ...rows.map(line)];
}

const gap = '  ';

/** Places of the columns that stay. */
function fitting(columns: readonly Column[], widths: readonly number[], room: number): number[] {
  let shown = columns.map((_, at) => at);
  const going = shown
    .filter((at) => columns[at]?.goesAs !== undefined)
    .sort((a, b) => (columns[a]?.goesAs ?? 0) - (columns[b]?.goesAs ?? 0));
  const width = (): number => shown.reduce((sum, at) => sum + gap.length + (widths[at] ?? 0), -gap.length);
  while (width() > room && going.length > 0) {
    const gone = going.shift();
    shown = shown.filter((at) => at !== gone);
  }
  return shown;
}

/** `warehouse/packing-s…` */
function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** The line without what lies beyond `columns`; its end tells that there was more. */
export function cut(line: Line, columns: number): Line {
  if (textOf(line).length <= columns) return line;
  const spans: Span[] = [];
  let left = columns;
  for (const { text, style } of line) {
    if (left <= 0) break;
    // What stands at the edge may go on behind it, in this piece or the next one.
    spans.push({ text: text.length >= left ? `${text.slice(0, left - 1)}…` : text, style });
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
