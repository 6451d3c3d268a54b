// Checks of our own reasoning. A failed assertion is a bug of Weft, never a fault of a peer or of the world.

export class AssertionError extends Error {
  override name = 'AssertionError';
}

/** Throws {@link AssertionError} unless `condition` holds. `message` states what must hold. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(`our bug: ${message}`);
}

/** Marks code that types say cannot be reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`our bug: unexpected ${String(value)}`);
}
