// Lines for people: of 80 characters, or of a terminal's width.

export const lineWidth = 80;

/** Words in lines of `width`. */
export function wrapped(text: string, indent: string, width = lineWidth): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    const isFirst = line.length === indent.length;
    if (!isFirst && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line += isFirst ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** Hops with arrows, broken where the line is full. */
export function wayLines(hops: readonly string[], indent: string, width = lineWidth): string[] {
  const lines: string[] = [];
  let line = indent;
  hops.forEach((hop, at) => {
    const text = at === 0 ? hop : ` → ${hop}`;
    if (line !== indent && line.length + text.length > width) {
      lines.push(line);
      line = `${indent}${text.trimStart()}`;
    } else line += text;
  });
  return [...lines, line];
}
