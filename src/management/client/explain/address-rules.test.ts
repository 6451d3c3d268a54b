import { expect, test } from 'vitest';
import { ruleFor, ruleText } from './address-rules.ts';

const rules = [
  { prefix: 'orders', pattern: null },
  { prefix: 'orders.eu', pattern: null },
  { prefix: null, pattern: 'orders.*.urgent' },
  { prefix: null, pattern: '#.log' },
];

test.each([
  ['orders', 'prefix orders'],
  ['orders/eu/1', 'prefix orders.eu'],
  ['orders.us.urgent', 'pattern orders.*.urgent'],
  ['orders.us.later', 'prefix orders'],
  ['a.b.log', 'pattern #.log'],
  ['log', 'pattern #.log'],
])('%s is ruled by %s', (address, rule) => {
  const found = ruleFor(address, rules);
  expect(found === null ? null : ruleText(found)).toBe(rule);
});

test('words count, not letters', () => {
  expect(ruleFor('ordersX', rules)).toBe(null);
  expect(ruleFor('a.logs', rules)).toBe(null);
});
