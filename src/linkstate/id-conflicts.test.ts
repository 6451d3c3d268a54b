import { beforeEach, expect, test } from 'vitest';
import { IdConflicts } from './id-conflicts.ts';
import { conflictMs, lateCopiesMs } from './limits.ts';
import { RouterNode } from './router-node.ts';
import { RecordingPort } from './testing/recording-port.ts';
import { Warnings } from './warnings.ts';

let port: RecordingPort;
let conflicts: IdConflicts;
let node: RouterNode;

beforeEach(() => {
  port = new RecordingPort();
  conflicts = new IdConflicts(port, new Warnings(port));
  node = new RouterNode('B', 1, 0);
});

test('a higher instance is a restart; none is no statement', () => {
  expect(conflicts.judge(node, 0, false, 0)).toBe('current');
  expect(conflicts.judge(node, 100, false, 0)).toBe('current');
  expect(conflicts.judge(node, 0, true, 0)).toBe('current');
  expect(conflicts.judge(node, 101, false, 0)).toBe('restarted');
  expect(node.instance).toBe(101);
});

test('a lower instance is a restart, by a clock set back, when it alone goes on for longer than late copies do', () => {
  conflicts.judge(node, 100, false, 0);
  expect(conflicts.judge(node, 99, false, 10)).toBe('ignored');
  expect(conflicts.judge(node, 100, false, 20)).toBe('current');
  for (const at of [30, 1_000, 29 + lateCopiesMs]) expect(conflicts.judge(node, 99, true, at)).toBe('ignored');
  expect(conflicts.judge(node, 99, true, 30 + lateCopiesMs)).toBe('restarted');
  expect([node.instance, port.events]).toEqual([99, []]);
});

test('of two routers with one id that both speak the higher instance stays believed, and that is reported', () => {
  conflicts.judge(node, 100, false, 0);
  for (let at = 0; at < 30_000; at += 1_000) conflicts.judge(node, at % 2_000 === 0 ? 100 : 99, false, at);
  expect(node.instance).toBe(100);
  expect(port.events).toEqual([expect.stringContaining('conflict B: Two routers have the id B: instances 100 and 99')]);
});

test('a lower instance that others tell of counts for nothing while a connection lives, and when it is lost', () => {
  conflicts.judge(node, 100, true, 0);
  node.connectionKey = 'c1';
  for (const at of [1, 1 + 2 * lateCopiesMs]) expect(conflicts.judge(node, 99, false, at)).toBe('ignored');
  expect([node.instance, node.rival]).toEqual([100, null]);
});

test('late copies of an instance that is gone are ignored without a word', () => {
  conflicts.judge(node, 100, false, 0);
  conflicts.judge(node, 101, false, 0);
  for (const at of [0, 10, conflictMs - 1]) expect(conflicts.judge(node, 100, false, at)).toBe('ignored');
  expect(port.events).toEqual([]);
});

test('an instance that was left behind and goes on speaking is another router: that is said once', () => {
  conflicts.judge(node, 100, false, 0);
  conflicts.judge(node, 101, false, 0);
  for (let at = 0; at < 30_000; at += 1_000) conflicts.judge(node, at % 2_000 === 0 ? 100 : 101, false, at);
  expect(node.instance).toBe(101);
  expect(port.events).toEqual([
    expect.stringContaining('conflict B: Two routers have the id B: instances 101 and 100'),
  ]);
});

test('while a connection to a router lives, what others tell of another instance is only remembered', () => {
  conflicts.judge(node, 100, true, 0);
  node.connectionKey = 'c1';
  expect(conflicts.judge(node, 101, false, 5)).toBe('ignored');
  expect([node.instance, node.rival]).toEqual([100, { instance: 101, heardAt: 5 }]);
  expect(conflicts.judge(node, 101, true, 6)).toBe('restarted');
  expect([node.instance, node.rival]).toEqual([101, null]);
});

test('our own id with another instance is reported at once by a neighbour, by others when it is no late copy', () => {
  conflicts.judgeOwn('A', 7, 7, false, 0);
  conflicts.judgeOwn('A', 7, 6, false, 0);
  conflicts.judgeOwn('A', 7, 6, false, 100);
  expect(port.takeEvents()).toEqual([]);
  conflicts.judgeOwn('A', 7, 6, false, conflictMs);
  expect(port.takeEvents()).toEqual([
    expect.stringContaining('conflict A: Another router of this network has our router id A'),
  ]);
  conflicts.judgeOwn('A', 7, 6, true, 0);
  conflicts.judgeOwn('A', 7, 6, true, 1);
  expect(port.takeEvents()).toEqual([expect.stringContaining('conflict A: A neighbour has our router id A')]);
  conflicts.judgeOwn('A', 7, 7, true, 0);
  expect(port.takeEvents()).toEqual([expect.stringContaining('warn A connection leads back to this router')]);
});
