// An explanation as lines for people, 80 columns wide where names allow it.
//
//   shop.orders  balanced, owned by shop
//   An order of a customer
//
//   PUBLISHES  AT        BY
//   shop/web   shop-aws  owner: shop
//
//   SUBSCRIBES         AT               BY
//   warehouse/packing  warehouse-azure  grant to warehouse (teams/shop.yaml:33)
//
//   From shop/web:
//     every message  warehouse/packing  cost 10
//                    shop-aws → aws-1 → azure-1 → warehouse-azure
import type { DeliveryExplanation, Explanation, ParticipantExplanation } from './explanation.ts';

const width = 80;
const receivesText: Record<DeliveryExplanation['receives'], string> = {
  every: 'every message',
  share: 'its share',
  reserve: 'if none nearer',
  none: 'nothing',
};
const receivesWidth = 'if none nearer'.length;

export function explanationText(explanation: Explanation): string {
  const { address, channel, publishers, consumers, deliveries, nobody } = explanation;
  const lines: string[] = [];
  if (channel !== null) {
    const owner = channel.owner === '' ? 'nobody owns it' : `owned by ${channel.owner}`;
    const below = address === channel.name ? ', with all below it' : `, below ${channel.name}`;
    const prefix = channel.isPrefix ? below : '';
    lines.push(`${address}  ${channel.distribution}, ${owner}${prefix}`);
    if (channel.description !== '') lines.push(...wrapped(channel.description, ''));
    lines.push(...participantLines('PUBLISHES', publishers), ...participantLines('SUBSCRIBES', consumers));
  }
  for (const from of new Set(deliveries.map((one) => one.from))) {
    lines.push('', `From ${from}:`, ...deliveryLines(deliveries.filter((one) => one.from === from)));
  }
  if (nobody.length > 0) {
    if (lines.length > 0) lines.push('');
    lines.push(`Nobody receives what is published to ${address}:`);
    for (const reason of nobody) lines.push(...wrapped(reason, '  '));
  }
  return lines.map((line) => `${line}\n`).join('');
}

function participantLines(title: string, participants: readonly ParticipantExplanation[]): string[] {
  if (participants.length === 0) return [];
  const rows = participants.map(({ application, address, router, isAllowed, because }) => [
    application,
    address,
    router === '' ? '-' : router,
    isAllowed ? because : `REFUSED: ${because}`,
  ]);
  // Everybody at one address is the common case, and then it stands in the first line.
  const isOne = new Set(participants.map(({ address }) => address)).size === 1;
  const columns = isOne ? [0, 2] : [0, 1, 2];
  const titles = [title, 'ADDRESS', 'AT'];
  const widths = columns.map((at) => Math.max(titles[at]?.length ?? 0, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    columns.map((at, n) => cells[at]?.padEnd(widths[n] ?? 0)).join('  ');
  const indent = widths.reduce((sum, one) => sum + one + 2, 0);
  return [
    '',
    `${line(titles)}  BY`,
    ...rows.flatMap((row) => {
      const by = row[3] ?? '';
      if (indent + by.length <= width) return [`${line(row)}  ${by}`];
      return [line(row).trimEnd(), ...wrapped(by, '    ')];
    }),
  ];
}

function deliveryLines(deliveries: readonly DeliveryExplanation[]): string[] {
  const longest = Math.max(...deliveries.map(({ to }) => to.length));
  return deliveries.flatMap(({ to, hops, cost, receives, because }) => {
    const head = `  ${receivesText[receives].padEnd(receivesWidth)}  ${to.padEnd(longest)}`;
    if (because !== '') return [head.trimEnd(), ...wrapped(because, ' '.repeat(receivesWidth + 4))];
    return [`${head}  cost ${cost}`, ...wayLines(hops, ' '.repeat(receivesWidth + 4))];
  });
}

/** Hops with arrows, broken where the line is full. */
export function wayLines(hops: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  hops.forEach((hop, at) => {
    const text = at === 0 ? hop : ` → ${hop}`;
    if (line !== indent && line.length + text.length > width) {
      lines.push(line);
      line = `${indent}${text.trimStart()}`;
    } else line += text;
  });
  return [...lines, line];
}

/** Words in lines of {@link width}. */
export function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    const isFirst = line.length === indent.length;
    if (!isFirst && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line += isFirst ? word : ` ${word}`;
  }
  return [...lines, line];
}
