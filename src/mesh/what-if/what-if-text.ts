// A what-if as lines for people.
//
//   Without aws-1: 2 of 5 pairs of applications take another way, 3 keep theirs, none lose each other.
//
//   OTHER WAY  shop.orders: shop/web → warehouse/packing
//     was  cost 10  shop-aws → aws-1 → azure-1 → warehouse-azure
//     now  cost 10  shop-aws → aws-2 → azure-2 → warehouse-azure
import { wayLines, wrapped } from '../lines.ts';
import type { PairChange, WhatIf } from './what-if.ts';

/** Pairs told one by one; the rest is counted. */
const pairsShownMax = 40;

export function whatIfText({ lost, pairs, changed, cut, moved }: WhatIf): string {
  const kept = pairs - changed.length - cut.length;
  const summary = `Without ${lost.join(', ')}: of ${pairs} pairs of applications ${count(kept)} keep their way, ${count(changed.length)} take another one, ${count(cut.length)} lose each other.`;
  const lines = wrapped(summary, '');
  lines.push(...section(cut, cutLines));
  if (moved.length > 0) lines.push('');
  for (const { application, before, after } of moved.slice(0, pairsShownMax)) {
    lines.push(
      after === null
        ? `NOWHERE    ${application} had ${before}, and has no router left`
        : `RECONNECTS ${application} from ${before} to ${after}`,
    );
  }
  if (moved.length > pairsShownMax) lines.push(more(moved.length - pairsShownMax));
  lines.push(...section(changed, changedLines));
  return lines.map((line) => `${line}\n`).join('');
}

function section(pairs: readonly PairChange[], linesOf: (pair: PairChange) => string[]): string[] {
  if (pairs.length === 0) return [];
  const rest = pairs.length - pairsShownMax;
  return ['', ...pairs.slice(0, pairsShownMax).flatMap(linesOf), ...(rest > 0 ? [more(rest)] : [])];
}

const more = (rest: number): string => `… and ${rest} more; --json tells all`;
const count = (many: number): string => (many === 0 ? 'none' : String(many));

function cutLines({ channel, from, to, because }: PairChange): string[] {
  return [`CUT        ${channel}: ${from} → ${to}`, ...wrapped(because, '  ')];
}

function changedLines({ channel, from, to, before, after }: PairChange): string[] {
  const costs = [before, after].map((way) => `cost ${way?.cost}`);
  const longest = Math.max(...costs.map(({ length }) => length));
  const way = (word: string, at: number, hops: readonly string[]): string[] => {
    const head = `  ${word}  ${(costs[at] ?? '').padEnd(longest)}  `;
    const [first = '', ...rest] = wayLines(hops, ' '.repeat(head.length));
    return [head + first.slice(head.length), ...rest];
  };
  return [`OTHER WAY  ${channel}: ${from} → ${to}`, ...way('was', 0, before.hops), ...way('now', 1, after?.hops ?? [])];
}
