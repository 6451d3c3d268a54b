// Small helpers to draw a plan. Most features are either on or off for a whole run: runs with few of them find what runs with
// all of them hide.
import type { Random } from '../../kit/random.ts';

/** `value` in this share of the runs, else 0. */
export function sometimes(random: Random, share: number, value: number): number {
  return random.chance(share) ? value : 0;
}
