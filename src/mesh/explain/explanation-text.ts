// An explanation as lines for people. What only a running mesh knows stands in columns and words of its own, marked * here.
//
//   yes: a message to shop.orders at shop-aws goes to warehouse/packing at warehouse-azure
//
//   shop.orders  balanced, owned by shop (#shop on chat)
//   An order of a customer
//
//   PUBLISHES  AT        HOST*  WAITING*  BY
//   shop/web   shop-aws  …             0  owner: shop
//
//   SUBSCRIBES         AT               HOST*  CREDIT*  UNSETTLED*  OLDEST*  BY
//   warehouse/packing  warehouse-azure  …           10           0        -  grant to warehouse (teams/shop.yaml:33)
//
//   From shop/web:
//     every message  warehouse/packing  cost 10, credit 10, 0 under way*
//                    shop-aws → aws-1 → azure-1 → warehouse-azure
//
//   Missing grant, from team shop (#shop on chat), in teams/shop.yaml:
//     { channel: shop.orders, to: billing/ledger, may: subscribe }
//
//   Also seen*
import { ageText } from '../../kit/age-text.ts';
import { wayLines, wrapped } from '../lines.ts';
import type {
  ChannelExplanation,
  DeliveryExplanation,
  Explanation,
  LinkExplanation,
  MissingGrant,
  ParticipantExplanation,
  VerdictExplanation,
} from './explanation.ts';

export interface Paper {
  /** Of the terminal; Infinity for no bound. */
  readonly width: number;
  readonly paint: (text: string, style: 'good' | 'bad' | 'head') => string;
}

/** Rows of a table, and publishers one by one; the rest is counted. */
const shownMax = 40;

const receivesText: Record<DeliveryExplanation['receives'], string> = {
  every: 'every message',
  share: 'its share',
  reserve: 'if none nearer',
  none: 'nothing',
};
const receivesWidth = 'if none nearer'.length;

export function explanationText(explanation: Explanation, paper: Paper): string {
  const { address, channel, verdict, publishers, consumers, deliveries, missing, seen } = explanation;
  const blocks = [
    verdictLines(verdict, paper),
    channel === null ? [] : channelLines(address, channel, paper),
    participantLines('PUBLISHES', publishers, ['WAITING'], paper),
    participantLines('SUBSCRIBES', consumers, ['CREDIT', 'UNSETTLED', 'OLDEST'], paper),
    ...publisherBlocks(deliveries, paper),
    ...missingBlocks(missing, paper),
    seenLines(seen, paper),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

export function verdictLines({ cause, text, remedy }: VerdictExplanation, { width, paint }: Paper): string[] {
  const mark = cause === 'flows' ? paint('yes', 'good') : paint('no', 'bad');
  const indent = '    ';
  const [first = '', ...more] = wrapped(text, indent, width);
  const lines = [`${mark}: ${first.slice(indent.length)}`, ...more];
  if (remedy === '') return lines;
  // Commands are not broken: they are there to be copied.
  const advice = (line: string): string[] =>
    line.startsWith('weft ') ? [indent + line] : wrapped(line, indent, width);
  return [...lines, ...remedy.split('\n').flatMap(advice)];
}

function channelLines(address: string, channel: ChannelExplanation, { width, paint }: Paper): string[] {
  const { name, isPrefix, distribution, rule, owner, contact, description } = channel;
  const by = rule === '' ? distribution : `${distribution} (${rule})`;
  const whom = contact === '' ? '' : ` (${contact})`;
  const owned = owner === null ? '' : owner === '' ? ', nobody owns it' : `, owned by ${owner}${whom}`;
  const prefix = isPrefix ? (address === name ? ', with all below it' : `, below ${name}`) : '';
  const [first = '', ...more] = wrapped(`${by}${owned}${prefix}`, '    ', width - Math.max(0, address.length - 2));
  const head = [`${paint(address, 'head')}  ${first.trimStart()}`, ...more];
  return description === '' ? head : [...head, ...wrapped(description, '', width)];
}

// --- who publishes, who subscribes -------------------------------------------------------------------------------------

type Figure = 'WAITING' | 'CREDIT' | 'UNSETTLED' | 'OLDEST';
const figureOf: Record<Figure, (link: LinkExplanation) => string> = {
  WAITING: ({ waiting }) => numberText(waiting),
  CREDIT: ({ credit }) => numberText(credit),
  UNSETTLED: ({ unsettled }) => numberText(unsettled),
  OLDEST: ({ oldestUnsettledSeconds }) => (oldestUnsettledSeconds === null ? '-' : ageText(oldestUnsettledSeconds)),
};
const numberText = (value: number | null): string => (value === null ? '-' : String(value));

function participantLines(
  title: string,
  all: readonly ParticipantExplanation[],
  figures: readonly Figure[],
  paper: Paper,
): string[] {
  if (all.length === 0) return [];
  const participants = all.slice(0, shownMax);
  const isRunning = all.some(({ link }) => link !== null);
  // Everybody at one address is the common case, and then it stands in the first line.
  const isOne = new Set(all.map(({ address }) => address)).size === 1;
  const columns: [string, (one: ParticipantExplanation) => string, 'figure'?][] = [
    [title, ({ application }) => application],
    ...(isOne ? [] : [['ADDRESS', ({ address }: ParticipantExplanation) => address] as [string, typeof nameOf]]),
    ['AT', ({ router }) => (router === '' ? '-' : router)],
  ];
  if (isRunning) {
    columns.push(['HOST', ({ link }) => link?.host || '-']);
    for (const figure of figures)
      columns.push([figure, ({ link }) => (link === null ? '-' : figureOf[figure](link)), 'figure']);
  }
  const cells = participants.map((one) => columns.map(([, cellOf]) => cellOf(one)));
  const widths = columns.map(([head], at) => Math.max(head.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (columns[at]?.[2] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ');
  const indent = widths.reduce((sum, one) => sum + one + 2, 0);
  const rows = participants.flatMap(({ isAllowed, because }, at) => {
    const row = line(cells[at] as string[]);
    const by = isAllowed ? because : `REFUSED: ${because}`;
    if (indent + by.length <= paper.width) return [`${row}  ${by}`];
    return [row.trimEnd(), ...wrapped(by, '    ', paper.width)];
  });
  const head = `${line(columns.map(([name]) => name))}  BY`;
  return [paper.paint(head, 'head'), ...rows, ...moreLines(all.length - participants.length)];
}

const nameOf = ({ application }: ParticipantExplanation): string => application;

const moreLines = (more: number): string[] => (more > 0 ? [`… and ${more} more (all of them: --json)`] : []);

// --- who receives what -------------------------------------------------------------------------------------------------

function publisherBlocks(deliveries: readonly DeliveryExplanation[], paper: Paper): string[][] {
  const byPublisher = new Map<string, DeliveryExplanation[]>();
  for (const one of deliveries) {
    const own = byPublisher.get(one.from);
    if (own === undefined) byPublisher.set(one.from, [one]);
    else own.push(one);
  }
  const shown = [...byPublisher].slice(0, shownMax);
  const blocks = shown.map(([from, own]) => [paper.paint(`From ${from}:`, 'head'), ...deliveryLines(own, paper)]);
  const more = byPublisher.size - shown.length;
  return more > 0 ? [...blocks, [`… and from ${more} more (all of them: --json)`]] : blocks;
}

function deliveryLines(all: readonly DeliveryExplanation[], { width }: Paper): string[] {
  const shown = all.slice(0, shownMax);
  const longest = Math.max(...shown.map(({ to }) => to.length));
  const indent = ' '.repeat(receivesWidth + 4);
  const lines = shown.flatMap(({ to, hops, cost, credit, underWay, receives, because }) => {
    const head = `  ${receivesText[receives].padEnd(receivesWidth)}  ${to.padEnd(longest)}`;
    if (because !== '') return [head.trimEnd(), ...wrapped(because, indent, width)];
    const running = [
      ...(credit === null ? [] : [`credit ${credit}`]),
      ...(underWay === null ? [] : [`${underWay} under way`]),
    ];
    return [`${head}  ${[`cost ${cost}`, ...running].join(', ')}`, ...wayLines(hops, indent, width)];
  });
  return [...lines, ...moreLines(all.length - shown.length).map((line) => `  ${line}`)];
}

// --- what is missing, and what else is seen ----------------------------------------------------------------------------

/** A block for each who has to give some. */
function missingBlocks(missing: readonly MissingGrant[], paper: Paper): string[][] {
  const byGiver = new Map<string, string[]>();
  for (const one of missing) {
    const giver = giverText(one);
    const grants = byGiver.get(giver) ?? [];
    byGiver.set(giver, grants.includes(one.grant) ? grants : [...grants, one.grant]);
  }
  return [...byGiver].map(([giver, grants]) => {
    const head = wrapped(`Missing grant${grants.length === 1 ? '' : 's'}, ${giver}:`, '', paper.width);
    // Not broken: they are there to be copied.
    return [...head.map((line) => paper.paint(line, 'head')), ...grants.map((grant) => `  ${grant}`)];
  });
}

/** `from team shop (#shop on chat), in teams/shop.yaml` */
function giverText({ owner, contact, file }: MissingGrant): string {
  if (owner === null) return 'from the owner of the channel (--mesh FILE tells who that is)';
  const whom = owner === '' ? 'from the platform, since nobody owns the channel' : `from team ${owner}`;
  return `${whom}${contact === '' ? '' : ` (${contact})`}, in ${file}`;
}

function seenLines(seen: readonly string[], { width, paint }: Paper): string[] {
  if (seen.length === 0) return [];
  const lines = seen.flatMap((line) => {
    const [first = '', ...more] = wrapped(line, '    ', width);
    return [first.slice(2), ...more];
  });
  return [paint('Also seen', 'head'), ...lines];
}
