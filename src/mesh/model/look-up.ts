// Names that entries refer to: whether they are there, and what there is instead.
import { suggestion } from '../../schema/names.ts';
import type { Declarations, Section } from './declarations.ts';
import type { MeshFaults, Origin } from './faults.ts';

/** A list of all thousand teams would help nobody. */
const namesShownMax = 8;

/** Looks names up, and tells those that are nowhere. */
export class Names {
  readonly #all: Declarations;
  readonly #faults: MeshFaults;

  constructor(all: Declarations, faults: MeshFaults) {
    this.#all = all;
    this.#faults = faults;
  }

  has(section: Section, name: string): boolean {
    return this.#all.written.get(section)?.has(name) === true;
  }

  /** Tells it when there is none of this name. */
  check(section: Section, what: string, name: string, origin: Origin): void {
    if (!this.has(section, name)) this.tell(what, name, this.#all.written.get(section) ?? new Set(), origin);
  }

  tell(what: string, name: string, known: Iterable<string>, origin: Origin): void {
    this.#faults.fault('reference', origin, `there is no ${what} '${name}'; ${alternatives(name, [...known])}`);
  }
}

function alternatives(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'none is declared; declare it';
  const near = suggestion(name, known);
  if (near.startsWith('; did')) return `declare it, or write the right name${near}`;
  const shown = known.slice(0, namesShownMax).join(', ');
  const more = known.length > namesShownMax ? ` and ${known.length - namesShownMax} more` : '';
  return `declared are ${shown}${more}; declare it, or write one of these`;
}
