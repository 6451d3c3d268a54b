// The figures of the failover bench as a section of bench/results.md. Pure.

import type { Environment } from '../figures.ts';
import { type Goal, isMet } from '../goals.ts';
import { environmentLines, formatSpread, table, verdict } from '../report.ts';
import { spread } from '../statistics.ts';
import type { Loss } from './figures.ts';
import type { LossKind, RollingRestart } from './runs.ts';

export interface FailoverResults {
  readonly losses: readonly { readonly kind: LossKind; readonly delayMs: number; readonly rounds: readonly Loss[] }[];
  readonly rolling: readonly { readonly delayMs: number; readonly result: RollingRestart }[];
}

const sum = (rounds: readonly Loss[], figure: (one: Loss) => number) =>
  rounds.reduce((all, one) => all + figure(one), 0);
const kindTexts: Record<LossKind, string> = { killed: 'killed (SIGKILL)', stopped: 'stopped (SIGSTOP)' };
const delayText = (delayMs: number) => (delayMs === 0 ? 'none' : `${delayMs} ms each way`);

/** The goals, which are about a network without delays. */
export function failoverGoals({ losses, rolling }: FailoverResults): Goal[] {
  const of = (kind: LossKind) => losses.find((one) => one.kind === kind && one.delayMs === 0)?.rounds ?? [];
  const goal = (text: string, limit: number, unit: string, values: number[]): Goal => {
    return { text, sense: 'at most', limit, unit, figure: spread(values) };
  };
  const killed = of('killed');
  const notAccepted = rolling.flatMap(({ delayMs, result }) => (delayMs === 0 ? [result.sent - result.accepted] : []));
  return [
    goal(
      'Router on the path killed: deliveries resume within',
      50,
      ' ms',
      killed.map(({ gapMs }) => gapMs),
    ),
    goal(
      '… released',
      0,
      '',
      killed.map(({ released }) => released),
    ),
    goal(
      '… copies beyond the first',
      0,
      '',
      killed.map(({ duplicates }) => duplicates),
    ),
    goal(
      '… modified beyond what the lost router had',
      0,
      '',
      killed.map(({ modified, inDoubt, modifiedLate }) => Math.max(modifiedLate, modified - inDoubt)),
    ),
    goal(
      '… without outcome',
      0,
      '',
      killed.map(({ lost }) => lost),
    ),
    goal(
      'Router on the path stopped: deliveries resume within',
      2_500,
      ' ms',
      of('stopped').map(({ gapMs }) => gapMs),
    ),
    goal('Rolling restart of the ring: deliveries not accepted', 0, '', notAccepted),
  ];
}

function lossLines({ losses }: FailoverResults): string[] {
  const rows = losses.map(({ kind, delayMs, rounds }) => [
    kindTexts[kind],
    delayText(delayMs),
    formatSpread(spread(rounds.map(({ gapMs }) => gapMs)), ' ms'),
    formatSpread(spread(rounds.map(({ modified }) => modified))),
    formatSpread(spread(rounds.map(({ inDoubt }) => inDoubt))),
    ...[String(sum(rounds, (one) => one.released)), String(sum(rounds, (one) => one.rejected))],
    ...[String(sum(rounds, (one) => one.lost)), String(sum(rounds, (one) => one.duplicates))],
    String(sum(rounds, (one) => one.failedOnReturn)),
  ]);
  const head = ['router on the path', 'delay of links', 'deliveries resume after', 'modified', 'in doubt'];
  return [
    'In doubt: without outcome when the router was lost, or sent before that was noticed. Median (lowest–highest) of the rounds;',
    'released, rejected, without outcome and duplicates: of all rounds together.',
    '',
    ...table(
      [...head, 'released', 'rejected', 'without outcome', 'duplicates', 'not accepted when it came back'],
      rows,
    ),
  ];
}

function rollingLines({ rolling }: FailoverResults): string[] {
  if (rolling.length === 0) return [];
  const rows = rolling.map(({ delayMs, result }) => [
    String(result.restarts),
    delayText(delayMs),
    ...[result.sent, result.accepted, result.released, result.modified, result.lost, result.duplicates].map(String),
    formatSpread(spread([result.gapMs]), ' ms'),
    formatSpread(spread(result.endMs), ' ms'),
  ]);
  const head = [
    'restarts',
    'delay of links',
    'sent',
    'accepted',
    'released',
    'modified',
    'without outcome',
    'duplicates',
  ];
  return [
    '',
    'Rolling restart: SIGTERM, the router drains and ends, is started again and found by its neighbours; then the next one.',
    '',
    ...table([...head, 'longest gap', 'a router ends after'], rows),
  ];
}

/** The section. */
export function composeFailoverReport(environment: Environment, results: FailoverResults): string {
  return [
    '# Failover',
    '',
    'Written by `npm run bench -- failover`. A ring of four router processes on one host, 1,000 unsettled messages a second from a',
    'client at one corner to a client at the opposite one.',
    '',
    ...environmentLines(environment),
    '',
    ...table(
      ['figure', 'goal', 'measured', 'verdict'],
      failoverGoals(results).map((goal) => [
        goal.text,
        `at most ${goal.limit}${goal.unit}`,
        formatSpread(goal.figure, goal.unit),
        verdict(isMet(goal)),
      ]),
    ),
    '',
    ...lossLines(results),
    ...rollingLines(results),
    '',
  ].join('\n');
}
