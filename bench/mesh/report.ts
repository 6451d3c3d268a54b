// The figures of the mesh bench as a part of bench/results.md. Pure.
import type { Environment, LineName, Sample, TrafficSample } from '../figures.ts';
import { type Goal, isMet } from '../goals.ts';
import { environmentLines, faultLines, formatNumber, formatSpread, table, targetTexts, verdict } from '../report.ts';
import { saturationScenario, steadyScenario } from '../scenarios.ts';
import { spread } from '../statistics.ts';

/** What two routers that are far from each other carry of many senders. */
export const crowdScenario = '100-senders';

const names: readonly (LineName | 'far')[] = [
  'far',
  ...(['line', 'relays', 'relays-twice'] as const),
  ...(['tls-line', 'tls-relays', 'tls-relays-twice'] as const),
];

const runsOf = (samples: readonly Sample[], scenario: string, target: LineName | 'far') =>
  samples.filter((one): one is TrafficSample => {
    return one.kind === 'traffic' && one.scenario === scenario && one.target === target;
  });

/** CPU of routers against relays, each round for itself. */
function ratios(samples: readonly Sample[], scenario: string, routers: LineName, relays: LineName): number[] {
  const floors = new Map(runsOf(samples, scenario, relays).map((one) => [one.round, one.cpuPerMillion]));
  return runsOf(samples, scenario, routers).flatMap(({ round, cpuPerMillion }) => {
    const floor = floors.get(round);
    return floor === undefined ? [] : [cpuPerMillion / floor];
  });
}

export function meshGoals(samples: readonly Sample[]): Goal[] {
  const goal = (text: string, sense: Goal['sense'], limit: number, unit: string, values: number[]): Goal => {
    return { text, sense, limit, unit, figure: spread(values) };
  };
  const line = runsOf(samples, saturationScenario, 'line');
  const steady = runsOf(samples, steadyScenario, 'line');
  return [
    goal(
      'CPU-seconds per million over all three routers, at saturation',
      ...(['at most', 3, ''] as const),
      line.map((one) => one.cpuPerMillion),
    ),
    goal(
      'Messages a second at saturation',
      ...(['at least', 300_000, ''] as const),
      line.map((one) => one.rate),
    ),
    goal(
      'p99 at 20,000/s',
      ...(['at most', 1, ' ms'] as const),
      steady.map((one) => one.p99 / 1000),
    ),
    goal(
      'TLS between routers: CPU at saturation against relays with TLS, in and out',
      ...(['at most', 2, '×'] as const),
      ratios(samples, saturationScenario, 'tls-line', 'tls-relays-twice'),
    ),
  ];
}

function rows(samples: readonly Sample[], scenario: string): string[][] {
  return names.flatMap((name, at) => {
    const runs = runsOf(samples, scenario, name);
    if (runs.length === 0) return [];
    const of = (figure: (run: TrafficSample) => number) => formatSpread(spread(runs.map(figure)));
    const routers = name.startsWith('tls-') ? 'tls-line' : 'line';
    const against =
      name === routers || name === 'far' ? '' : formatSpread(spread(ratios(samples, scenario, routers, name)), '×');
    return [
      [
        ...[at <= 1 ? scenario : '', targetTexts[name], of((run) => run.cpuPerMillion), against, of((run) => run.rate)],
        ...[of((run) => run.p50), of((run) => run.p99), of((run) => run.p999), of((run) => run.loadCpuPerMillion)],
      ],
    ];
  });
}

/** The part. */
export function composeMeshReport(environment: Environment, samples: readonly Sample[]): string {
  const goals = meshGoals(samples).map((goal) => [
    goal.text,
    `${goal.sense} ${formatNumber(goal.limit)}${goal.unit}`,
    formatSpread(goal.figure, goal.unit),
    verdict(isMet(goal)),
  ]);
  const head = [
    'scenario',
    'path',
    'CPU s/million',
    'routers against it',
    'messages/s',
    'p50 µs',
    'p99 µs',
    'p99.9 µs',
  ];
  return [
    '# Three routers in line',
    '',
    'Written by `npm run bench -- mesh`. Sender at one end, receiver at the other, default configuration. The three bare',
    'relays stand before one router that is not counted, and are crossed once by each message (as a router is), or on its way in and on',
    'its way out (as the relay of the router’s own bench); TLS is that between the three, clients are in clear. The two that are far from each',
    'other carry the messages of 100 senders, each of which has credit for 250: twelve times that a second, and no more, at such a distance.',
    '',
    ...environmentLines(environment),
    '',
    ...table(['figure', 'goal', 'measured', 'verdict'], goals),
    '',
    ...table(
      [...head, 'load s/million'],
      [saturationScenario, steadyScenario, crowdScenario].flatMap((name) => rows(samples, name)),
    ),
    ...faultLines(samples),
    '',
  ].join('\n');
}
