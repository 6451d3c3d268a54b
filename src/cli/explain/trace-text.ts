// What `weft trace` prints: each router on the way, how long its answer took, and its decision.
import type { RouterFacts } from '../../management/client/explain/facts.ts';
import type { Verdict } from '../../management/client/explain/verdict.ts';
import type { Walk } from '../../management/client/explain/walk.ts';
import { who } from '../../management/client/explain/words.ts';
import { type Paper, verdictLines } from '../../mesh/explain/explanation-text.ts';
import { type Column, columnLines } from './columns.ts';

const columns: readonly Column[] = [
  { head: '#', isFigure: true },
  { head: 'router' },
  { head: 'round trip', isFigure: true },
  { head: 'decision' },
];

export function traceText(walk: Walk, verdict: Verdict, paper: Paper): string {
  const onTheWay = walk.answered.filter(({ facts }) => walk.onTheWay.has(facts.router));
  const rows = onTheWay.flatMap(({ facts, roundTripMs }, index) =>
    decisionsOf(facts, walk).map((decision, at) =>
      at === 0 ? [String(index + 1), facts.router, milliseconds(roundTripMs), decision] : ['', '', '', decision],
    ),
  );
  for (const { router, message, isOnTheWay } of walk.unanswered) if (isOnTheWay) rows.push(['-', router, '-', message]);
  const lines = [...columnLines(columns, rows, paper.width), '', ...verdictLines(verdict, paper)];
  return lines.map((line) => `${line}\n`).join('');
}

/** `0.8 ms`, `12 ms` */
function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function decisionsOf(facts: RouterFacts, { from }: Walk): string[] {
  const { hops, consumers, uplink, waiting } = facts;
  const decisions = [
    ...hops
      .filter(({ router }) => router !== from)
      .map(
        ({ nextHop, router, cost, credit }) =>
          `to ${nextHop}${router === nextHop ? '' : ` for ${router}`}, cost ${cost}, credit ${credit ?? 'unknown'}`,
      ),
    ...consumers.map(
      (one) =>
        `${one.isEdge ? `to edge router ${one.container}` : who(one)}, credit ${one.credit}, ${one.unsettled} unsettled`,
    ),
  ];
  if (uplink !== null) decisions.push(uplink.isUp ? `uplink to ${uplink.interior}` : 'no uplink');
  if (decisions.length === 0)
    decisions.push(facts.distribution === 'unavailable' ? 'unavailable' : 'nobody to send it to');
  if (waiting > 0) decisions.push(`${waiting} waiting`);
  return decisions;
}
