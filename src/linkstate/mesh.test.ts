import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../kit/random.ts';
import type { Peers } from './link-state-graph.ts';
import { divergences, trueLinkStates } from './testing/convergence.ts';
import { DispatchTwin } from './testing/dispatch-twin.ts';
import { Mesh, weft } from './testing/mesh.ts';
import { plainRoutes } from './testing/plain-paths.ts';

/** Longer than any late loss takes to be noticed and any late advertisement to come round. */
const quietMs = 12_000;

function ring(size: number): Mesh {
  const mesh = new Mesh(size);
  for (let at = 0; at < size; at++) mesh.link(`R${at}`, `R${(at + 1) % size}`);
  return mesh;
}

/** The last time at which any router changed its paths. */
function lastChange(mesh: Mesh): number {
  return Math.max(...[...mesh.routers.values()].map((router) => (router.isUp ? router.routesChangedAt : 0)));
}

/** Something befalls the mesh; then some time passes. */
function disturb(mesh: Mesh, random: Random): void {
  const routers = [...mesh.routers.values()];
  const router = random.pick(routers);
  const link = random.pick(mesh.links);
  switch (random.below(9)) {
    case 0:
      mesh.cut(link);
      break;
    case 1:
    case 2:
      mesh.connect(link);
      break;
    case 3:
      if (link.isUp) link.isSilent = true;
      break;
    case 4:
      if (router.isUp) mesh.kill(router);
      break;
    case 5:
    case 6:
      for (const dead of routers) if (!dead.isUp && random.chance(0.7)) mesh.restart(dead);
      break;
    case 7:
      mesh.addAddress(router, `M0${random.below(5)}`);
      break;
    default:
      mesh.removeAddress(router, `M0${random.below(5)}`);
  }
  mesh.run(random.pick([0, 0, 1, 3, 20, 150, 1_200, 5_000]));
}

/** Seeds and sizes that once ended otherwise. */
const hardCases: [number, number][] = [
  // New addresses were told into a dead connection, and another one took over without any path changing.
  [-960669484, 2],
  // A router that was just started heard first of the new instance of another one, then by late copies of the old.
  [-1761243707, 8],
];

test('whatever befalls a network, when it is quiet again every router knows the paths, valid origins and addresses', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 10 }), (seed, size) => {
      const random = new Random(seed);
      const mesh = new Mesh(size);
      mesh.linkRandomly(size - 1 + random.below(size * 2), random);
      for (let count = random.between(1, 25); count > 0; count--) disturb(mesh, random);
      // A link that swallows everything is found to be dead, and somebody dials anew.
      for (const link of mesh.links) if (link.isSilent && random.chance(0.5)) mesh.cut(link);
      mesh.run(quietMs);
      expect(divergences(mesh)).toEqual([]);
    }),
    { numRuns: 150, examples: hardCases },
  );
});

test('a network that starts cold has converged within a second, without waiting for an advertisement', () => {
  for (let seed = 0; seed < 10; seed++) {
    const mesh = new Mesh(16);
    for (const router of mesh.routers.values()) mesh.addAddress(router, `M0${router.id}`);
    mesh.linkRandomly(30, new Random(seed));
    mesh.run(1_000);
    expect([seed, divergences(mesh)]).toEqual([seed, []]);
  }
});

test('the loss of a link is known everywhere as soon as the news can be there, also beyond the old radius', () => {
  const mesh = ring(12);
  mesh.run(2_000);
  expect([divergences(mesh), mesh.router('R0').protocol.radius]).toEqual([[], 6]);
  mesh.cut(mesh.links[11] as (typeof mesh.links)[number]);
  mesh.run(11);
  expect([divergences(mesh), mesh.router('R0').protocol.radius]).toEqual([[], 11]);
});

test('a flood costs at most one message on every direction of a link when all links are equally fast', () => {
  const mesh = new Mesh(9);
  const ids = [...mesh.routers.keys()];
  for (const a of ids) for (const b of ids) if (a < b) mesh.link(a, b);
  mesh.run(5_500);
  expect(divergences(mesh)).toEqual([]);
  const before = mesh.transfers.get('MAU') ?? 0;
  mesh.addAddress(mesh.router('R3'), 'M0x');
  mesh.run(500);
  expect(divergences(mesh)).toEqual([]);
  expect((mesh.transfers.get('MAU') ?? 0) - before).toBeLessThanOrEqual(9 * 8);
});

test('one of several connections may go without anybody else hearing of it', () => {
  const mesh = ring(5);
  const second = mesh.link('R0', 'R1');
  const third = mesh.link('R0', 'R1');
  mesh.run(2_500);
  const before = new Map(mesh.transfers);
  mesh.cut(mesh.links[0] as (typeof mesh.links)[number]);
  mesh.run(10);
  mesh.cut(second);
  mesh.run(10);
  expect(divergences(mesh)).toEqual([]);
  expect([mesh.transfers.get('RA'), mesh.router('R0').neighbours.get('R1')?.link]).toEqual([before.get('RA'), third]);
});

test('a router that is killed and back within 200 ms is known in its new life at once', () => {
  const mesh = ring(6);
  const router = mesh.router('R2');
  mesh.addAddress(router, 'M0old');
  mesh.run(5_000);
  mesh.kill(router);
  router.localAddresses.clear();
  router.localAddresses.add('M0new');
  mesh.run(150);
  mesh.restart(router);
  mesh.run(200);
  expect(divergences(mesh)).toEqual([]);
  expect(mesh.router('R5').reports).toEqual(['R2 restarted']);
});

test('addresses that were told into a dead connection become known through the one that takes over, also further on', () => {
  const mesh = new Mesh(4);
  mesh.link('R0', 'R1');
  const active = mesh.link('R1', 'R2');
  mesh.link('R1', 'R2');
  mesh.link('R2', 'R3');
  mesh.run(60_000);
  active.isSilent = true;
  mesh.addAddress(mesh.router('R0'), 'M0a');
  mesh.run(quietMs);
  expect(divergences(mesh)).toEqual([]);
});

test('a router that comes back with the same instance, as Dispatch does within one second, is believed after a while', () => {
  const mesh = ring(6);
  const router = mesh.router('R2');
  mesh.addAddress(router, 'M0a');
  mesh.run(500);
  mesh.addAddress(router, 'M0b');
  mesh.run(500);
  mesh.kill(router);
  router.localAddresses.clear();
  router.localAddresses.add('M0c');
  mesh.restart(router, router.protocol.instance);
  mesh.run(quietMs);
  expect(divergences(mesh)).toEqual([]);
});

test('a router that drains is reached as before, but nobody goes through it, and its addresses are gone', () => {
  const mesh = ring(6);
  const drained = mesh.router('R2');
  mesh.addAddress(drained, 'M0a');
  mesh.addAddress(mesh.router('R5'), 'M0a');
  mesh.run(2_000);
  mesh.drain(drained);
  drained.localAddresses.clear();
  mesh.run(50);
  const states = new Map(trueLinkStates(mesh)).set('R2', new Map() as Peers);
  const others = divergences(mesh, states).filter((text) => !text.startsWith('R2'));
  expect(others).toEqual([]);
  expect(mesh.router('R1').protocol.router('R3')).toMatchObject({ cost: 4 });
  expect(drained.protocol.router('R4')).toMatchObject({ cost: 2, isReachable: true });
  expect(drained.addresses).toEqual(new Set(['R5 M0a']));
});

test('128 routers converge after a cold start and after the loss of one, and the messages are counted', () => {
  const mesh = new Mesh(128);
  for (const router of mesh.routers.values()) mesh.addAddress(router, `M0${router.id}`);
  mesh.linkRandomly(256, new Random(7));
  // What got lost on paths that were changing is asked for again by the tick.
  mesh.run(1_500);
  expect(divergences(mesh)).toEqual([]);
  expect(lastChange(mesh)).toBeLessThan(200);
  // Link states, addresses and advertisements were flooded once by each; nearly nobody had to ask for any.
  expect(mesh.transferCount).toBeLessThan(200_000);
  expect((mesh.transfers.get('LSR') ?? 0) + (mesh.transfers.get('MAR') ?? 0)).toBeLessThan(5_000);

  mesh.run(quietMs);
  const [lostAt, before] = [mesh.now, mesh.transferCount];
  mesh.kill(mesh.router('R1'));
  mesh.run(100);
  expect(divergences(mesh).filter((text) => !text.includes('still has R1 '))).toEqual([]);
  expect(lastChange(mesh) - lostAt).toBeLessThan(50);
  expect(mesh.transferCount - before).toBeLessThan(20_000);
}, 120_000);

test('among routers that follow the rules of Dispatch to the letter, all find the same paths and addresses', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 8 }), (seed, size) => {
      const random = new Random(seed);
      const twins = new Set<string>();
      for (let at = 0; at < size; at++) if (random.chance(0.5)) twins.add(`R${at}`);
      const mesh = new Mesh(size, (id) => (twins.has(id) ? (...given) => new DispatchTwin(...given) : weft));
      // Costs are all 1: with others Dispatch drops routing messages that come a cheap way of many hops.
      mesh.linkRandomly(size - 1 + random.below(size), random, 1);
      for (let count = random.between(1, 12); count > 0; count--) disturb(mesh, random);
      for (const link of mesh.links) if (link.isSilent) mesh.cut(link);
      mesh.run(70_000);
      const isOurs = (text: string) => !twins.has(text.split(/[: ]/)[0] as string);
      expect([[...twins], divergences(mesh).filter(isOurs)]).toEqual([[...twins], []]);
      expect(twinDivergences(mesh, twins)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

/** What the twins get wrong; they keep what they last knew of routers to which there is no path. */
function twinDivergences(mesh: Mesh, twins: ReadonlySet<string>): string[] {
  const found: string[] = [];
  const states = trueLinkStates(mesh);
  for (const router of mesh.routers.values()) {
    if (!twins.has(router.id) || !router.isUp) continue;
    for (const [id, hop] of plainRoutes(router.id, states).nextHops) {
      const is = router.protocol.router(id)?.nextHop?.id;
      if (is !== hop) found.push(`${router.id}: next hop to ${id} is ${is}, should be ${hop}`);
      for (const key of mesh.router(id).localAddresses) {
        if (!router.addresses.has(`${id} ${key}`)) found.push(`${router.id} misses ${id} ${key}`);
      }
    }
  }
  return found;
}
