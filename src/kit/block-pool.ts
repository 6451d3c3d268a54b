// Byte blocks of one size, kept for reuse. What streams through would otherwise make garbage faster than it is collected.

/** So many bytes has a block. */
export const blockBytes = 16 * 1024;

/** So many are kept (8 MiB). */
const kept = 512;

export class BlockPool {
  readonly #free: Uint8Array[] = [];

  /** A block of {@link blockBytes}, with whatever was in it. */
  take(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(blockBytes);
  }

  /** Gives back a block that `take` gave; nobody may hold it any more. */
  give(block: Uint8Array): void {
    if (this.#free.length < kept) this.#free.push(block);
  }
}
