import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  readHello,
  readLinkStateRequest,
  readLinkStateUpdate,
  readMobileAddressRequest,
  readMobileAddressUpdate,
  readRouterAdvertisement,
} from './read-message.ts';

const common = { id: 'B', pv: 1, area: '0' as const };
const linkState = {
  id: 'B',
  area: '0' as const,
  ls_seq: 1,
  peers: new Map([
    ['A', 1],
    ['C', 5],
  ]),
};

test('the recorded messages of Dispatch are read field for field', () => {
  const hello = { ...common, instance: 1795341708, seen: ['A', 'C'] };
  expect(readHello(hello)).toEqual({ opcode: 'HELLO', ...hello });
  const ra = { ...common, instance: 1795341708, ls_seq: 1, mobile_seq: 0 };
  expect(readRouterAdvertisement(ra)).toEqual({ opcode: 'RA', ...ra });
  expect(readLinkStateRequest(common)).toEqual({ opcode: 'LSR', ...common });
  const lsu = { ...common, instance: 1795341708, ls_seq: 1, ls: linkState };
  expect(readLinkStateUpdate(lsu)).toEqual({ opcode: 'LSU', ...lsu });
  const mau = { ...common, mobile_seq: 1, hints: [3], add: ['M0queue1'], del: [] };
  expect(readMobileAddressUpdate(mau)).toEqual({ opcode: 'MAU', ...mau });
  const all = { ...common, mobile_seq: 7, exist: ['M0queue1', 'Dx'], hints: [3, 4] };
  expect(readMobileAddressUpdate(all)).toEqual({ opcode: 'MAU', ...all });
  expect(readMobileAddressRequest({ ...common, have_seq: 3 })).toEqual({ opcode: 'MAR', ...common, have_seq: 3 });
});

test('a body may be a Map or a plain object, at every depth, and integers may be bigints', () => {
  const plain = { ...common, ls_seq: 4n, ls: { id: 'B', ls_seq: 4n, peers: { A: 2n, __proto__x: 1 } } };
  const maps = new Map<string, unknown>(Object.entries(plain));
  maps.set('ls', new Map<string, unknown>(Object.entries(plain.ls)));
  expect(readLinkStateUpdate(maps)).toEqual(readLinkStateUpdate(plain));
  expect(readLinkStateUpdate(plain)).toMatchObject({
    ls_seq: 4,
    ls: {
      peers: new Map([
        ['A', 2],
        ['__proto__x', 1],
      ]),
    },
  });
});

test('version and instance may be missing, and are 0 then', () => {
  expect(readHello({ id: 'B', seen: [] })).toMatchObject({ pv: 0, instance: 0 });
  expect(readRouterAdvertisement({ id: 'B', ls_seq: 1, mobile_seq: 2, instance: null })).toMatchObject({ instance: 0 });
});

test('what is missing or has the wrong type is named', () => {
  expect(readHello({ ...common, id: new Uint8Array([0x42]), seen: [] })).toContain('id is no text');
  expect(readHello({ ...common, id: '', seen: [] })).toContain('id is no text');
  expect(readHello(common)).toBe('seen is no list');
  expect(readHello({ ...common, seen: { items: ['A'] } })).toBe('seen is no list');
  expect(readHello({ ...common, seen: ['A', 5] })).toContain('seen has an item');
  expect(readHello({ ...common, instance: '5', seen: [] })).toBe('instance is no integer');
  expect(readRouterAdvertisement({ ...common, ls_seq: true, mobile_seq: 0 })).toBe('ls_seq is no whole number');
  expect(readRouterAdvertisement({ ...common, ls_seq: 1 })).toBe('mobile_seq is no whole number');
  expect(readRouterAdvertisement({ ...common, ls_seq: -1, mobile_seq: 0 })).toBe('ls_seq is no whole number');
  expect(readMobileAddressRequest({ ...common, have_seq: 2n ** 60n })).toBe('have_seq is no whole number');
  const lsu = (ls: unknown) => readLinkStateUpdate({ ...common, ls_seq: 1, ls });
  expect(lsu([])).toBe('ls is no map');
  expect(lsu({ ...linkState, peers: ['A'] })).toBe('ls: peers is no map');
  expect(lsu({ ...linkState, peers: { A: 0 } })).toContain('ls: the cost to A');
  expect(lsu({ ...linkState, peers: { A: 1.5 } })).toContain('ls: the cost to A');
  expect(lsu({ ...linkState, id: 'C' })).toBe('ls is the one of C');
});

test('an update of addresses has either exist, or both add and del', () => {
  const mau = (fields: object) => readMobileAddressUpdate({ ...common, mobile_seq: 1, ...fields });
  expect(mau({})).toContain('neither exist nor both');
  expect(mau({ add: ['M0x'] })).toContain('neither exist nor both');
  expect(mau({ exist: ['M0x'], add: [], del: [] })).toContain('beside');
  expect(mau({ exist: new Set(['M0x']) })).toBe('exist is no list');
  expect(mau({ exist: ['M0x'], hints: 'none' })).toMatchObject({ hints: [] });
  expect(mau({ exist: ['M0x'], hints: [true] })).toMatchObject({ hints: [-1] });
});

test('whatever the body is, reading it ends with a message or a reason', () => {
  const value = fc.anything({ withBigInt: true, withMap: true, withTypedArray: true, withSet: true });
  const keys = [
    'id',
    'pv',
    'instance',
    'seen',
    'ls_seq',
    'mobile_seq',
    'have_seq',
    'ls',
    'add',
    'del',
    'exist',
    'hints',
    'peers',
  ];
  const body = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 13 });
  const readers = [
    readHello,
    readRouterAdvertisement,
    readLinkStateRequest,
    readLinkStateUpdate,
    readMobileAddressRequest,
    readMobileAddressUpdate,
  ];
  fc.assert(
    fc.property(body, (fields) => {
      for (const read of readers) {
        const message = read(fields);
        if (typeof message !== 'string') expect(message.id).toBe(fields['id']);
      }
    }),
  );
});
