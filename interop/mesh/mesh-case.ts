// What holds in a network, whatever its topology: made into cases of the suite, one for each topology.
import { type Case, needsOf } from '../case.ts';
import type { Library } from '../client.ts';
import type { Across } from './across.ts';
import { hasEdges, type Topology, threeInLine } from './topology.ts';

export interface MeshCase {
  /** A sentence, without network and libraries. */
  readonly what: string;
  /** Absent: rhea alone, on every topology. Else only in three routers in line, since the way is the same for all libraries. */
  readonly between?: readonly Library[];
  /** The fewest routers that can show it. */
  readonly routersMin?: number;
  /** Not where there are edges: who is nearer does not count there, a way up being one more consumer. */
  readonly withoutEdges?: boolean;
  run(across: Across): Promise<void>;
}

/** The case for each pair of sending and receiving library. */
export function acrossPairs(
  libraries: readonly Library[],
  make: (from: Library, to: Library) => Omit<MeshCase, 'between'>,
): MeshCase[] {
  const pairs = libraries.flatMap((from) => libraries.map((to) => [from, to] as const));
  return pairs.map(([from, to]) => ({
    ...make(from, to),
    ...(from === 'rhea' && to === 'rhea' ? {} : { between: [from, to] }),
  }));
}

/** As cases of the suite, in the shared network of the topology. */
export function inTopology(topology: Topology, cases: readonly MeshCase[]): Case[] {
  const shown = cases.filter(
    ({ between, routersMin = 1, withoutEdges = false }) =>
      topology.routers.length >= routersMin &&
      (between === undefined || topology === threeInLine) &&
      !(withoutEdges && hasEdges(topology)),
  );
  return shown.map(({ what, between, run }) => ({
    name: `mesh, ${topology.name}: ${what}${between === undefined ? '' : `, ${between.join(' → ')}`}`,
    ...(between === undefined ? {} : { needs: needsOf(...between) }),
    run: async (world) => run({ world, topology, network: await world.sharedNetwork(topology) }),
  }));
}
