// What the three formats of a configuration file are read into: sections of keys and values, each with its place.
// Nothing is known here about entities; read-entity.ts gives the sections their meaning.
import type { Place } from './faults.ts';

export interface RawScalar {
  readonly kind: 'scalar';
  /** As written: `007` stays `007`. */
  readonly text: string;
  readonly value: string | number | boolean | null;
  readonly place: Place;
}

interface RawList {
  readonly kind: 'list';
  readonly items: readonly RawValue[];
  readonly place: Place;
}

export interface RawMap {
  readonly kind: 'map';
  /** In the order of the file; a key may stand twice. */
  readonly entries: readonly RawEntry[];
  readonly place: Place;
}

export type RawValue = RawScalar | RawList | RawMap;

export interface RawEntry {
  readonly key: string;
  /** Of the key. */
  readonly place: Place;
  readonly value: RawValue;
}

export interface RawSection {
  /** As written, such as `listener`, `link-route` or `listeners`. */
  readonly name: string;
  readonly place: Place;
  readonly entries: readonly RawEntry[];
}

/** Finds the places of offsets in a text. Lines end in LF or CR LF. */
export class LineMap {
  #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  placeAt(offset: number): Place {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#starts[low] + 1 };
  }

  /** Where line `line` (from 1) begins. */
  offsetOf(line: number): number {
    return this.#starts[line - 1];
  }

  offsetAt({ line, column }: Place): number {
    return this.offsetOf(line) + column - 1;
  }
}

/** The text with each line whose first character is `#` blanked out, so that all offsets stay. */
export function withoutCommentLines(text: string): string {
  return text.replace(/^[ \t]*#[^\n]*/gm, (line) => ' '.repeat(line.length));
}
