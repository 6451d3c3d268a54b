// The goals beside the figures. Comparisons are made inside each round (weft and relay ran one after the other, on the
// same machine in the same mood), and the median round decides.
import type { Sample, TargetName, TrafficSample } from './figures.ts';
import { saturationScenario, steadyScenario } from './scenarios.ts';
import { type Spread, spread } from './statistics.ts';

export interface Goal {
  readonly text: string;
  /** `figure` must be at most (or at least) `limit`. */
  readonly sense: 'at most' | 'at least';
  readonly limit: number;
  readonly unit: string;
  /** null: not measured in this run. */
  readonly figure: Spread | null;
}

/** Whether the median reaches the goal; null when there is no figure. */
export function isMet(goal: Goal): boolean | null {
  if (goal.figure === null) return null;
  return goal.sense === 'at most' ? goal.figure.median <= goal.limit : goal.figure.median >= goal.limit;
}

/** The traffic samples of one scenario and target, by round. */
function byRound(samples: readonly Sample[], scenario: string, target: TargetName): Map<number, TrafficSample> {
  const found = new Map<number, TrafficSample>();
  for (const sample of samples) {
    if (sample.kind === 'traffic' && sample.scenario === scenario && sample.target === target)
      found.set(sample.round, sample);
  }
  return found;
}

/** One number for each round in which both weft and the relay were measured. */
export function pairs(
  samples: readonly Sample[],
  scenario: string,
  compare: (weft: TrafficSample, relay: TrafficSample) => number,
): number[] {
  const relays = byRound(samples, scenario, 'relay');
  return [...byRound(samples, scenario, 'weft')].flatMap(([round, weft]) => {
    const relay = relays.get(round);
    return relay === undefined ? [] : [compare(weft, relay)];
  });
}

/** What the relay adds to the p99 latency: p99 through it minus p99 without it, in microseconds. */
export const relayLatency = (weft: TrafficSample, relay: TrafficSample) => relay.p99 - weft.p99;

const cpuRatio = (weft: TrafficSample, relay: TrafficSample) => weft.cpuPerMillion / relay.cpuPerMillion;

/** All goals of the bench with what `samples` say about them. */
export function goals(samples: readonly Sample[]): Goal[] {
  const idle = samples.flatMap((one) =>
    one.kind === 'idle' && one.target === 'weft' ? [one.bytesPerConnection / 1000] : [],
  );
  const rates = [...byRound(samples, saturationScenario, 'weft').values()].map((one) => one.rate / 1e6);
  const overRelay = pairs(samples, steadyScenario, (weft, relay) => (weft.p99 - relayLatency(weft, relay)) / 1000);
  const atMost = (text: string, limit: number, unit: string, values: number[]): Goal => ({
    ...{ text, sense: 'at most', limit, unit, figure: spread(values) },
  });
  return [
    atMost(
      'CPU per message, 100 B unsettled at saturation, against the relay',
      2,
      '×',
      pairs(samples, saturationScenario, cpuRatio),
    ),
    {
      ...{ text: 'Messages a second, 100 B unsettled at saturation', sense: 'at least', limit: 1 },
      ...{ unit: ' million', figure: spread(rates) },
    },
    atMost(
      'CPU per message, 100 B unsettled at 20,000/s, against the relay',
      2,
      '×',
      pairs(samples, steadyScenario, cpuRatio),
    ),
    atMost('p99 at 20,000/s, above the latency that the relay adds', 0.25, ' ms', overRelay),
    atMost('Memory of an idle connection with one link', 15, ' kB', idle),
  ];
}
