// From samples to a page of Markdown. Pure: the same samples give the same page.
import type { Environment, Sample, TargetName, TrafficSample } from './figures.ts';
import { goals, isMet, pairs, relayLatency } from './goals.ts';
import { type Spread, spread } from './statistics.ts';

/** Three significant digits, thousands separated; never an exponent. */
export function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits).replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');
}

/** `**median** (lowest–highest)`; of a single round only its value. */
export function formatSpread(figure: Spread | null, unit = ''): string {
  if (figure === null) return '–';
  const middle = `**${formatNumber(figure.median)}**${unit}`;
  return figure.min === figure.max ? middle : `${middle} (${formatNumber(figure.min)} – ${formatNumber(figure.max)})`;
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

export const table = (head: readonly string[], rows: readonly (readonly string[])[]) => [
  row(head),
  row(head.map((_, column) => (column === 0 ? '---' : '---:'))),
  ...rows.map(row),
];

export const targetTexts: Record<TargetName, string> = {
  ...{ weft: 'weft', policed: 'weft with policy', relay: 'relay → weft', peer: 'peer' },
  ...{ line: 'three weft routers', relays: 'three relays, crossed once', 'relays-twice': 'three relays, in and out' },
  ...{ 'tls-line': 'three weft routers, TLS', 'tls-relays': 'three relays, TLS, crossed once' },
  ...{ 'tls-relays-twice': 'three relays, TLS, in and out', far: 'two weft routers, 40 ms each way' },
};

/** The word for {@link isMet}. */
export const verdict = (met: boolean | null) => (met === null ? 'not measured' : met ? '✓ met' : '✗ missed');

function goalLines(samples: readonly Sample[]): string[] {
  const rows = goals(samples).map((goal) => [
    goal.text,
    `${goal.sense} ${formatNumber(goal.limit)}${goal.unit}`,
    formatSpread(goal.figure, goal.unit),
    verdict(isMet(goal)),
  ]);
  return ['## Goals', '', ...table(['figure', 'goal', 'measured', 'verdict'], rows)];
}

/** Rows of one scenario: one a target, and what the relay adds in the row of the relay. */
function trafficRows(samples: readonly Sample[], scenario: string): string[][] {
  return (['weft', 'relay', 'peer'] as const).flatMap((target) => {
    const runs = samples.filter(
      (one): one is TrafficSample => one.kind === 'traffic' && one.scenario === scenario && one.target === target,
    );
    if (runs.length === 0) return [];
    const of = (figure: (run: TrafficSample) => number) => formatSpread(spread(runs.map(figure)));
    const added = target === 'relay' ? formatSpread(spread(pairs(samples, scenario, relayLatency))) : '';
    return [
      [
        ...[
          target === 'weft' ? scenario : '',
          targetTexts[target],
          of((run) => run.cpuPerMillion),
          of((run) => run.rate),
        ],
        ...[
          of((run) => run.p50),
          of((run) => run.p99),
          of((run) => run.p999),
          added,
          of((run) => run.loadCpuPerMillion),
        ],
      ],
    ];
  });
}

function trafficLines(samples: readonly Sample[]): string[] {
  const names = [...new Set(samples.flatMap((one) => (one.kind === 'traffic' ? [one.scenario] : [])))];
  if (names.length === 0) return [];
  const head = [
    'scenario',
    'path',
    'CPU s/million',
    'messages/s',
    'p50 µs',
    'p99 µs',
    'p99.9 µs',
    'relay adds to p99',
    'load s/million',
  ];
  return [
    '',
    '## Traffic',
    '',
    'CPU is that of the process measured: the router (weft, peer) or the relay (relay → weft); “load” is what sender and',
    'receiver took together. Median (lowest–highest) of the rounds.',
    '',
    ...table(
      head,
      names.flatMap((name) => trafficRows(samples, name)),
    ),
  ];
}

function idleLines(samples: readonly Sample[]): string[] {
  const idle = samples.filter((one) => one.kind === 'idle');
  if (idle.length === 0) return [];
  const rows = [...new Set(idle.map((one) => one.target))].map((target) => {
    const runs = idle.filter((one) => one.target === target);
    const kilobytes = formatSpread(spread(runs.map((run) => run.bytesPerConnection / 1000)));
    return [targetTexts[target], formatNumber(runs[0]!.connections), kilobytes];
  });
  return ['', '## Idle connections, one link each', '', ...table(['router', 'connections', 'kB each'], rows)];
}

export function faultLines(samples: readonly Sample[]): string[] {
  const faults = samples.filter((one) => one.kind === 'fault');
  if (faults.length === 0) return [];
  const rows = faults.map((one) => [
    one.scenario,
    targetTexts[one.target],
    String(one.round),
    one.reason.replaceAll('|', '/'),
  ]);
  return ['', '## Runs that failed', '', ...table(['scenario', 'path', 'round', 'what happened'], rows)];
}

/** More than one program at work before the bench began. */
const busyLoadAverage = 1;

const roundsText = ({ rounds, secondsPerRun }: Environment) =>
  secondsPerRun === null ? `${rounds} rounds` : `${rounds} interleaved rounds, ${secondsPerRun} s each run`;

export function environmentLines(environment: Environment): string[] {
  const facts = [
    `* ${environment.date}, commit ${environment.commit}, Node ${environment.node}`,
    `* ${environment.cpu}, ${environment.cores} cores, ${formatNumber(environment.memoryGiB)} GiB, ${environment.system}`,
    `* ${roundsText(environment)}; router: \`${environment.router}\``,
  ];
  if (environment.loadAverage > busyLoadAverage) {
    const load = formatNumber(environment.loadAverage);
    facts.push(
      `* **The machine was busy with something else (load average ${load}): latencies are not to be trusted.**`,
    );
  }
  if (environment.peer !== null) facts.push(`* peer: ${environment.peer}`);
  if (environment.quick)
    facts.push('* **A quick run with toy sizes: it shows that the bench works, not how fast anything is.**');
  return facts;
}

/** The whole page. */
export function composeReport(environment: Environment, samples: readonly Sample[]): string {
  const lines = [
    '# Bench results',
    '',
    'Written by `npm run bench`; how it measures: `bench/README.md`.',
    '',
    ...environmentLines(environment),
    '',
    ...goalLines(samples),
    ...trafficLines(samples),
    ...idleLines(samples),
    ...faultLines(samples),
    '',
  ];
  return lines.join('\n');
}
