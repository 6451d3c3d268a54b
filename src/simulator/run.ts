// Runs one seed: the same seed gives the same run, event for event, on every machine.
import { Random } from '../kit/random.ts';
import type { Router } from '../router/router.ts';
import type { Breach } from './breaches.ts';
import { Course } from './course.ts';
import { drawTopology, smallTopologies, type TopologyName } from './topology/shapes.ts';
import { World } from './world.ts';

export interface RunOptions {
  /** One of the small ones; drawn from the seed when it is not named. */
  readonly topology?: TopologyName;
  /** Gets a line for everything that happens. */
  readonly write?: (line: string) => void;
  /** Called with each router before it starts: tests break it here, to see whether a checker finds out. */
  readonly tamper?: (router: Router) => void;
}

export interface Figures {
  readonly simulatedMs: number;
  readonly events: number;
  readonly messages: number;
  /** Whole messages that consumers got. */
  readonly deliveries: number;
  /** Outcomes that senders were told. */
  readonly outcomes: number;
  readonly faults: number;
  /** Copies of multicasts that a consumer got again, while routers did not all know the same network. */
  readonly duplicates: number;
  /** The longest that it took, after the last change, until every router knew the network. */
  readonly convergedMs: number;
  readonly outputPeakBytes: number;
  readonly heldPeakBytes: number;
}

export interface Verdict {
  readonly seed: number;
  readonly topology: TopologyName;
  readonly routers: number;
  readonly ok: boolean;
  readonly breaches: readonly Breach[];
  readonly figures: Figures;
  /** Of all bytes at the routers' doors, with their times: equal for equal runs. */
  readonly digest: string;
}

/** Never throws: an error of a router is a breach. */
export function runSeed(seed: number, { topology, write, tamper }: RunOptions = {}): Verdict {
  const dice = new Random(seed);
  const random = new Random(dice.uint32());
  const drawn = dice.pick(smallTopologies);
  const name = topology ?? drawn;
  const world = new World(random, drawTopology(name, dice), { write: write ?? null, tamper: tamper ?? null });
  const course = new Course(world);
  try {
    course.run();
  } catch (error) {
    world.breaches.report('crash', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const {
    breaches,
    topology: { routers },
    trace,
  } = world;
  return {
    seed,
    topology: name,
    routers: routers.length,
    ok: !breaches.any,
    breaches: breaches.all,
    figures: figuresOf(world, course),
    digest: trace.digest,
  };
}

function figuresOf(world: World, { convergence }: Course): Figures {
  const { clock, content, messages, journeys, allLives, faults, networkFaults } = world;
  const happened = [...Object.values(faults.counts), ...Object.values(networkFaults.counts)];
  return {
    simulatedMs: Math.round(world.elapsedMs),
    events: clock.count,
    messages: messages.count,
    deliveries: content.count,
    outcomes: allLives.reduce((sum, { witness }) => sum + witness.outcomesTold, 0),
    faults: happened.reduce((sum, count) => sum + count, 0),
    duplicates: journeys.duplicates,
    convergedMs: convergence.slowestMs,
    outputPeakBytes: Math.max(0, ...allLives.map(({ promise6 }) => promise6.outputPeak)),
    heldPeakBytes: Math.max(0, ...allLives.map(({ promise6 }) => promise6.heldPeak)),
  };
}
