// A network of routers as it is meant to be: who there is, who dials whom, and what each link costs. Drawn from a seed.
import type { Random } from '../../kit/random.ts';

export interface TopologyLink {
  /** The router that dials, and the one that listens. */
  readonly from: string;
  readonly to: string;
  readonly cost: number;
}

export interface Topology {
  /** The ids of all routers. */
  readonly routers: readonly string[];
  /** Between interior routers; two of them may have several. */
  readonly links: readonly TopologyLink[];
  /** From edge routers to interior ones: of each edge one is in use, the others stand by. */
  readonly uplinks: readonly TopologyLink[];
}

export function isEdge({ uplinks }: Topology, id: string): boolean {
  return uplinks.some(({ from }) => from === id);
}

/** `count` router ids, in no order that has to do with their place in a network: ties between paths are broken by them. */
export function drawIds(random: Random, count: number): string[] {
  const ids = Array.from({ length: count }, (_, at) => `R${at + 1}`);
  // Above U+FFFF code points and code units are ordered differently.
  if (count > 2 && random.chance(0.2)) ids.splice(0, 2, 'R\u{1F6F0}', 'R\u{FF32}');
  for (let at = count - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [ids[at], ids[other]] = [ids[other] as string, ids[at] as string];
  }
  return ids;
}

/** A link between two of `routers`, by their places; either of them dials. */
export function linkOf(
  random: Random,
  routers: readonly string[],
  one: number,
  other: number,
  cost: number,
): TopologyLink {
  const [from, to] = random.chance(0.5) ? [one, other] : [other, one];
  return { from: routers[from] as string, to: routers[to] as string, cost };
}
