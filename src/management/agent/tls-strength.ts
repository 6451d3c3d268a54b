// How strong an encryption is, told by the name of its cipher suite, as people compare them: bits of the key.

const bits: readonly (readonly [RegExp, number])[] = [
  [/CHACHA20/i, 256],
  [/AES_?-?256|CAMELLIA_?-?256|ARIA_?-?256/i, 256],
  [/AES_?-?128|CAMELLIA_?-?128|ARIA_?-?128/i, 128],
  [/3DES|DES-CBC3/i, 112],
];

/** 0 when the name says nothing. */
export function strengthOf(cipher: string): number {
  return bits.find(([pattern]) => pattern.test(cipher))?.[1] ?? 0;
}
