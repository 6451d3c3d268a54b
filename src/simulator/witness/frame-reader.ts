// Cuts a stream of bytes at a router's door into frames, whatever the pieces are in which it comes.
//
//   'AMQP' id 1 0 0 │ size doff type channel body │ …

export interface FrameHandler {
  /** The body of an AMQP frame; empty for a heartbeat. Borrowed. */
  handleFrame(bytes: Uint8Array, start: number, end: number, channel: number): void;
}

export class FrameReader {
  readonly #handler: FrameHandler;
  #kept: Uint8Array | null = null;

  constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  read(bytes: Uint8Array): void {
    const all = this.#withKept(bytes);
    let at = 0;
    while (all.length - at >= 8) {
      const size = sizeAt(all, at);
      if (all.length - at < size) break;
      const isFrame = all[at] !== 0x41 && all[at + 5] === 0; // neither a protocol header nor SASL
      if (isFrame) {
        const channel = ((all[at + 6] as number) << 8) | (all[at + 7] as number);
        this.#handler.handleFrame(all, at + (all[at + 4] as number) * 4, at + size, channel);
      }
      at += size;
    }
    this.#kept = at < all.length ? all.slice(at) : null;
  }

  #withKept(bytes: Uint8Array): Uint8Array {
    const kept = this.#kept;
    if (kept === null) return bytes;
    const all = new Uint8Array(kept.length + bytes.length);
    all.set(kept);
    all.set(bytes, kept.length);
    return all;
  }
}

/** A protocol header begins with 'A', which no size of a frame does here; it has eight bytes. */
function sizeAt(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 0x41) return 8;
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}
