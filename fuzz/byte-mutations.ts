// Changes to bytes that know nothing of their meaning but a few words.
import type { Random } from '../src/kit/random.ts';
import { remarkableNumbers, words } from './dictionary.ts';

/** Inputs do not grow beyond this. */
const lengthMax = 4096;

type Mutation = (bytes: Uint8Array, other: Uint8Array, random: Random) => Uint8Array;

/** One byte changed, or a few changes of any kind; `other` lends bytes. */
export function mutateBytes(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  if (random.chance(0.4)) return random.pick(changesOfByte)(bytes, other, random);
  let mutated = bytes;
  for (let left = 1 + Math.min(random.below(4), random.below(6)); left > 0; left--)
    mutated = random.pick(mutations)(mutated, other, random);
  return mutated.length > lengthMax ? mutated.subarray(0, lengthMax) : mutated;
}

const changesOfByte: readonly Mutation[] = [flipBit, setByte, stepByte];
const mutations: readonly Mutation[] = [
  ...changesOfByte,
  remove,
  repeat,
  insertWord,
  insertWord,
  overwriteWord,
  overwriteNumber,
  borrow,
  truncate,
  insertNoise,
];

/** `bytes[0, start) insert bytes[end, …)` */
export function spliced(bytes: Uint8Array, start: number, end: number, insert: Uint8Array): Uint8Array {
  const result = new Uint8Array(start + insert.length + bytes.length - end);
  result.set(bytes.subarray(0, start));
  result.set(insert, start);
  result.set(bytes.subarray(end), start + insert.length);
  return result;
}

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  if (at >= bytes.length) return bytes;
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

function flipBit(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length);
  return changed(bytes, at, (bytes[at] as number) ^ (1 << random.below(8)));
}

function setByte(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  return changed(bytes, random.below(bytes.length), random.below(256));
}

/** Lengths and counts that are off by a little. */
function stepByte(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length);
  return changed(bytes, at, (bytes[at] as number) + random.pick([-4, -3, -2, -1, 1, 2, 3, 4]));
}

function remove(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const start = random.below(bytes.length);
  return spliced(
    bytes,
    start,
    Math.min(bytes.length, start + 1 + random.below(random.pick([2, 8, 64]))),
    new Uint8Array(0),
  );
}

function repeat(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const start = random.below(bytes.length);
  const piece = bytes.subarray(start, start + 1 + random.below(random.pick([2, 16, 64])));
  let repeated = piece;
  for (let times = random.pick([0, 0, 0, 1, 5]); times > 0; times--)
    repeated = spliced(repeated, repeated.length, repeated.length, repeated);
  return spliced(bytes, start, start, repeated);
}

function insertWord(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  return spliced(bytes, at, at, random.pick(words));
}

function overwriteWord(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const word = random.pick(words);
  return spliced(bytes, at, Math.min(bytes.length, at + word.length), word);
}

function overwriteNumber(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const number = random.pick(remarkableNumbers);
  const width = random.pick([1, 2, 4, 4]);
  const encoded = Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number).subarray(4 - width);
  return spliced(bytes, at, Math.min(bytes.length, at + width), encoded);
}

/** A piece of another input in the place of one of ours. */
function borrow(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const from = random.below(other.length);
  const piece = other.subarray(from, from + 1 + random.below(64));
  const at = random.below(bytes.length + 1);
  const replaced = random.chance(0.5) ? 0 : random.below(64);
  return spliced(bytes, at, Math.min(bytes.length, at + replaced), piece);
}

function truncate(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  return bytes.subarray(0, random.below(bytes.length + 1));
}

function insertNoise(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  return spliced(bytes, at, at, random.bytes(1 + random.below(8)));
}
