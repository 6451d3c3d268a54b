// Names as people write them: `link-route` and `max_frame_size` are known as `linkRoute` and `maxFrameSize`, and what is
// known under no name is answered with the nearest one.

/** Dispatch's camel case: words stand between blanks, `_`, `-` and `.`; all but the first begin with a capital. */
export function camelCase(name: string): string {
  return name.replace(/[ _.-]+(.?)/g, (_, letter: string) => letter.toUpperCase());
}

/** `; did you mean 'x'?`, or the names there are. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === null ? `; known are ${known.join(', ')}` : `; did you mean '${near}'?`;
}

/** The known name that takes the fewest changes of letters, if those are few enough for a slip. */
function nearest(name: string, known: readonly string[]): string | null {
  const wanted = name.slice(0, 64).toLowerCase();
  let best: string | null = null;
  let fewest = Math.floor(Math.max(wanted.length, 3) / 3) + 1;
  for (const candidate of known) {
    const changes = editDistance(wanted, candidate.toLowerCase());
    if (changes < fewest) [best, fewest] = [candidate, changes];
  }
  return best;
}

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment), a row of the table at a time. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? before[j - 2] + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, swapped, row[j] + 1, next[j - 1] + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}
