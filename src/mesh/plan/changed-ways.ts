// How many pairs of applications take another way in a changed mesh, and which lose each other.
import type { Application, Mesh } from '../model/mesh.ts';
import type { Journeys } from '../topology/journeys.ts';
import { pairsOf } from '../what-if/pairs.ts';

/** A mesh with the ways in it. */
export interface Travelled {
  readonly mesh: Mesh;
  readonly journeys: Journeys;
}

/** Of the pairs of `before`; those without a way there are none. */
export function changedWays(before: Travelled, after: Travelled): { pairs: number; changed: number; cut: string[] } {
  const cut: string[] = [];
  let pairs = 0;
  let changed = 0;
  for (const { channel, from, to } of pairsOf(before.mesh)) {
    const now = [after.mesh.applications.get(from.name), after.mesh.applications.get(to.name)];
    // Who goes altogether is told as such.
    if (now[0] === undefined || now[1] === undefined) continue;
    const was = before.journeys.wayBetween(from, to);
    const is = after.journeys.wayBetween(now[0] as Application, now[1] as Application);
    if (was === null) continue;
    pairs += 1;
    if (is === null) cut.push(`${channel.name}: ${from.name} → ${to.name}`);
    else if (was.cost !== is.cost || was.hops.join() !== is.hops.join()) changed += 1;
  }
  return { pairs, changed, cut };
}
