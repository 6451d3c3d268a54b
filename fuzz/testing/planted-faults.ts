// Faults for the fuzzer to find.
import type { Check } from '../codec/checks.ts';

export class PlantedFault extends Error {
  override name = 'PlantedFault';
}

/** A fault such as decoders have: the length of a link's name is believed when it takes four bytes. */
export function withBelievedLength(check: Check): Check {
  return (bytes, start, end) => {
    if (end - start > 20 && bytes[start] === 0 && bytes[start + 1] === 0x53 && bytes[start + 2] === 0x12)
      readName(bytes, start + 3, end);
    return check(bytes, start, end);
  };
}

function readName(bytes: Uint8Array, list: number, end: number): void {
  const name = list + (bytes[list] === 0xd0 ? 9 : 3);
  if (bytes[name] !== 0xb1) return;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(name + 1);
  if (length > end - name) throw new PlantedFault('read outside of the buffer');
}

/**
 * A fault that lies deep: of a decimal128, eight odd digits are believed. Each of them is met by chance, all together never, unless
 * each one that is met is noticed.
 */
export function withBelievedDigits(check: Check): Check {
  return (bytes, start, end) => {
    if (end - start === 17 && bytes[start] === 0x94) readDigits(bytes, start);
    return check(bytes, start, end);
  };
}

/** Not a loop: every digit has to be a place of its own in the code. */
function readDigits(bytes: Uint8Array, start: number): void {
  const isEven = (at: number): boolean => ((bytes[start + at] as number) & 1) === 0;
  if (isEven(1)) return;
  if (isEven(3)) return;
  if (isEven(5)) return;
  if (isEven(7)) return;
  if (isEven(9)) return;
  if (isEven(11)) return;
  if (isEven(13)) return;
  if (!isEven(15)) throw new PlantedFault('read outside of the buffer');
}
