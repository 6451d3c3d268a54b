// Integers as the hot codecs see them: 32-bit patterns in network order, unchecked. V8 keeps a signed 32-bit number in
// a machine word; an unsigned one beyond 2^31 would be boxed.

export function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

/** Stores `format` and the four bytes of `value`; returns the position behind them. */
export function putInt32(bytes: Uint8Array, at: number, format: number, value: number): number {
  bytes[at] = format;
  bytes[at + 1] = value >>> 24;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 8;
  bytes[at + 4] = value;
  return at + 5;
}

/** Stores a uint in its smallest encoding (at most five bytes); returns the position behind it. */
export function putUint(bytes: Uint8Array, at: number, value: number): number {
  if (value === 0) {
    bytes[at] = 0x43;
    return at + 1;
  }
  if (value > 0 && value < 256) {
    bytes[at] = 0x52;
    bytes[at + 1] = value;
    return at + 2;
  }
  return putInt32(bytes, at, 0x70, value);
}
