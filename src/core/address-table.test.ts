import { expect, test } from 'vitest';
import { Address } from './address.ts';
import { AddressTable } from './address-table.ts';
import type { Core } from './core.ts';
import { addressKeysLengthMax } from './limits.ts';

function table(): AddressTable {
  const table: AddressTable = new AddressTable({ addresses: null } as unknown as Core, {
    routerId: 'R',
    area: '0',
    isEdge: false,
  });
  table.configure([], 'balanced');
  return table;
}

test('an address is made once, found in all its forms, and gone when it is removed', () => {
  const addresses = table();
  expect(addresses.find('q', 'egress', -1)).toBeNull();
  const made = addresses.findOrMake('amqp:/q', 'egress', -1) as Address;
  expect(made.key).toBe('M0q');
  expect(addresses.findOrMake('q/', 'ingress', -1)).toBe(made);
  expect([addresses.isKnown('/q'), addresses.isKnown('r'), addresses.size]).toEqual([true, false, 1]);
  addresses.remove(made);
  expect([addresses.find('q', 'egress', -1), addresses.size]).toEqual([null, 0]);
});

test('names without end do not fill the memory: there is an end to all of them together', () => {
  const addresses = table();
  const long = 'x'.repeat(4000);
  let count = 0;
  while (count < 100_000 && addresses.findOrMake(`${count}${long}`, 'egress', -1) !== null) count++;
  expect(count).toBeLessThanOrEqual(addressKeysLengthMax / 4000 + 1);
  const [first] = addresses.all;
  addresses.remove(first as Address);
  expect(addresses.findOrMake('again', 'egress', -1)).toBeInstanceOf(Address);
});
