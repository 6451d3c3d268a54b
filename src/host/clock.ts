// The two clocks that the host reads for everybody else.

/** Monotonic milliseconds, whole: the `now` of router and engine. Whole numbers stay unboxed where they are kept. */
export function monotonicMs(): number {
  return Math.floor(performance.now());
}

let wallOffsetMs = performance.timeOrigin;

/**
 * Wall clock in milliseconds since the epoch, with microseconds after the point. `Date.now()` has none, so they come from
 * the monotonic clock, which is set right again whenever both are apart (someone set the clock, or the machine slept).
 */
export function wallTimeMs(): number {
  const monotonic = performance.now();
  const wall = Date.now();
  const apart = wall - (wallOffsetMs + monotonic);
  if (apart > 2 || apart < -2) wallOffsetMs = wall - monotonic;
  return wallOffsetMs + monotonic;
}
