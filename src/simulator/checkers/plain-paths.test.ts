import { describe, expect, test } from 'vitest';
import type { LiveLink } from '../sites/live-links.ts';
import { PlainPaths } from './plain-paths.ts';

function network(...links: readonly (readonly [string, string, number])[]): PlainPaths {
  const live: LiveLink[] = links.map(([one, other, cost]) => ({ ends: [one, other], cost, isUplink: false }));
  return new PlainPaths(new Set(live.flatMap(({ ends }) => ends)), live);
}

describe('the plain paths', () => {
  test('go over the cheapest of several links, by cost and not by hops', () => {
    const paths = network(['A', 'B', 5], ['A', 'B', 3], ['A', 'C', 1], ['C', 'B', 1]);
    expect([paths.cost('A', 'B'), paths.nextHop('A', 'B')]).toEqual([2, 'C']);
  });

  test('take of two ways of the same cost the one whose last router but one is nearer', () => {
    const paths = network(['A', 'B', 1], ['B', 'D', 3], ['A', 'C', 2], ['C', 'D', 2]);
    expect(paths.nextHop('A', 'D')).toBe('B');
    expect(paths.nextHop('D', 'A')).toBe('C');
  });

  test('and of two at the same distance the one with the lower id, by code point', () => {
    const paths = network(['A', '\u{1F6F0}', 1], ['A', '\u{FF32}', 1], ['\u{1F6F0}', 'B', 1], ['\u{FF32}', 'B', 1]);
    expect(paths.nextHop('A', 'B')).toBe('\u{FF32}');
  });

  test('name the origins whose messages pass', () => {
    const paths = network(['A', 'B', 1], ['B', 'C', 1], ['C', 'D', 1], ['D', 'A', 1]);
    expect(paths.validOrigins('B', 'C')).toEqual(['A']);
    expect(paths.validOrigins('D', 'C')).toEqual([]);
    expect(paths.reachedFrom('A').sort()).toEqual(['B', 'C', 'D']);
  });

  test('know what cannot be reached', () => {
    const paths = network(['A', 'B', 1], ['C', 'D', 1]);
    expect([paths.cost('A', 'C'), paths.nextHop('A', 'C'), paths.reachedFrom('A')]).toEqual([
      Number.POSITIVE_INFINITY,
      null,
      ['B'],
    ]);
  });
});
