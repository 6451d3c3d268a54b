// The codec as a target. An input is one byte that chooses what to check, and the bytes for it:
//
//   check | bytes …
import type { Random } from '../../src/kit/random.ts';
import { mutateBytes, spliced } from '../byte-mutations.ts';
import { must, type Target } from '../target.ts';
import { mutateValueBytes } from '../value-mutations.ts';
import { type Check, checkMessage, checkPerformative, checkSections, checkState, checkValue } from './checks.ts';
import { codecSeeds } from './seeds.ts';

/** In the order of the first byte of an input, which counts modulo their number. New ones come last: the corpus knows the order. */
export const checks: readonly { readonly name: string; readonly check: Check }[] = [
  { name: 'value', check: checkValue },
  { name: 'performative', check: checkPerformative },
  { name: 'state', check: checkState },
  { name: 'sections', check: checkSections },
  { name: 'message', check: checkMessage },
];

/** `surround` may wrap a check: tests plant faults so. */
export function codecTarget(surround: (check: Check, name: string) => Check = (check) => check): Target {
  const surrounded = checks.map(({ check, name }) => surround(check, name));
  return {
    name: 'codec',
    run(input) {
      if (input.length === 0) return;
      runBoth(surrounded[(input[0] as number) % surrounded.length] as Check, input);
    },
    follow: (_input, next) => next,
    seeds: codecSeeds,
    mutate,
    split: (input) => Array.from(input, (_, at) => input.subarray(at, at + 1)),
    describe: () => '',
  };
}

const place = new Uint8Array(8192);
const before = 5;

/** In place, and within other bytes that would be taken for more of the input: both must come to the same. */
function runBoth(check: Check, input: Uint8Array): void {
  const alone = check(input, 1, input.length);
  if (input.length + before + 16 > place.length) return;
  const filling = input.length & 1 ? 0x40 : 0x00;
  place.fill(filling, 0, before);
  place.set(input.subarray(1), before);
  const end = before + input.length - 1;
  place.fill(filling, end, end + 16);
  must(check(place, before, end) === alone, 'bytes mean the same wherever they lie');
}

/** Mostly the value stays a value, and the check the same. */
function mutate(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  if (input.length < 2 || random.chance(0.02)) return spliced(mutateBytes(input, other, random), 0, 0, random.bytes(1));
  const body = input.subarray(1);
  const changed = random.chance(0.4) ? mutateValueBytes(body, random) : null;
  return spliced(input.subarray(0, 1), 1, 1, changed ?? mutateBytes(body, other.subarray(1), random));
}
