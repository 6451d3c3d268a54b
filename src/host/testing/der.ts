// Writes DER, as much of it as certificates of tests need (X.690): tag, length, value.

type Bytes = Uint8Array;

/** One element. Its length takes one byte below 128, else a count of bytes and then these. */
export function der(tag: number, ...parts: readonly Bytes[]): Bytes {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Uint8Array.of(tag, body.length), body]);
  const length = [...bigEndian(body.length)];
  return Buffer.concat([Uint8Array.of(tag, 0x80 | length.length, ...length), body]);
}

export const sequence = (...parts: readonly Bytes[]): Bytes => der(0x30, ...parts);
export const set = (...parts: readonly Bytes[]): Bytes => der(0x31, ...parts);
export const boolean = (value: boolean): Bytes => der(0x01, Uint8Array.of(value ? 0xff : 0));
export const octets = (bytes: Bytes): Bytes => der(0x04, bytes);
export const utf8 = (text: string): Bytes => der(0x0c, Buffer.from(text));
export const utcTime = (time: Date): Bytes =>
  der(0x17, Buffer.from(`${time.toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`));
/** Explicitly tagged, `[number]`. */
export const tagged = (number: number, ...parts: readonly Bytes[]): Bytes => der(0xa0 | number, ...parts);
/** A bit string of whole bytes, or with `unusedBits` at its end. */
export const bits = (bytes: Bytes, unusedBits = 0): Bytes => der(0x03, Uint8Array.of(unusedBits), bytes);

/** A positive integer. A first byte from 128 on would make it negative. */
export function integer(bytes: Bytes): Bytes {
  return der(0x02, (bytes[0] as number) >= 0x80 ? Buffer.concat([Uint8Array.of(0), bytes]) : bytes);
}

/** `2.5.4.3`: the first two arcs in one byte, the others in groups of seven bits. */
export function objectId(text: string): Bytes {
  const [first, second, ...rest] = text.split('.').map(Number) as [number, number, ...number[]];
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(0x06, Uint8Array.from(bytes));
}

function bigEndian(value: number): Bytes {
  const bytes: number[] = [];
  for (let left = value; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return Uint8Array.from(bytes);
}
