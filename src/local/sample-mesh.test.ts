// The mesh that npm start runs, and what is said of a router's loss.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../schema/read-configuration.ts';
import { RouterLoss } from './router-loss.ts';
import { sampleChannels } from './sample-applications.ts';
import { configurationOf, listenerName, rolesOf, sampleRouters } from './sample-mesh.ts';

const listeners = sampleRouters.flatMap((router) => rolesOf(router).map((role) => listenerName(router, role)));
const ports = new Map(listeners.map((name, index) => [name, 20_000 + index]));

test.each(sampleRouters)('the configuration of $name has no faults', (router) => {
  expect(readConfiguration(configurationOf(router, ports), 'router.json').faults).toEqual([]);
});

test.each(sampleRouters.filter(({ kind }) => kind === 'interior'))('without $name all others are connected', (lost) => {
  const [first, ...others] = sampleRouters.filter((one) => one !== lost);
  const reached = new Set([first!.name]);
  for (const _ of others)
    for (const { name, dials } of others.concat(first!))
      for (const end of dials)
        if (end !== lost.name && (reached.has(name) || reached.has(end))) reached.add(name).add(end);
  expect(reached.size).toBe(sampleRouters.length - 1);
});

test('the north dials nobody in the south', () => {
  for (const { cloud, dials } of sampleRouters)
    if (cloud === 'north') for (const name of dials) expect(name).toMatch(/^north/);
});

test('examples/router.conf has the same channels', () => {
  const text = readFileSync(new URL('../../examples/router.conf', import.meta.url), 'utf8');
  const { configuration } = readConfiguration(text, 'router.conf');
  const configured = configuration?.addresses.map(({ prefix, distribution }) => ({ name: prefix, distribution }));
  expect(new Set(configured)).toEqual(new Set(sampleChannels));
});

describe('the loss of a router', () => {
  const arrival = (sentAtMs: number, receivedAtMs: number) => [{ sentAtMs, receivedAtMs }];
  const lostAt1000 = () => new RouterLoss('north-1', 4, 1000, { modified: 2, released: 1 });
  const across = ['packing-2', 'ledger', 'dashboard', 'quotes'];

  test('is healed when every channel has carried a message sent after it to the other cloud', () => {
    const router = lostAt1000();
    for (const name of across.slice(1)) router.handleArrivals(name, arrival(1005, 1012));
    router.handleArrivals('packing-2', arrival(999, 1003)); // was under way
    router.handleArrivals('packing-1', arrival(1001, 1002)); // is in the shop's own cloud
    expect(router.loss.resumedAfterMs).toBeNull();
    router.handleArrivals('packing-slow', arrival(1001, 1040));
    expect(router.loss.resumedAfterMs).toBe(40);
    router.handleArrivals('packing-2', arrival(1001, 1030)); // came before, was reported later
    expect(router.loss.resumedAfterMs).toBe(30);
  });

  test('counts the outcomes since, for a while', () => {
    const router = lostAt1000();
    router.handleOutcomes({ modified: 6, released: 1 }, 1250);
    router.handleOutcomes({ modified: 9, released: 3 }, 60_000);
    router.handleBack(4200);
    expect(router.loss).toMatchObject({ modified: 4, released: 0, backAfterSeconds: 3.2 });
  });
});
