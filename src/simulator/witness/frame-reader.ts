// Cuts a stream of bytes at a router's door into frames, whatever the pieces are in which it comes.
//
//   'AMQP' id 1 0 0 │ size doff type channel body │ …

export interface FrameHandler {
  /** The body of an AMQP frame; empty for a heartbeat. Borrowed. */
  handleFrame(bytes: Uint8Array, start: number, end: number, channel: number): void;
}

export class FrameReader {
  readonly #handler: FrameHandler;
  /** A frame of which not everything has come; eight bytes long until its size is known. */
  #frame: Uint8Array | null = null;
  #filled = 0;

  constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  read(bytes: Uint8Array): void {
    let at = this.#frame === null ? 0 : this.#complete(bytes);
    while (bytes.length - at >= headerBytes) {
      const size = sizeAt(bytes, at);
      if (bytes.length - at < size) break;
      this.#handle(bytes, at, at + size);
      at += size;
    }
    if (at === bytes.length) return;
    this.#frame = new Uint8Array(headerBytes);
    this.#filled = 0;
    this.#fill(bytes, at);
  }

  /** Ends the frame that was begun, if these bytes do; returns where they go on. */
  #complete(bytes: Uint8Array): number {
    const at = this.#fill(bytes, 0);
    const frame = this.#frame as Uint8Array;
    if (this.#filled < headerBytes || this.#filled < sizeAt(frame, 0)) return at;
    this.#frame = null;
    this.#handle(frame, 0, frame.length);
    return at;
  }

  #fill(bytes: Uint8Array, start: number): number {
    let at = this.#append(bytes, start);
    const header = this.#frame as Uint8Array;
    if (this.#filled === headerBytes && sizeAt(header, 0) > headerBytes) {
      this.#frame = new Uint8Array(sizeAt(header, 0));
      this.#frame.set(header);
    }
    at = this.#append(bytes, at);
    return at;
  }

  #append(bytes: Uint8Array, start: number): number {
    const frame = this.#frame as Uint8Array;
    const end = Math.min(bytes.length, start + frame.length - this.#filled);
    frame.set(bytes.subarray(start, end), this.#filled);
    this.#filled += end - start;
    return end;
  }

  /** Neither protocol headers nor SASL are of interest. */
  #handle(bytes: Uint8Array, start: number, end: number): void {
    if (bytes[start] === 0x41 || bytes[start + 5] !== 0) return;
    const channel = ((bytes[start + 6] as number) << 8) | (bytes[start + 7] as number);
    this.#handler.handleFrame(bytes, start + (bytes[start + 4] as number) * 4, end, channel);
  }
}

const headerBytes = 8;

/** A protocol header begins with 'A', which no size of a frame does here; it has eight bytes. */
function sizeAt(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 0x41) return headerBytes;
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}
