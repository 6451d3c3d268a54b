// Runs one seed: the same seed gives the same run, event for event, on every machine.
import type { Router } from '../router/router.ts';
import type { Breach } from './breaches.ts';
import { World } from './world.ts';

export interface RunOptions {
  /** Gets a line for everything that happens. */
  readonly write?: (line: string) => void;
  /** Called with the router before it starts: tests break it here, to see whether a checker finds out. */
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
  readonly outputPeakBytes: number;
  readonly heldPeakBytes: number;
}

export interface Verdict {
  readonly seed: number;
  readonly ok: boolean;
  readonly breaches: readonly Breach[];
  readonly figures: Figures;
  /** Of all bytes at the router's door, with their times: equal for equal runs. */
  readonly digest: string;
}

/** Never throws: an error of the router is a breach. */
export function runSeed(seed: number, { write, tamper }: RunOptions = {}): Verdict {
  const world = new World(seed, { write: write ?? null, tamper: tamper ?? null });
  try {
    world.run();
  } catch (error) {
    world.breaches.report('crash', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const { breaches, clock, content, faults, messages, promise6, trace, witness } = world;
  return {
    seed,
    ok: !breaches.any,
    breaches: breaches.all,
    figures: {
      simulatedMs: Math.round(world.elapsedMs),
      events: clock.count,
      messages: messages.count,
      deliveries: content.count,
      outcomes: witness.outcomesTold,
      faults: Object.values(faults.counts).reduce((sum, count) => sum + count, 0),
      outputPeakBytes: promise6.outputPeak,
      heldPeakBytes: promise6.heldPeak,
    },
    digest: trace.digest,
  };
}
