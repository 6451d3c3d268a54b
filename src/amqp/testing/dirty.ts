// Scratch objects that were used before.

/** `scratch` with rubbish in every field, so that a field which a decoder forgets shows. */
export function dirty<T extends object>(scratch: T): T {
  for (const [field, value] of Object.entries(scratch)) {
    Object.assign(scratch, { [field]: typeof value === 'boolean' ? !value : -77 });
  }
  return scratch;
}
