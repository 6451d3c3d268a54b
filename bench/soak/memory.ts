// Is memory flat? Medians of windows are compared, not single readings: a garbage collector makes a saw of the curve.
import { median } from '../statistics.ts';

/** A reading of the router's resident memory. */
export interface MemoryReading {
  readonly atMs: number;
  readonly bytes: number;
}

/** Growth that is allowed between the first and the last window. */
export const tolerance = { share: 0.15, bytes: 24e6 } as const;

/** Part of the run that is not looked at: heaps find their size, compilers make code. */
const warmUpShare = 0.3;
/** Each of the two windows, at the beginning and at the end of what is looked at. */
const windowShare = 0.2;

export interface MemoryVerdict {
  readonly firstBytes: number;
  readonly lastBytes: number;
  readonly allowedBytes: number;
  readonly flat: boolean;
}

/** Compares the window after the warm-up with the last one. Null when there are too few readings to say anything. */
export function judgeMemory(readings: readonly MemoryReading[]): MemoryVerdict | null {
  const looked = readings.slice(Math.floor(readings.length * warmUpShare));
  const size = Math.floor(readings.length * windowShare);
  if (size < 3) return null;
  const firstBytes = median(looked.slice(0, size).map((one) => one.bytes));
  const lastBytes = median(looked.slice(-size).map((one) => one.bytes));
  const allowedBytes = firstBytes * (1 + tolerance.share) + tolerance.bytes;
  return { firstBytes, lastBytes, allowedBytes, flat: lastBytes <= allowedBytes };
}
