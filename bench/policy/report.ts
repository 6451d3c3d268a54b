// The figures of the policy bench as a part of bench/results.md. Pure.
import type { Environment, Sample, TrafficSample } from '../figures.ts';
import { type Goal, isMet } from '../goals.ts';
import { environmentLines, faultLines, formatNumber, formatSpread, table, targetTexts, verdict } from '../report.ts';
import { saturationScenario, steadyScenario } from '../scenarios.ts';
import { spread } from '../statistics.ts';

/** Messages as client libraries write them: policy looks at their properties. */
export const propertiesScenario = '100B-properties-saturation';

/** What is measured, beside the fixed rate. */
export const policyScenarios: readonly string[] = [saturationScenario, propertiesScenario, '100B-settled-saturation'];

const runsOf = (samples: readonly Sample[], scenario: string, target: 'weft' | 'policed') =>
  samples.filter((one): one is TrafficSample => {
    return one.kind === 'traffic' && one.scenario === scenario && one.target === target;
  });

/** CPU with policy against CPU without, each round for itself. */
export function policyRatios(samples: readonly Sample[], scenario: string): number[] {
  const free = new Map(runsOf(samples, scenario, 'weft').map((one) => [one.round, one.cpuPerMillion]));
  return runsOf(samples, scenario, 'policed').flatMap(({ round, cpuPerMillion }) => {
    const without = free.get(round);
    return without === undefined ? [] : [cpuPerMillion / without];
  });
}

/** At most 5 % dearer. */
export function policyGoals(samples: readonly Sample[]): Goal[] {
  return [...policyScenarios, steadyScenario].map((scenario) => ({
    ...{ text: `CPU per message with policy against without, ${scenario}`, sense: 'at most', limit: 1.05, unit: '×' },
    figure: spread(policyRatios(samples, scenario)),
  }));
}

function rows(samples: readonly Sample[], scenario: string): string[][] {
  return (['weft', 'policed'] as const).map((target, at) => {
    const runs = runsOf(samples, scenario, target);
    const of = (figure: (run: TrafficSample) => number) => formatSpread(spread(runs.map(figure)));
    return [
      ...[at === 0 ? scenario : '', targetTexts[target], of((run) => run.cpuPerMillion), of((run) => run.rate)],
      ...[of((run) => run.p50), of((run) => run.p99)],
    ];
  });
}

/** The part. */
export function composePolicyReport(environment: Environment, samples: readonly Sample[]): string {
  const goals = policyGoals(samples).map((goal) => [
    goal.text,
    `${goal.sense} ${formatNumber(goal.limit)}${goal.unit}`,
    formatSpread(goal.figure, goal.unit),
    verdict(isMet(goal)),
  ]);
  return [
    '# Policy',
    '',
    'Written by `npm run bench -- policy`. The same load through a router without policy and through one whose vhost allows what the load',
    'does and nothing else (20 other address rules, limits on everything, no messages of other users). Ratios are taken inside each round.',
    '',
    ...environmentLines(environment),
    '',
    ...table(['figure', 'goal', 'measured', 'verdict'], goals),
    '',
    ...table(
      ['scenario', 'path', 'CPU s/million', 'messages/s', 'p50 µs', 'p99 µs'],
      [...policyScenarios, steadyScenario].flatMap((name) => rows(samples, name)),
    ),
    ...faultLines(samples),
    '',
  ].join('\n');
}
