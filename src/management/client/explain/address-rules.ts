// Which `address` of a configuration rules an address, for routers that do not tell: a prefix, or a pattern with `*` for one word and `#` for any
// number of them. Of several the more exact one, word by word.
import type { EntityRow } from '../management-node.ts';

/** Null when none does. */
export function ruleFor(address: string, rules: readonly EntityRow[]): EntityRow | null {
  const words = wordsOf(address);
  let best: EntityRow | null = null;
  for (const rule of rules) {
    if (!matches(patternOf(rule), words)) continue;
    if (best === null || isMoreExact(patternOf(rule), patternOf(best))) best = rule;
  }
  return best;
}

/** `prefix orders` */
export function ruleText({ prefix, pattern }: EntityRow): string {
  return prefix ? `prefix ${prefix}` : `pattern ${pattern}`;
}

const wordsOf = (text: string): string[] => text.split(/[./]/).filter((word) => word !== '');

function patternOf({ prefix, pattern }: EntityRow): string[] {
  return prefix ? [...wordsOf(String(prefix)), '#'] : wordsOf(String(pattern ?? ''));
}

function matches(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === '#') return words.some((_, at) => matches(rest, words.slice(at))) || matches(rest, []);
  return words.length > 0 && (first === '*' || first === words[0]) && matches(rest, words.slice(1));
}

function isMoreExact(a: readonly string[], b: readonly string[]): boolean {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = rank(a[at]) - rank(b[at]);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

const rank = (word: string | undefined): number => (word === undefined ? 2.5 : word === '#' ? 1 : word === '*' ? 2 : 3);
