// A question about somebody whom the mesh does not have.
import { suggestion } from '../../schema/names.ts';

/** Names that are listed when none is near: a list of a thousand helps nobody. */
const listedMax = 12;

export class UnknownName extends Error {
  override name = 'UnknownName';
}

/** `; did you mean 'x'?`, or the names there are, or how many. */
export function knownText(name: string, known: readonly string[]): string {
  const near = suggestion(name, known);
  if (near.startsWith('; did')) return near;
  if (known.length === 0) return '; there are none';
  return known.length <= listedMax ? near : `; there are ${known.length} others`;
}
