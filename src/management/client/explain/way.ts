// The way of a message from one router to another, by what each router on it says of its next hop.
import type { RouterFacts } from './facts.ts';

export interface Way {
  /** Ids, both ends included. */
  readonly hops: readonly string[];
  /** The sum of the costs between interior routers, as the first of them has it. */
  readonly cost: number;
  /** The least that any link on the way would still take; null where none tells. */
  readonly credit: number | null;
  /** Deliveries of the address that the first router has under way to its next hop. */
  readonly underWay: number;
}

interface Step {
  readonly next: string;
  /** Null when the step is not one between interior routers. */
  readonly cost: number | null;
  readonly credit: number | null;
  readonly underWay: number;
}

/** Null when there is none now. */
export function wayBetween(all: readonly RouterFacts[], from: RouterFacts, to: RouterFacts): Way | null {
  const byId = new Map(all.map((facts) => [facts.router, facts]));
  const door = interiorOf(all, to);
  const steps: Step[] = [];
  for (let at: RouterFacts | undefined = from; at !== to; at = byId.get((steps.at(-1) as Step).next)) {
    const step = at === undefined || steps.length > all.length ? null : stepToward(at, to, door);
    if (step === null) return null;
    steps.push(step);
  }
  const credits = steps.flatMap(({ credit }) => (credit === null ? [] : [credit]));
  return {
    hops: [from.router, ...steps.map(({ next }) => next)],
    cost: steps.find(({ cost }) => cost !== null)?.cost ?? 0,
    credit: credits.length === 0 ? null : Math.min(...credits),
    underWay: steps[0]?.underWay ?? 0,
  };
}

/** The interior router at which an edge router is a consumer; of another router its own id. */
function interiorOf(all: readonly RouterFacts[], { router, mode, uplink }: RouterFacts): string {
  if (mode !== 'edge') return router;
  const doors = all.filter(({ consumers }) => consumers.some((one) => one.isEdge && one.container === router));
  return (doors.find((one) => one.router === uplink?.interior) ?? doors[0])?.router ?? uplink?.interior ?? '';
}

function stepToward(at: RouterFacts, to: RouterFacts, door: string): Step | null {
  if (at.mode === 'edge') {
    const { uplink } = at;
    return uplink?.isUp ? { next: uplink.interior, cost: null, credit: uplink.credit, underWay: 0 } : null;
  }
  if (at.router === door) {
    const edge = at.consumers.find(({ isEdge, container }) => isEdge && container === to.router);
    return edge === undefined ? null : { next: to.router, cost: null, credit: edge.credit, underWay: edge.unsettled };
  }
  const hop = at.hops.find(({ router }) => router === door);
  return hop === undefined
    ? null
    : { next: hop.nextHop, cost: hop.cost, credit: hop.credit, underWay: hop.outstanding };
}
