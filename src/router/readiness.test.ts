import { expect, test } from 'vitest';
import { makeConnector } from '../schema/configuration.ts';
import { readinessReasons } from './readiness.ts';
import { NetworkBench, type NetworkOptions } from './testing/network-bench.ts';

/** A network in which every listener is bound. */
function ready(options: NetworkOptions): NetworkBench {
  const bench = new NetworkBench(options);
  for (const node of bench.nodes.values())
    for (const listener of node.configuration.listeners) node.router.listenSucceeded(listener, bench.now);
  return bench;
}
const reasons = (bench: NetworkBench, id: string, any = false) => bench.router(id).monitor.readiness(any);

test('a router is not ready before its listeners are bound, and tells which are not', () => {
  const bench = new NetworkBench({ links: [], routers: { A: {} } });
  const { listeners } = bench.node('A').configuration;
  expect(reasons(bench, 'A')).toEqual(listeners.map(({ name }) => `listener ${name} is not bound yet`));
  const [first, ...others] = listeners;
  for (const listener of others) bench.router('A').listenSucceeded(listener, bench.now);
  bench.router('A').listenFailed(first!, 'the address is in use', bench.now);
  expect(reasons(bench, 'A')).toEqual([`listener ${first!.name} is not bound: the address is in use`]);
});

test('interior routers are ready when each connector has a neighbour whose link state is known', () => {
  const bench = ready({
    links: [
      ['A', 'B', { name: 'to-b' }],
      ['A', 'C', { name: 'to-c' }],
    ],
  });
  for (const id of ['A', 'B', 'C']) expect(reasons(bench, id)).toEqual([]);
  bench.sever('A', 'B');
  expect(reasons(bench, 'A')).toEqual(['connector to-b is not up']);
  expect(reasons(bench, 'A', true)).toEqual([]);
  expect(reasons(bench, 'B')).toEqual([]); // it has no connector that is down
  bench.sever('A', 'C');
  expect(reasons(bench, 'A', true)).toEqual(['connector to-b is not up', 'connector to-c is not up']);
  bench.mend('A', 'B');
  bench.mend('A', 'C');
  bench.pass(8_000);
  expect(reasons(bench, 'A')).toEqual([]);
});

test('a connection alone is not enough: its router must be a neighbour, have told its links, and so must all others', () => {
  const connector = makeConnector({ name: 'to-b', role: 'inter-router' });
  const seen = (neighbours: string[], router: object | null, isJoining: boolean): string[] =>
    readinessReasons(
      {
        isDraining: false,
        listeners: [],
        connectors: [{ connector, peer: 'B' }],
        mesh: {
          neighbours: new Map(neighbours.map((id) => [id, {}])),
          protocol: { router: () => router, isJoining },
        } as never,
        edge: null,
      },
      false,
    );
  expect(seen([], null, true)).toEqual(['connector to-b: router B is not a neighbour yet']);
  const joining = 'the routes are not known yet: routers that are known have not told all of theirs';
  const untold = 'connector to-b: the link state of router B is not known yet';
  expect(seen(['B'], { isReachable: true, linkStateSequence: 0 }, true)).toEqual([untold, joining]);
  expect(seen(['B'], { isReachable: false, linkStateSequence: 7 }, false)).toEqual([untold]);
  expect(seen(['B'], { isReachable: true, linkStateSequence: 7 }, true)).toEqual([joining]);
  expect(seen(['B'], { isReachable: true, linkStateSequence: 7 }, false)).toEqual([]);
});

test('an edge router is ready with an uplink, whichever of its connectors that is', () => {
  const bench = ready({
    links: [
      ['A', 'B'],
      ['E', 'A', { name: 'first' }],
      ['E', 'B', { name: 'second' }],
    ],
    edges: ['E'],
  });
  expect(reasons(bench, 'E')).toEqual([]);
  bench.sever('E', 'A');
  expect(reasons(bench, 'E')).toEqual([]);
  bench.sever('E', 'B');
  expect(reasons(bench, 'E')).toEqual(['no uplink: of the connectors first, second none is up']);
});

test('a router that drains is not ready', () => {
  const bench = ready({ links: [['A', 'B']] });
  bench.router('A').drain(bench.now);
  expect(reasons(bench, 'A')[0]).toBe('this router is shutting down');
});
