import { expect, test } from 'vitest';
import type { Address } from '../../core/address.ts';
import { type AlikeAddress, AlikeAddresses } from './alike-addresses.ts';

const addressOf = (key: string, hasOutlets = true) =>
  ({ key, hasOutlets, consumers: [{ isUplink: false }], remotes: null }) as unknown as Address;

function othersLike(addresses: Address[], key: string): { found: AlikeAddress[]; slices: number } {
  let found: AlikeAddress[] = [];
  const task = new AlikeAddresses(addresses, key, (all) => {
    found = all;
  });
  let slices = 1;
  while (!task.step()) slices++;
  return { found, slices };
}

const alike = (name: string, ...keys: string[]) =>
  othersLike(
    keys.map((key) => addressOf(key)),
    `M0${name}`,
  ).found.map(({ key }) => key);

test.each([
  ['orders', 'Orders'],
  ['orders', 'queue/orders'],
  ['queue.orders', 'orders'],
  ['eu.orders.new', 'eu/orders/new'],
  ['eu.orders', 'eu_orders'],
  ['orders', 'order'],
  ['orders', 'orderss'],
  ['orders', 'ordres'],
  ['orders', 'xrders'],
])('%s and %s may be mistaken for each other', (a, b) => {
  expect([alike(a, `M0${b}`), alike(b, `M0${a}`)]).toEqual([[`M0${b}`], [`M0${a}`]]);
});

test.each([
  ['orders', 'invoices'],
  ['orders1', 'orders2'],
  ['orders', 'orders1'],
  ['orders', 'reorders'],
  ['abc', 'abd'],
  ['orders.new', 'orders.old'],
])('%s and %s are two addresses', (a, b) => {
  expect([alike(a, `M0${b}`), alike(b, `M0${a}`)]).toEqual([[], []]);
});

test('another phase comes first, and addresses without consumers are left out', () => {
  expect(alike('orders', 'M0order', 'M1orders', 'M0orders', 'Lorders')).toEqual(['M1orders', 'M0order']);
  expect(othersLike([addressOf('M1orders', false)], 'M0orders').found).toEqual([]);
});

test('a hundred thousand addresses are looked at in slices', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => addressOf(`M0address.${index}`));
  expect(othersLike([...many, addressOf('M0address/x')], 'M0address.x')).toEqual({
    found: [{ key: 'M0address/x', consumers: 1, routers: [] }],
    slices: 26,
  });
});
