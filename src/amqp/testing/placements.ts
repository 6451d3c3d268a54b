// Where a decoder may find its input: alone, in the midst of other bytes, in a Node Buffer of the pool.

import { DecodeError } from '../decode-error.ts';

export type Decode<T> = (bytes: Uint8Array, start: number, end: number) => T;

/** Decodes `input` at every placement; all results must be the same for `check`. */
export function atEveryPlacement<T>(input: Uint8Array, decode: Decode<T>, check: (result: T) => void): void {
  const alone = Uint8Array.from(input);
  check(decode(alone, 0, alone.length));
  for (const filling of [0x00, 0x40, 0xff]) {
    const larger = new Uint8Array(input.length + 13).fill(filling);
    larger.set(input, 7);
    check(decode(larger, 7, 7 + input.length));
    check(decode(larger.subarray(3), 4, 4 + input.length));
  }
  const pooled = Buffer.concat([Buffer.from([1, 2, 3]), input, Buffer.from([4])]);
  check(decode(pooled, 3, 3 + input.length));
}

/**
 * Cuts `input` at every length, with the missing bytes really missing and with them lying behind `end`. Returns what the decoder
 * did instead of throwing DecodeError: nothing, if all is well.
 */
export function survivorsOfCuts(input: Uint8Array, decode: Decode<unknown>, lengthMax = input.length): string[] {
  const survivors: string[] = [];
  for (let length = 0; length < lengthMax; length++) {
    for (const bytes of [Uint8Array.from(input.subarray(0, length)), input]) {
      const fault = decodeFault(() => decode(bytes, 0, length));
      if (fault !== 'DecodeError') survivors.push(`cut to ${length} of ${input.length}: ${fault}`);
    }
  }
  return survivors;
}

/** Name of what `decode` threw: DecodeError if the bytes were refused, null if it threw nothing, else a message. */
export function decodeFault(decode: () => unknown): string | null {
  try {
    decode();
    return null;
  } catch (error) {
    return error instanceof DecodeError ? 'DecodeError' : String(error);
  }
}
