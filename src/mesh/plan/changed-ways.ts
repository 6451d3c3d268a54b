// How many pairs of applications take another way in a changed mesh, and which lose each other.
import type { Application, Mesh } from '../model/mesh.ts';
import { Journeys } from '../topology/journeys.ts';
import { pairsOf } from '../what-if/pairs.ts';

export function changedWays(before: Mesh, after: Mesh): { pairs: number; changed: number; cut: string[] } {
  const [were, are] = [new Journeys(before), new Journeys(after)];
  const cut: string[] = [];
  let pairs = 0;
  let changed = 0;
  for (const { channel, from, to } of pairsOf(before)) {
    const now = [after.applications.get(from.name), after.applications.get(to.name)];
    // Who goes altogether is told as such.
    if (now[0] === undefined || now[1] === undefined) continue;
    pairs += 1;
    const was = were.wayBetween(from, to);
    const is = are.wayBetween(now[0] as Application, now[1] as Application);
    if (was !== null && is === null) cut.push(`${channel.name}: ${from.name} → ${to.name}`);
    else if (was?.cost !== is?.cost || was?.hops.join() !== is?.hops.join()) changed += 1;
  }
  return { pairs, changed, cut };
}
