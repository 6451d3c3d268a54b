import { beforeEach, expect, test } from 'vitest';
import { RemoteAddresses } from './remote-addresses.ts';
import { RouterNode } from './router-node.ts';
import { RecordingPort } from './testing/recording-port.ts';
import { Warnings } from './warnings.ts';

let port: RecordingPort;
let remote: RemoteAddresses;
let node: RouterNode;

beforeEach(() => {
  port = new RecordingPort();
  remote = new RemoteAddresses(port, new Warnings(port));
  node = new RouterNode('B', 1, 0);
  node.mobile.isWanted = false;
  remote.announce(node, true);
});

const common = { opcode: 'MAU' as const, id: 'B', pv: 1, area: '0' as const };
const change = (mobile_seq: number, add: string[], del: string[] = [], hints: number[] = add.map(() => 3)) =>
  remote.handleUpdate(node, { ...common, mobile_seq, hints, add, del }, 0);
const all = (mobile_seq: number, exist: string[], hints: number[] = exist.map(() => 3)) =>
  remote.handleUpdate(node, { ...common, mobile_seq, exist, hints }, 0);
const reported = () => {
  remote.report();
  return port.takeEvents();
};

test('differential updates are applied one after the other', () => {
  change(1, ['M0a', 'M0b'], [], [3, 2]);
  change(2, ['M0c'], ['M0a']);
  expect(reported()).toEqual(['+ M0a at B (3)', '+ M0b at B (2)', '+ M0c at B (3)', '- M0a at B']);
  expect([...node.addresses.keys(), node.mobile.held]).toEqual(['M0b', 'M0c', 2]);
});

test('a copy of an update that was applied changes nothing, and asks for nothing', () => {
  change(1, ['M0a']);
  change(2, [], ['M0a']);
  change(1, ['M0a']);
  expect(reported()).toEqual(['+ M0a at B (3)', '- M0a at B']);
  expect(node.mobile.isOpen).toBe(false);
});

test('after a gap all is asked for, and what comes before the answer is left to it', () => {
  change(1, ['M0a']);
  change(3, ['M0c']);
  expect([node.mobile.isDue, node.mobile.held]).toEqual([true, 1]);
  node.mobile.noteAsked();
  change(2, ['M0b']);
  change(4, ['M0d']);
  expect([...node.addresses.keys()]).toEqual(['M0a']);
  all(4, ['M0c', 'M0d']);
  expect([...node.addresses.keys(), node.mobile.held, node.mobile.isOpen]).toEqual(['M0c', 'M0d', 4, false]);
  expect(reported()).toEqual(['+ M0a at B (3)', '- M0a at B', '+ M0c at B (3)', '+ M0d at B (3)']);
});

test('news that were only advertised do not keep the update itself from being applied', () => {
  node.mobile.noteAdvertised(1);
  change(1, ['M0a']);
  expect([node.mobile.held, node.mobile.isOpen]).toEqual([1, false]);
});

test('of an absolute update only the differences are reported; one that was overtaken is dropped', () => {
  change(1, ['M0a', 'M0b']);
  change(2, ['M0c']);
  reported();
  all(1, ['M0a', 'M0b']);
  all(2, []);
  expect(reported()).toEqual([]);
  all(5, ['M0b', 'M0d']);
  expect(reported()).toEqual(['- M0a at B', '- M0c at B', '+ M0d at B (3)']);
});

test('hints count only when there is one for each key, and only when they are treatments', () => {
  change(1, ['M0a', 'M0b'], [], [3]);
  change(2, ['M0c', 'M0d'], [], [9, 0]);
  expect(reported()).toEqual(['+ M0a at B (null)', '+ M0b at B (null)', '+ M0c at B (null)', '+ M0d at B (0)']);
});

test('keys that no router may advertise are ignored with a warning', () => {
  change(1, ['Lqdhello', 'M0a']);
  expect(reported()).toEqual([
    'warn Router B advertises Lqdhello, which is no address to advertise: ignored',
    '+ M0a at B (3)',
  ]);
});

test('while a router cannot be reached its addresses are kept but not reported', () => {
  change(1, ['M0a']);
  remote.announce(node, false);
  change(2, ['M0b'], ['M0a']);
  expect(reported()).toEqual(['+ M0a at B (3)', '- M0a at B']);
  remote.announce(node, true);
  remote.announce(node, true);
  expect(reported()).toEqual(['+ M0b at B (3)']);
});

test('a flush takes all addresses away and asks anew', () => {
  change(1, ['M0a']);
  remote.flush(node);
  expect(reported()).toEqual(['+ M0a at B (3)', '- M0a at B']);
  expect([node.addresses.size, node.mobile.held, node.mobile.isDue]).toEqual([0, 0, true]);
});
