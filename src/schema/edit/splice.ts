// Changes of a text by offsets: what is not named stays byte for byte.

/** What stands in [start, end) becomes `text`. Offsets are those of the text before all changes. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Why a text cannot be changed as wished, for people. */
export interface Refusal {
  readonly refusal: string;
}

export function isRefusal(value: object): value is Refusal {
  return 'refusal' in value;
}

/** What two splices remove is removed once. Of several insertions at one place the first comes first. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, text: inserted } of [...splices].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(at, start) + inserted;
    at = Math.max(at, end);
  }
  return result + text.slice(at);
}

/** Offset of the first character of the line in which `offset` lies. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset behind the last character of the line in which `offset` lies, before its LF or CR LF. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  if (newline < 0) return text.length;
  return newline > 0 && text[newline - 1] === '\r' && newline > offset ? newline - 1 : newline;
}

/** Offset behind the line break that ends the line in which `offset` lies. */
export function nextLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline + 1;
}

/** Blanks and tabs at the start of the line in which `offset` lies. */
export function indentAt(text: string, offset: number): string {
  const start = lineStart(text, offset);
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

/** How lines of this text end. */
export function lineBreakOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/**
 * Removes whole lines, from that of `first` to that of `last`. When blank lines would meet before and behind them, those before
 * them go too.
 */
export function removeLines(text: string, first: number, last: number): Splice {
  let start = lineStart(text, first);
  const end = nextLine(text, last);
  const isBlankBehind = end >= text.length || /^[ \t]*\r?\n/.test(text.slice(end, end + 200));
  while (isBlankBehind && start > 0) {
    const before = lineStart(text, start - 1);
    if (text.slice(before, start).trim() !== '') break;
    start = before;
  }
  return { start, end, text: '' };
}

/** Whole lines behind the line in which `offset` lies. `lines` hold no line breaks. */
export function insertLinesBehind(text: string, offset: number, lines: readonly string[]): Splice {
  const br = lineBreakOf(text);
  const at = lineEnd(text, offset);
  return { start: at, end: at, text: lines.map((line) => br + line).join('') };
}

/** Whole lines at the end of the text, behind a blank line unless they are the first. */
export function appendLines(text: string, lines: readonly string[]): Splice {
  const br = lineBreakOf(text);
  const isEmpty = text.trim() === '';
  const gap = isEmpty ? '' : text.endsWith('\n') ? br : br + br;
  return { start: text.length, end: text.length, text: `${gap}${lines.join(br)}${br}` };
}
