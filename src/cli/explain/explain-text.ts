// What `weft explain` prints: the verdict, the way hop by hop, and who consumes.
import type { RouterFacts } from '../../management/client/explain/facts.ts';
import { consumersOf, type Verdict } from '../../management/client/explain/verdict.ts';
import type { Walk } from '../../management/client/explain/walk.ts';
import { seconds, who } from '../../management/client/explain/words.ts';
import { type Column, columnLines, wrapped } from './columns.ts';

export interface Paper {
  /** Of the terminal; Infinity for no bound. */
  readonly width: number;
  readonly paint: (text: string, style: 'good' | 'bad' | 'head') => string;
}

export function explainText(walk: Walk, verdict: Verdict, paper: Paper): string {
  const blocks = [
    verdictLines(verdict, paper),
    wayLines(walk, paper),
    consumerLines(walk, paper),
    asideLines(walk, paper),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

export function verdictLines({ cause, text, remedy }: Verdict, { width, paint }: Paper): string[] {
  const mark = cause === 'flows' ? paint('yes', 'good') : paint('no', 'bad');
  const [first = '', ...more] = wrapped(text, width, 5, margin);
  const lines = [`${mark}: ${first}`, ...more];
  return remedy === '' ? lines : [...lines, ...remedy.split('\n').flatMap((line) => adviceLines(line, width))];
}

/** Commands are not broken: they are there to be copied. */
function adviceLines(line: string, width: number): string[] {
  if (line.startsWith('weft ')) return [`${' '.repeat(margin)}${line}`];
  const [first = '', ...more] = wrapped(line, width, margin, margin);
  return [`${' '.repeat(margin)}${first}`, ...more];
}

const margin = 4;

const wayColumns: readonly Column[] = [
  { head: 'router' },
  { head: 'next' },
  { head: 'for' },
  { head: 'cost', isFigure: true },
  { head: 'credit', isFigure: true },
  { head: 'under way', isFigure: true },
  { head: 'waiting', isFigure: true },
  { head: 'senders', isFigure: true },
];

function wayLines(walk: Walk, paper: Paper): string[] {
  const rows = walk.answered
    .filter(({ facts }) => walk.onTheWay.has(facts.router))
    .flatMap(({ facts }) => hopRows(facts, walk))
    .concat(walk.unanswered.filter(({ isOnTheWay }) => isOnTheWay).map(({ router, kind }) => [router, answers[kind]]));
  const { facts } = walk.answered[0] as (typeof walk.answered)[number];
  const rule = facts.rule === '' ? '' : ` (${facts.rule})`;
  const title = `Way of ${walk.address} from ${walk.from}: ${facts.distribution}${rule}`;
  return [paper.paint(title, 'head'), ...columnLines(wayColumns, rows, paper.width)];
}

const answers = { silent: 'no answer', unreachable: 'no way there', refused: 'refuses to tell' } as const;

/** A row a next hop; one that says who consumes where the way ends. */
function hopRows(facts: RouterFacts, walk: Walk): string[][] {
  const own = [String(facts.waiting), String(facts.senders)];
  const rows = facts.hops
    .filter(({ router }) => router !== walk.from)
    .map(({ nextHop, router, cost, credit, outstanding }) => [
      nextHop,
      router,
      String(cost),
      figure(credit),
      String(outstanding),
    ]);
  for (const { container, credit, unsettled, isEdge } of facts.consumers)
    if (isEdge && walk.onTheWay.has(container))
      rows.push([container, container, 'edge', String(credit), String(unsettled)]);
  const { uplink } = facts;
  if (uplink !== null)
    rows.push([uplink.isUp ? uplink.interior : '(no uplink)', '', 'uplink', figure(uplink.credit), '']);
  const count = facts.consumers.filter(({ isEdge }) => !isEdge).length;
  if (count > 0) rows.push([count === 1 ? 'a consumer here' : `${count} consumers here`, '', '', '', '']);
  if (rows.length === 0) rows.push(['-', '', '', '', '']);
  return rows.map((row, at) => [at === 0 ? facts.router : '', ...row, ...(at === 0 ? own : [])]);
}

const figure = (value: number | null): string => (value === null ? '-' : String(value));

const consumerColumns: readonly Column[] = [
  { head: 'consumer' },
  { head: 'at' },
  { head: 'host' },
  { head: 'credit', isFigure: true },
  { head: 'unsettled', isFigure: true },
  { head: 'oldest', isFigure: true },
];
const consumersShown = 20;

function consumerLines(walk: Walk, { width, paint }: Paper): string[] {
  const consumers = consumersOf(walk);
  if (consumers.length === 0) return [];
  const rows = consumers.slice(0, consumersShown).map(({ at, consumer }) => {
    const { oldestUnsettledSeconds: oldest } = consumer;
    const age = oldest === null ? '-' : seconds(oldest);
    return [who(consumer), at.router, consumer.host, String(consumer.credit), String(consumer.unsettled), age];
  });
  const more = consumers.length - rows.length;
  return [
    paint('Consumers', 'head'),
    ...columnLines(consumerColumns, rows, width),
    ...(more > 0 ? [`  … and ${more} more (all of them: --json)`] : []),
  ];
}

/** What else stands out, whether it is the cause or not. */
function asideLines({ answered }: Walk, { width, paint }: Paper): string[] {
  const all = answered.map(({ facts }) => facts);
  const lines = [
    ...all.flatMap(({ router, downConnectors }) =>
      downConnectors.map(
        ({ name, role, place, peer, message }) =>
          `${router}: ${role} connector ${name} to ${peer === '' ? place : `${peer} (${place})`} is down${message === '' ? '' : ` (${message})`}`,
      ),
    ),
    ...all.flatMap(({ router, refusals }) =>
      refusals.map(
        ({ what, user, host, rule, count }) =>
          `${router}: policy refused a ${what} of ${user || 'anonymous'} from ${host} by ${rule}, ${count} times`,
      ),
    ),
    ...all.flatMap(({ router, silentPeers }) =>
      silentPeers.map((peer) => `${router}: ${peer} is connected and says nothing`),
    ),
  ];
  const tables = all.filter(({ source }) => source === 'tables').map(({ router }) => router);
  if (tables.length > 0) lines.push(`${tables.join(', ')}: Dispatch, read from its tables`);
  if (lines.length === 0) return [];
  return [
    paint('Also seen', 'head'),
    ...lines.flatMap((line) => {
      const [first, ...more] = wrapped(line, width, 2, margin);
      return [`  ${first}`, ...more];
    }),
  ];
}
