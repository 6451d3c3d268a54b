import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAdvertised, LocalAddresses } from './local-addresses.ts';

test('mobile addresses, link routes and edge routers are advertised, local and topological addresses are not', () => {
  expect(['M0q', 'Cx', 'Dx', 'E#', 'F#', 'Hedge'].every(isAdvertised)).toBe(true);
  expect(['Lqdhello', 'Tqdrouter', 'RQDR.A', 'A1', 'G', ''].some(isAdvertised)).toBe(false);
});

test('what comes and goes between two updates is in none of them', () => {
  const local = new LocalAddresses();
  local.add('M0a', 3);
  local.add('M0b', 2);
  local.remove('M0b');
  expect(local.takeChanges()).toEqual({ add: ['M0a'], hints: [3], del: [] });
  local.remove('M0a');
  local.add('M0a', 1);
  expect([local.takeChanges(), local.sequence]).toEqual([null, 1]);
  expect([...local.published]).toEqual([['M0a', 3]]);
});

test('withheld, everything is withdrawn but what is to be kept, and nothing comes any more', () => {
  const local = new LocalAddresses();
  local.add('M0a', 3);
  local.add('M0kept', 3);
  local.takeChanges();
  local.add('M0b', 3);
  local.withhold((key) => key === 'M0kept');
  local.add('M0c', 3);
  expect(local.takeChanges()).toEqual({ add: [], hints: [], del: ['M0a'] });
  expect([local.takeChanges(), [...local.published.keys()], local.sequence]).toEqual([null, ['M0kept'], 2]);
  local.remove('M0kept');
  expect([local.takeChanges(), local.published.size]).toEqual([{ add: [], hints: [], del: ['M0kept'] }, 0]);
});

test('whoever applies every update has exactly the addresses that are there', () => {
  const step = fc.record({ key: fc.constantFrom('M0a', 'M0b', 'Cc'), comes: fc.boolean(), isPublished: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const local = new LocalAddresses();
      const here = new Set<string>();
      const there = new Set<string>();
      for (const { key, comes, isPublished } of [...steps, { key: 'M0a', comes: false, isPublished: true }]) {
        if (comes) local.add(key, 3);
        else local.remove(key);
        if (comes) here.add(key);
        else here.delete(key);
        if (!isPublished) continue;
        const changes = local.takeChanges();
        for (const added of changes?.add ?? []) {
          expect(there.has(added)).toBe(false);
          there.add(added);
        }
        for (const deleted of changes?.del ?? []) expect(there.delete(deleted)).toBe(true);
        expect(there).toEqual(here);
        expect(new Set(local.published.keys())).toEqual(here);
      }
    }),
  );
});
