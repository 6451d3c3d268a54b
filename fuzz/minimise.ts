// Makes an input smaller as long as it stays interesting: halves, quarters … of its parts are left out, then single ones; then the
// same within each part; and what is left becomes zero where it does not matter.

/** `attemptsMax` bounds how often `isInteresting` is asked. */
export function minimise(
  input: Uint8Array,
  split: (input: Uint8Array) => Uint8Array[],
  isInteresting: (input: Uint8Array) => boolean,
  attemptsMax = 3000,
): Uint8Array {
  let attempts = 0;
  const keeps = (parts: readonly Uint8Array[]): boolean => attempts++ < attemptsMax && isInteresting(join(parts));
  let parts = withoutNeedless(split(input), keeps);
  // Fewer parts may make others needless.
  for (let former = Number.POSITIVE_INFINITY; parts.length < former && attempts < attemptsMax; ) {
    former = parts.length;
    parts = withoutNeedless(parts, keeps);
  }
  for (const [index, part] of parts.entries()) {
    const bytes = Array.from(part, (_, at) => part.subarray(at, at + 1));
    const shorter = withoutNeedless(bytes, (left) => keeps(parts.with(index, join(left))));
    parts = parts.with(index, join(shorter));
  }
  return zeroed(join(parts), (bytes) => keeps([bytes]));
}

function zeroed(input: Uint8Array, keeps: (input: Uint8Array) => boolean): Uint8Array {
  let left = input;
  for (let size = Math.ceil(left.length / 4); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 4)) {
    for (let at = 0; at < left.length; at += size) {
      const blank = left.slice().fill(0, at, at + size);
      if (left.subarray(at, at + size).some((byte) => byte !== 0) && keeps(blank)) left = blank;
    }
  }
  return left;
}

function withoutNeedless(parts: Uint8Array[], keeps: (parts: Uint8Array[]) => boolean): Uint8Array[] {
  let left = parts;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length; ) {
      const shorter = [...left.slice(0, at), ...left.slice(at + size)];
      if (keeps(shorter)) left = shorter;
      else at += size;
    }
  }
  return left;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
