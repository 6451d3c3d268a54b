// What the bench measures, as data.
import type { Scenario } from './figures.ts';

const bodies = [
  { name: '100B', bytes: 100 },
  { name: '1KiB', bytes: 1024 },
  { name: '60KiB', bytes: 60 * 1024 },
];
const rates = [
  { name: 'saturation', perSecond: null },
  { name: '20000', perSecond: 20_000 },
  { name: '2000', perSecond: 2_000 },
];

/** 60 KiB at 20,000 a second are 1.2 GB/s in and 1.2 GB/s out: beyond what one machine's loopback and two clients carry. */
const isPossible = (bytes: number, perSecond: number | null) => bytes * (perSecond ?? 0) < 500e6;

function* oneToOne(): Generator<Scenario> {
  for (const settled of [false, true]) {
    for (const body of bodies) {
      for (const rate of rates) {
        if (!isPossible(body.bytes, rate.perSecond)) continue;
        yield {
          name: `${body.name}-${settled ? 'settled' : 'unsettled'}-${rate.name}`,
          kind: 'traffic',
          bodyBytes: body.bytes,
          settled,
          rate: rate.perSecond,
          senders: 1,
          consumers: 1,
        };
      }
    }
  }
}

/** The scenario that the goals about saturation are about. */
export const saturationScenario = '100B-unsettled-saturation';
/** The scenario that the goals about a fixed rate are about. */
export const steadyScenario = '100B-unsettled-20000';

const shape = { kind: 'traffic', bodyBytes: 100, settled: false, rate: null } as const;

/** All scenarios, in the order in which a round runs them. `many` and `idle` are smaller in a quick bench. */
export function scenarios(many: number, idleConnections: number): Scenario[] {
  return [
    ...oneToOne(),
    { ...shape, name: `${many}-senders`, senders: many, consumers: many },
    { ...shape, name: `${many / 10}-consumers`, senders: 1, consumers: many / 10 },
    { ...shape, name: 'idle', kind: 'idle', senders: 0, consumers: idleConnections },
  ];
}
