// Every limit of the room. A peer chooses the bytes that we decode; these numbers bound what it can make us do.

export const limits = {
  /** Values inside values (lists, maps, arrays, descriptors) that a decoder follows. */
  nestingDepthMax: 64,
  /** The same for an encoder, with room for values of ours around one that was decoded. */
  encodedNestingDepthMax: 128,
  /**
   * Array items without a byte of their own (§1.6.24: an array of `null`, `true`, `uint0`, `list0` …) that one Reader
   * yields in total. Its count field could claim 2^32 of them in ten bytes; every other item costs at least one byte of input.
   */
  zeroWidthItemsMax: 1024,
  /** Bytes of a delivery-tag (§2.8.7). */
  deliveryTagBytesMax: 32,
  /** Length of what describeValue returns, in characters. */
  describedCharactersMax: 200,
} as const;
