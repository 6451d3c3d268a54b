import { describe, expect, test } from 'vitest';
import type { RemoteRouter } from '../../linkstate/router-node.ts';
import type { Address } from '../address.ts';
import type { ConnectionContext } from '../connection-context.ts';
import type { Mesh } from './mesh.ts';
import { Peer } from './peer.ts';
import { Remotes } from './remotes.ts';

const core = { nowMs: 0, mesh: { version: 0, protocol: { detour: () => null } } };
const address = { core } as unknown as Address;
const peer = () => new Peer({ core } as unknown as Mesh, {} as ConnectionContext, 1);

/** A router at this cost over `next`; null: out of reach. */
function router(id: string, cost: number, next: { id: string; connectionKey: Peer | null } | null): RemoteRouter {
  return { id, cost, nextHop: next, isConfirmed: true } as unknown as RemoteRouter;
}

const route = (...trace: string[]) => ({ ingress: null, trace, stream: false });

describe('the other routers of an address', () => {
  const [b, c] = [
    { id: 'B', connectionKey: peer() },
    { id: 'C', connectionKey: peer() },
  ];

  test('are in the order of their cost, then of their ids; the cheapest are counted', () => {
    const remotes = new Remotes(address);
    for (const one of [router('F', 2, b), router('E', 5, c), router('D', 2, c), router('G', 3, b)]) remotes.add(one);
    expect(remotes.hops.map(({ router: { id }, nextHop }) => [id, nextHop])).toEqual([
      ['D', 'C'],
      ['F', 'B'],
      ['G', 'B'],
      ['E', 'C'],
    ]);
    expect([remotes.nearest, remotes.count]).toEqual([2, 4]);
    remotes.remove('D');
    expect([remotes.nearest, remotes.hops[0]?.router.id]).toEqual([1, 'F']);
  });

  test('share a way where they share a neighbour, and keep it when costs change', () => {
    const remotes = new Remotes(address);
    remotes.add(router('D', 2, b));
    remotes.add(router('E', 3, b));
    remotes.add(router('F', 3, c));
    const [first, second, third] = remotes.hops;
    expect(first?.way).toBe(second?.way);
    expect(first?.way).not.toBe(third?.way);
    core.mesh.version++;
    expect(remotes.hops[0]).not.toBe(first);
    expect(remotes.hops[0]?.way).toBe(first?.way);
    expect([...remotes.ways]).toHaveLength(2);
    remotes.remove('F');
    expect(remotes.hops).toHaveLength(2);
    expect([...remotes.ways]).toHaveLength(1);
  });

  test('are computed once for each state of the mesh', () => {
    const remotes = new Remotes(address);
    remotes.add(router('D', 2, b));
    const { hops } = remotes;
    expect(remotes.hops).toBe(hops);
    core.mesh.version++;
    expect(remotes.hops).not.toBe(hops);
  });

  test('that are out of reach are no hops, and may be waited for', () => {
    const remotes = new Remotes(address);
    remotes.add(router('D', 2, null));
    remotes.add(router('E', 2, { id: 'X', connectionKey: null }));
    expect([remotes.hops.length, remotes.nearest, remotes.count]).toEqual([0, 0, 2]);
    expect(remotes.hasWay(route('B', 'C'))).toBe(true);
  });

  test('that have not spoken since they were out of reach are no hops yet', () => {
    const remotes = new Remotes(address);
    remotes.add({ ...router('D', 2, b), isConfirmed: false });
    remotes.add(router('E', 3, c));
    expect(remotes.hops.map((hop) => hop.router.id)).toEqual(['E']);
    expect(remotes.hasWay(route('B', 'C'))).toBe(true);
  });

  test('are a way only for a message that was not at all their neighbours on the path', () => {
    const remotes = new Remotes(address);
    remotes.add(router('D', 2, b));
    expect([remotes.hasWay(route()), remotes.hasWay(route('C')), remotes.hasWay(route('C', 'B'))]).toEqual([
      true,
      true,
      false,
    ]);
    remotes.add(router('E', 9, c));
    expect([remotes.hasWay(route('B')), remotes.hasWay(route('C', 'B'))]).toEqual([true, false]);
  });

  test('that have withdrawn the address are a way for a second, for a message that can go nowhere else', () => {
    const remotes = new Remotes(address);
    remotes.add(router('D', 2, b));
    remotes.add(router('E', 2, c));
    const overC = remotes.hops[1]?.way;
    remotes.remove('E');
    expect(remotes.hops.map(({ router: { id } }) => id)).toEqual(['D']);
    expect([remotes.hasWay(route('B')), remotes.hasWay(route('B', 'C'))]).toEqual([true, false]);
    expect([remotes.detour(route('B'))?.peer, remotes.detour(route('B', 'C'))]).toEqual([overC?.peer, null]);
    core.nowMs = 1_001;
    expect(remotes.hasWay(route('B'))).toBe(false);
  });
});
