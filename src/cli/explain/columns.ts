// Columns of text that fit a terminal: words to the left, figures to the right, and the longest words cut when there is no room.

export interface Column {
  readonly head: string;
  readonly isFigure?: true;
}

const indent = '  ';
const gutter = 2;
const narrowest = 8;

/** Lines without line ends. `width`: of the terminal, Infinity for no bound. */
export function columnLines(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const lengths = columns.map(({ head }, at) => Math.max(head.length, ...rows.map((row) => lengthOf(row[at] ?? ''))));
  shrink(lengths, columns, width);
  const line = (cells: readonly string[]): string =>
    (
      indent + columns.map((column, at) => pad(cells[at] ?? '', column, lengths[at] as number)).join(' '.repeat(gutter))
    ).trimEnd();
  return [line(columns.map(({ head }) => head)), ...rows.map(line)];
}

/** Takes from the longest column of words until all fit. */
function shrink(lengths: number[], columns: readonly Column[], width: number): void {
  const total = (): number => indent.length + lengths.reduce((sum, one) => sum + one + gutter, -gutter);
  while (total() > width) {
    let longest = -1;
    for (const [at, { isFigure }] of columns.entries()) {
      const length = lengths[at] as number;
      if (!isFigure && length > narrowest && length > (lengths[longest] ?? 0)) longest = at;
    }
    if (longest < 0) return;
    lengths[longest] = Math.max(narrowest, (lengths[longest] as number) - 1);
  }
}

function pad(text: string, { isFigure }: Column, length: number): string {
  const shown = lengthOf(text) > length ? `${[...text].slice(0, length - 1).join('')}…` : text;
  const blanks = ' '.repeat(length - lengthOf(shown));
  return isFigure ? blanks + shown : shown + blanks;
}

const lengthOf = (text: string): number => [...text].length;
