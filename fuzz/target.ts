// What a fuzz target is: something that eats bytes and must not complain.
import type { Random } from '../src/kit/random.ts';

export interface Target {
  readonly name: string;
  /**
   * Runs one input. Whatever it throws is a find; so is not coming back, or taking much memory. Unless the input runs alone, what
   * is costly to set up may be used again, as long as it is as it was before.
   */
  run(input: Uint8Array, isAlone: boolean): void;
  /** An input that does what one after the other did. */
  follow(input: Uint8Array, next: Uint8Array): Uint8Array;
  /** Inputs to start from. */
  seeds(): Uint8Array[];
  /** Another input made of `input`, and perhaps of `other`. Neither is changed. */
  mutate(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array;
  /** The parts of which an input loses some while it is minimised; joined they are the input. */
  split(input: Uint8Array): Uint8Array[];
  /** A part in words, '' for none. */
  describe(part: Uint8Array): string;
}

/** Something that must hold does not: thrown by the checks of a target. */
export class Breach extends Error {
  override name = 'Breach';
}

/** Throws {@link Breach} unless `condition` holds; `what` states what must hold. */
export function must(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Breach(what);
}
