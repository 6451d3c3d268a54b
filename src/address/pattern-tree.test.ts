import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalisePattern, PatternTree, tokensOf } from './pattern-tree.ts';

function treeOf(...patterns: string[]): PatternTree<string> {
  const tree = new PatternTree<string>();
  for (const pattern of patterns) expect(tree.insert(pattern, pattern)).toBe(true);
  return tree;
}

test('a literal word wins over *, and * over #', () => {
  const tree = treeOf('a.b.c', 'a.b.*', 'a.b.#');
  expect(tree.match('a.b.c')).toBe('a.b.c');
  expect(tree.match('a.b.x')).toBe('a.b.*');
  expect(tree.match('a.b')).toBe('a.b.#');
  expect(tree.match('a.b.c.x')).toBe('a.b.#');
  expect(tree.match('a')).toBeNull();
});

test('the first word that differs decides, not the number of literal words', () => {
  const tree = treeOf('a.#', '*.b.c.d');
  expect(tree.match('a.b.c.d')).toBe('a.#');
  expect(tree.match('x.b.c.d')).toBe('*.b.c.d');
});

test('where the better branch leads nowhere the next one is tried', () => {
  expect(treeOf('a.b.x', 'a.*.c', '#').match('a.b.c')).toBe('a.*.c');
  expect(treeOf('a.b.x', 'a.*.y', '#.c').match('a.b.c')).toBe('#.c');
});

test('dots and slashes are the same, and so is their absence at the ends', () => {
  const tree = treeOf('/a/b/');
  expect(tree.match('a.b')).toBe('/a/b/');
  expect(tree.match('..a/b.')).toBe('/a/b/');
  expect(tree.match('a..b')).toBeNull(); // an empty word is a word
  expect(tokensOf('//a..b/')).toEqual(['a', '', 'b']);
});

test('a prefix p is the pattern p/#: it matches whole words', () => {
  const tree = treeOf('a/#');
  expect(['a', 'a.b', 'a/b', 'ab'].map((address) => tree.match(address))).toEqual(['a/#', 'a/#', 'a/#', null]);
});

test('wildcards are such only as whole words', () => {
  const tree = treeOf('a*', 'b.#c');
  expect(tree.match('ax')).toBeNull();
  expect(tree.match('a*')).toBe('a*');
  expect(tree.match('b.#c')).toBe('b.#c');
});

test.each([
  ['#.#', '#'],
  ['#.*', '*.#'],
  ['#.*.#.*', '*.*.#'],
  ['a.#.*.b.#.#.c', 'a.*.#.b.#.c'],
  ['*.*', '*.*'],
])('%s is normalised to %s', (pattern, normal) => {
  expect(normalisePattern(pattern).join('.')).toBe(normal);
});

test('a pattern with the same meaning is reported, and does not replace the first one', () => {
  const tree = treeOf('a.#.*');
  expect(tree.insert('a/*/#', 'another')).toBe(false);
  expect(tree.match('a.b')).toBe('a.#.*');
  expect(tree.size).toBe(1);
});

test('a removed pattern matches no more, and leaves the ones around it', () => {
  const tree = treeOf('a.b', 'a.b.c', 'a.#');
  expect(tree.remove('a/b')).toBe('a.b');
  expect(tree.remove('a.b')).toBeNull();
  expect(tree.remove('a.x')).toBeNull();
  expect(tree.match('a.b')).toBe('a.#');
  expect(tree.match('a.b.c')).toBe('a.b.c');
  expect(tree.remove('a.b.c')).toBe('a.b.c');
  expect(tree.remove('a.#')).toBe('a.#');
  expect(tree.size).toBe(0);
  expect(tree.match('a')).toBeNull();
});

/** All ways in which the pattern can take the tokens, and of these the one that the precedence prefers. */
function preference(pattern: readonly string[], tokens: readonly string[]): string | null {
  if (pattern.length === 0) return tokens.length === 0 ? '' : null;
  const [head, ...rest] = pattern;
  if (head === '#') {
    for (let taken = 0; taken <= tokens.length; taken++) {
      const after = preference(rest, tokens.slice(taken));
      if (after !== null) return `#${'+'.repeat(taken)}${after === '' ? '' : `,${after}`}`;
    }
    return null;
  }
  if (tokens.length === 0 || (head !== '*' && head !== tokens[0])) return null;
  const after = preference(rest, tokens.slice(1));
  return after === null ? null : `${head === '*' ? '*' : '='},${after}`;
}

/** Tells which of two ways is preferred, word by word: literal, then *, then # with few words. An end is preferred to all. */
function isPreferred(a: string, b: string): boolean {
  const rank = { '': 0, '=': 1, '*': 2, '#': 3 };
  const [as, bs] = [a.split(','), b.split(',')];
  for (let i = 0; ; i++) {
    const [x = '', y = ''] = [as[i], bs[i]];
    if (x === y) continue;
    const [rankX, rankY] = [rank[x.charAt(0) as '='], rank[y.charAt(0) as '=']];
    if (rankX !== rankY) return rankX < rankY;
    return x.length < y.length;
  }
}

const word = fc.constantFrom('a', 'b', 'c');
const patterns = fc.uniqueArray(fc.array(fc.oneof(word, fc.constantFrom('*', '#')), { minLength: 1, maxLength: 5 }), {
  maxLength: 12,
  selector: (tokens) => normalisePattern(tokens.join('.')).join('.'),
});
const addresses = fc.array(fc.array(word, { minLength: 1, maxLength: 7 }), { minLength: 1, maxLength: 6 });

test('the tree finds what a search through all patterns finds', () => {
  fc.assert(
    fc.property(patterns, addresses, (allPatterns, allAddresses) => {
      const tree = treeOf(...allPatterns.map((tokens) => tokens.join('/')));
      for (const address of allAddresses) {
        let best: { way: string; pattern: string } | null = null;
        for (const tokens of allPatterns) {
          const pattern = tokens.join('/');
          const way = preference(normalisePattern(pattern), address);
          if (way !== null && (best === null || isPreferred(way, best.way))) best = { way, pattern };
        }
        expect(tree.match(address.join('.'))).toBe(best?.pattern ?? null);
      }
    }),
    { numRuns: 2000 },
  );
});

test('removing some patterns leaves a tree that never had them', () => {
  fc.assert(
    fc.property(patterns, addresses, fc.nat(), (allPatterns, allAddresses, dice) => {
      const texts = allPatterns.map((tokens) => tokens.join('.'));
      const removed = texts.filter((_, i) => ((dice >> (i % 30)) & 1) === 1);
      const tree = treeOf(...texts);
      for (const text of removed) expect(tree.remove(text)).toBe(text);
      const fresh = treeOf(...texts.filter((text) => !removed.includes(text)));
      expect(tree.size).toBe(fresh.size);
      for (const address of allAddresses) expect(tree.match(address.join('/'))).toBe(fresh.match(address.join('/')));
    }),
  );
});

test('a pattern with many # is refuted by a long address in no time worth counting', () => {
  const tree = treeOf(`${'#.a.'.repeat(20)}#.b`);
  // Tried out one by one the ways to place 20 words among 2,000 are more than there are atoms.
  expect(tree.match('a.'.repeat(2000))).toBeNull();
  expect(tree.match(`${'a.'.repeat(2000)}b`)).not.toBeNull();
});
