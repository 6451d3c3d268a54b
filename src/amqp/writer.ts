// A growable output buffer. Hot code reserves once, then stores into `bytes` and `view` and advances `position` itself;
// cold code uses the checked methods. Numbers are in network byte order (§1.1).

/**
 * Owns its buffer. `bytes` and `view` are replaced when it grows: read them again after every `reserve`, and do not
 * keep what `written` returned across one.
 */
export class Writer {
  bytes: Uint8Array;
  view: DataView;
  /** Bytes written so far, and the place of the next one. */
  position = 0;

  /** @param capacity bytes of the first buffer; it grows by doubling. */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.position + count > this.bytes.length) this.#grow(this.position + count);
  }

  /** What was written, as a view of the buffer: valid until the next write. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.position);
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.position++] = value;
  }

  u16(value: number): void {
    this.reserve(2);
    this.view.setUint16(this.position, value);
    this.position += 2;
  }

  u32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.position, value);
    this.position += 4;
  }

  /** Appends `from[start, end)`. */
  append(from: Uint8Array, start = 0, end = from.length): void {
    this.reserve(end - start);
    this.bytes.set(from.subarray(start, end), this.position);
    this.position += end - start;
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, needed, 64));
    larger.set(this.bytes.subarray(0, this.position));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
