// Bytes as people write them in tests.

/** The bytes of hexadecimal digits, with spaces where they please. */
export function binaryOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}
