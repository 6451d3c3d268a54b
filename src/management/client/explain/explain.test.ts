// From the far end of a network of four routers: who would get a message, and for each way in which nobody does, whether the right one is
// named. The network is in memory: A ─ B ─ C ─ D, each dialling the next.
import { describe, expect, test } from 'vitest';
import { message } from '../../../router/testing/messages.ts';
import { type Link, NetworkBench, type NetworkOptions } from '../../../router/testing/network-bench.ts';
import { agentOf, agentOfEdge } from '../management-node.ts';
import { NetworkManager } from '../testing/network-manager.ts';
import { judge, type Verdict } from './verdict.ts';
import { type Walk, walk } from './walk.ts';

const line: Link[] = [
  ['A', 'B'],
  ['B', 'C'],
  ['C', 'D'],
];
const network = (options: Partial<NetworkOptions> = {}): NetworkBench => new NetworkBench({ links: line, ...options });

async function walkFrom(net: NetworkBench, at: string, address = 'orders', startAt = '$management'): Promise<Walk> {
  const manager = new NetworkManager(net, at);
  return manager.until(walk(manager.ask, { address, startAt, now: () => net.now }));
}

async function explain(net: NetworkBench, at = 'A', address = 'orders'): Promise<Verdict> {
  return judge(await walkFrom(net, at, address));
}

describe('a message that would flow', () => {
  test('is followed hop by hop, with costs and credit, to its consumer', async () => {
    const net = network();
    net.receiver('D', 'orders', { credit: 7 });
    const found = await walkFrom(net, 'A');
    expect(judge(found)).toEqual({
      cause: 'flows',
      text: 'a message to orders at A goes to endpoint at D',
      remedy: '',
      router: 'D',
    });
    const ways = found.answered.map(({ facts }) =>
      facts.hops.map(({ nextHop, cost }) => `${facts.router}>${nextHop} ${cost}`),
    );
    expect(ways).toEqual([['A>B 3'], ['B>C 2'], ['C>D 1'], []]);
    expect(found.answered[0]?.facts.hops[0]?.credit).toBeGreaterThan(0);
    expect(found.answered[3]?.facts.consumers).toMatchObject([{ container: 'endpoint', credit: 7, unsettled: 0 }]);
  });

  test('is told from the point of view of another router', async () => {
    const net = network();
    net.receiver('B', 'orders');
    const found = await walkFrom(net, 'A', 'orders', agentOf('D'));
    expect(found.from).toBe('D');
    expect(judge(found).text).toBe('a message to orders at D goes to endpoint at B');
  });

  test('reaches the consumer of an edge router, and starts at one', async () => {
    const net = network({ links: [...line, ['E', 'D'], ['F', 'A']], edges: ['E', 'F'] });
    net.receiver('E', 'orders');
    net.sender('F', 'orders');
    net.pass(500);
    expect(await explain(net)).toMatchObject({ cause: 'flows', router: 'E' });
    expect(await explain(net, 'F')).toMatchObject({ cause: 'flows', router: 'E' });
    const found = await walkFrom(net, 'A', 'orders', agentOfEdge('F'));
    expect(judge(found)).toMatchObject({ cause: 'flows', router: 'E' });
  });

  test('to an address of another router goes there', async () => {
    const verdict = await explain(network(), 'A', '_topo/0/D/temp.x');
    expect(verdict).toMatchObject({ cause: 'flows', router: 'D' });
  });

  test('of a multicast goes to all', async () => {
    const net = network({ addresses: [{ prefix: 'orders', distribution: 'multicast' }] });
    for (const id of ['A', 'C', 'D']) net.receiver(id, 'orders');
    expect((await explain(net)).text).toBe('a message to orders at A goes to each of 3 consumers');
  });
});

describe('the cause is named from the far end:', () => {
  test('no consumer', async () => {
    const net = network();
    expect(await explain(net)).toMatchObject({ cause: 'no-consumer', text: 'nobody consumes orders anywhere' });
  });

  test('a consumer that has left', async () => {
    const net = network();
    const client = net.client('D');
    const receiver = client.receive('orders');
    net.pass(300);
    receiver.link?.detach(null);
    net.pass(4_000);
    const { cause, text } = await explain(net);
    expect(cause).toBe('no-consumer');
    expect(text).toMatch(/the last one, endpoint at D, left 4.* s ago \(closed by its peer\)/);
  });

  test('a consumer without credit', async () => {
    const net = network();
    net.receiver('D', 'orders', { credit: 0 });
    expect(await explain(net)).toMatchObject({
      cause: 'no-credit',
      text: 'endpoint at D consumes, but has given no credit',
      router: 'D',
    });
  });

  test('a consumer that holds what it has', async () => {
    const net = network();
    net.receiver('D', 'orders', { credit: 5, outcome: null });
    const sender = net.sender('A', 'orders');
    for (let count = 0; count < 8; count++) sender.send(message({ body: 'x' }));
    net.pass(30_000);
    const { cause, text, remedy } = await explain(net);
    expect(cause).toBe('held-unsettled');
    expect(text).toBe('endpoint at D holds 5 unsettled, the oldest for 30 s, and has no credit left');
    expect(remedy).toMatch(/weft manage update -r D --type connection --identity \d+ adminStatus=deleted/);
  });

  test('a link that is down', async () => {
    const net = network();
    net.receiver('D', 'orders');
    net.sever('C', 'D');
    net.pass(2_000);
    const { cause, text, router } = await explain(net);
    expect([cause, router]).toEqual(['link-down', 'C']);
    expect(text).toMatch(
      /consumers of orders were at D, .* from C by connector link-0 to D \(D:5001\) is down \(connection refused\)/,
    );
  });

  test('a link that is down, long after the routers have forgotten each other', async () => {
    const net = network();
    net.receiver('D', 'orders');
    net.sever('C', 'D');
    net.pass(300_000);
    expect(await explain(net)).toMatchObject({ cause: 'link-down', router: 'C' });
  });

  test('a partition, when the link is dialled from the other side', async () => {
    const net = network({
      links: [
        ['A', 'B'],
        ['B', 'C'],
        ['D', 'C'],
      ],
    });
    net.receiver('D', 'orders');
    net.sever('C', 'D');
    net.pass(2_000);
    const { cause, text, router } = await explain(net);
    expect([cause, router]).toEqual(['partition', 'D']);
    expect(text).toContain('the network is split; reachable are A, B, C');
  });

  test('a policy that refuses the consumer', async () => {
    const groups = {
      $default: { users: '*', remoteHosts: '*', sources: 'other', targets: '*', allowDynamicSource: true },
    };
    const node = {
      policy: { enableVhostPolicy: true },
      vhosts: [{ hostname: '$default', allowUnknownUser: true, groups }],
    };
    const net = network({ routers: { D: node as never } });
    net.receiver('D', 'orders');
    net.pass(1_000);
    const { cause, text, remedy, router } = await explain(net);
    expect([cause, router]).toEqual(['policy', 'D']);
    expect(text).toMatch(/nobody consumes orders: the policy of D refused a receiver of user anonymous from client/);
    expect(remedy).toContain('Change sources of vhost $default, group $default in the policy of D');
  });

  test('an address that is unavailable where it is sent', async () => {
    const net = network({ routers: { A: { addresses: [{ prefix: 'orders', distribution: 'unavailable' }] } } });
    net.receiver('D', 'orders');
    expect(await explain(net)).toMatchObject({
      cause: 'unavailable',
      text: 'nobody may send to orders at A: its address with prefix orders has the distribution unavailable',
    });
  });

  test('an address that is unavailable where it should be consumed', async () => {
    const net = network({ routers: { D: { addresses: [{ prefix: 'orders', distribution: 'unavailable' }] } } });
    net.receiver('D', 'orders');
    expect(await explain(net)).toMatchObject({ cause: 'unavailable', router: 'D' });
  });

  test('a consumer in another phase', async () => {
    const net = network({
      routers: { D: { addresses: [{ prefix: 'orders', waypoint: true, ingressPhase: 0, egressPhase: 1 }] } },
    });
    net.receiver('D', 'orders');
    const { cause, text } = await explain(net);
    expect(cause).toBe('wrong-address');
    expect(text).toBe('nobody consumes orders in phase 0, in which it is sent; consumers at D are in phase 1');
  });

  test.each(['queue/orders', 'Orders', 'order'])('a consumer of %s instead', async (name) => {
    const net = network();
    net.receiver('D', name);
    const { cause, text } = await explain(net);
    expect(cause).toBe('wrong-address');
    expect(text).toBe(`nobody consumes orders; there are consumers of ${name} at D`);
  });

  test('a router that hangs on the way', async () => {
    const net = network();
    net.receiver('D', 'orders');
    net.freeze('C');
    net.pass(100);
    expect(await explain(net)).toMatchObject({ cause: 'hung-router', router: 'C' });
  });

  test('a router that hangs, when its neighbours have given it up and its connection is still open', async () => {
    const net = network({ listener: { routerIdleTimeoutMs: 60_000 } });
    net.receiver('C', 'orders');
    net.freeze('C');
    net.pass(8_000);
    const { cause, text, router } = await explain(net);
    expect([cause, router]).toEqual(['hung-router', 'C']);
    expect(text).toContain('router C is connected and says nothing any more (seen from B)');
  });

  test('an edge router that has lost its uplink, seen from itself', async () => {
    const net = network({ links: [...line, ['E', 'A']], edges: ['E'] });
    net.receiver('D', 'orders');
    net.sever('E', 'A');
    net.pass(1_000);
    const { cause, text } = await explain(net, 'E');
    expect(cause).toBe('uplink-lost');
    expect(text).toContain(
      'edge router E has no uplink, and nobody consumes orders on it: connector link-0 to A (A:5002) is down',
    );
  });

  test('an edge router that has lost its uplink, seen from the far end', async () => {
    const net = network({ links: [...line, ['E', 'D']], edges: ['E'] });
    net.receiver('E', 'orders');
    net.sever('E', 'D');
    net.pass(1_000);
    const { cause, text, router } = await explain(net);
    expect([cause, router]).toEqual(['uplink-lost', 'D']);
    expect(text).toMatch(/consumers of orders were at the edge router E, which lost its uplink to D .* ago/);
  });
});

test('the walk asks nothing of consumers, and delivers nothing to them', async () => {
  const net = network();
  const receiver = net.receiver('D', 'orders');
  await explain(net);
  expect(receiver.received).toEqual([]);
});
