// The tables are those of qdstat 1.19, to the blank: it was given the same entities, and golden.jsonl holds what it printed.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { tableCsv, tableText } from './table.ts';
import type { Facts, Shown, View } from './view.ts';
import { allEntities, viewFlags } from './views.ts';

interface Golden {
  readonly view: string;
  readonly isVerbose: boolean;
  readonly format: 'text' | 'csv';
  readonly facts: Facts;
  readonly text: string;
}

const golden = readFileSync(new URL('testing/golden.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line, index) => ({ line: index + 1, ...(JSON.parse(line) as Golden) }));
const views = new Map(viewFlags.map(([, , view]) => [view.name, view]));

beforeAll(() => {
  process.env['TZ'] = 'UTC';
});

test.each(golden)('$view is shown as qdstat shows it (line $line)', ({ view, facts, isVerbose, format, text }) => {
  const shown = views.get(view)?.show(facts, isVerbose) as Shown[];
  const print = (one: Shown): string =>
    typeof one === 'string' ? `${one}\n` : format === 'csv' ? tableCsv(one) : tableText(one);
  expect(shown.map(print).join('')).toBe(text);
});

test('a table may have very many rows', () => {
  const rows = Array.from({ length: 200_000 }, (_, index) => [String(index)]);
  expect(tableText({ title: 't', heads: ['n'], rows }).split('\n')).toHaveLength(200_004);
});

test('every view of qdstat has been compared', () => {
  const compared = new Set(golden.map(({ view }) => view));
  expect([...views.keys()].filter((name) => !compared.has(name))).toEqual(['stuck']);
  expect(allEntities.every((view) => views.get(view.name) === view)).toBe(true);
});

describe('stuck deliveries', () => {
  const stuck = views.get('stuck') as View;
  test('are shown with who holds them, consumers first', () => {
    const link = { identity: '9', linkName: 'l', connectionId: '3', owningAddr: 'M0orders', creditAvailable: 0 };
    const peer = { container: 'billing', user: 'ann', host: '10.0.0.7:5000' };
    const rows = [
      { ...link, ...peer, linkDir: 'in', unsettledCount: 90, deliveriesStuck: 80 },
      { ...link, ...peer, linkDir: 'out', unsettledCount: 3, deliveriesStuck: 2 },
      { ...link, ...peer, linkDir: 'out', unsettledCount: 30, deliveriesStuck: 20, user: null },
    ];
    const [table] = stuck.show({ stuck: rows }, false) as unknown as [{ rows: string[][] }];
    expect(table.rows.map((row) => row.slice(0, 8).join(' '))).toEqual([
      '20 30 0 out orders billing - 10.0.0.7:5000',
      '2 3 0 out orders billing ann 10.0.0.7:5000',
      '80 90 0 in orders billing ann 10.0.0.7:5000',
    ]);
  });

  test('none is good news', () => {
    expect(stuck.show({ stuck: [] }, false)).toEqual([expect.stringContaining('No deliveries stuck')]);
  });
});
