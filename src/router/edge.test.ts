// Edge routers: what their clients see of the network, over the uplink and without it.
import { describe, expect, test } from 'vitest';
import type { Attach, Source } from '../amqp/performatives.ts';
import type { Receiver } from '../engine/testing/receiver.ts';
import { message, sourceWith, targetWith, textOf } from './testing/messages.ts';
import { type Link, NetworkBench, nothingLeftAnywhere, outcomesAt } from './testing/network-bench.ts';

type Distribution = 'closest' | 'balanced' | 'multicast';

/** Two interior routers, each with an edge router; that of A has B for standby. */
const links: Link[] = [
  ['A', 'B'],
  ['E', 'A'],
  ['E', 'B'],
  ['F', 'B'],
];
const edges = ['E', 'F'];
const everywhere = ['A', 'B', 'E', 'F'] as const;

function network(distribution: Distribution = 'closest'): NetworkBench {
  return new NetworkBench({ links, edges, addresses: [{ prefix: 'q', distribution }] });
}

const texts = ({ complete }: Receiver) => complete.map(({ bytes }) => textOf(bytes));
const edgeOf = (net: NetworkBench, id: string) => {
  const { edge } = net.router(id).core;
  if (edge === null) throw new Error(`${id} is no edge router`);
  return edge;
};
const uplinkOf = (net: NetworkBench, id: string) =>
  edgeOf(net, id).uplink?.context.connection.remoteContainerId ?? null;

function expectPeace(net: NetworkBench): void {
  expect(net.residue()).toEqual(nothingLeftAnywhere);
  expect(net.faults()).toEqual([]);
}

describe.each(['closest', 'balanced', 'multicast'] as const)('distribution %s over edges', (distribution) => {
  test('brings messages from each router to each once, and their outcomes back', () => {
    const net = network(distribution);
    const pairs = everywhere.flatMap((from) => everywhere.map((to) => ({ from, to, address: `q/${from}/${to}` })));
    const receivers = pairs.map(({ to, address }) => net.receiver(to, address));
    const senders = pairs.map(({ from, address }) => net.sender(from, address));
    const anonymous = everywhere.map((id) => net.sender(id, null));
    net.pass(300);
    for (const [at, { from, address }] of pairs.entries()) {
      senders[at]?.send(message({ body: 'named' }));
      senders[at]?.send(message({ body: 'settled' }), true);
      anonymous[everywhere.indexOf(from)]?.send(message({ to: address, body: 'anonymous' }));
    }
    net.run();
    for (const receiver of receivers) expect(texts(receiver).sort()).toEqual(['anonymous', 'named', 'settled']);
    for (const sender of senders) expect(outcomesAt(sender)).toEqual([0x24, null]);
    for (const sender of anonymous) expect(outcomesAt(sender)).toEqual([0x24, 0x24, 0x24, 0x24]);
    expectPeace(net);
  });

  test('brings long messages from edge to edge', () => {
    const net = network(distribution);
    const receiver = net.receiver('F', 'q');
    const sender = net.sender('E', 'q');
    const sent = sender.send(message({ body: 1_000_000 }));
    net.run();
    expect(Buffer.compare(receiver.complete[0]?.bytes ?? new Uint8Array(0), sent.payload)).toBe(0);
    expect(sent.outcomes).toEqual([0x24]);
    expectPeace(net);
  });

  test('gives a sender at an edge credit while somebody is there, and none before', () => {
    const net = network(distribution);
    const sender = net.sender('E', 'q');
    net.pass(1_000);
    expect(sender.credit).toBe(0);
    const receiver = net.receiver('F', 'q');
    expect(sender.credit).toBe(250);
    receiver.link?.detach(null);
    net.pass(500);
    expect(sender.credit).toBe(0);
    net.receiver('E', 'q');
    expect(sender.credit).toBe(250);
  });

  test('keeps a message whose only consumer is at its own edge from going up and down', () => {
    const net = network(distribution);
    const receiver = net.receiver('E', 'q');
    const sender = net.sender('E', 'q');
    net.pass(500);
    for (let count = 0; count < 10; count++) sender.send(message());
    net.run();
    expect(receiver.received).toHaveLength(10);
    expect(net.router('A').describe()).toMatchObject({
      deliveriesIngress: 0,
      deliveriesTransit: 0,
      deliveriesEgress: 0,
    });
    expectPeace(net);
  });
});

describe('multicast', () => {
  test('reaches each consumer at edges and interior routers once, wherever it starts', () => {
    const net = network('multicast');
    const receivers = everywhere.flatMap((id) => [net.receiver(id, 'q'), net.receiver(id, 'q')]);
    const expected: string[] = [];
    for (const id of everywhere) {
      const [named, anonymous] = [net.sender(id, 'q'), net.sender(id, null)];
      net.pass(300);
      named.send(message({ body: `${id} named` }));
      anonymous.send(message({ to: 'q', body: `${id} anonymous` }));
      net.run();
      expect([outcomesAt(named), outcomesAt(anonymous)]).toEqual([[0x24], [0x24]]);
      expected.push(`${id} named`, `${id} anonymous`);
    }
    for (const receiver of receivers) expect(texts(receiver).sort()).toEqual(expected.sort());
    expectPeace(net);
  });

  test('of a consumer that rejects it, at another edge, is rejected', () => {
    const net = network('multicast');
    net.receiver('E', 'q');
    net.receiver('F', 'q', { outcome: 0x25 });
    const sender = net.sender('E', 'q');
    net.pass(300);
    sender.send(message());
    net.run();
    expect(outcomesAt(sender)).toEqual([0x25]);
    expectPeace(net);
  });
});

describe('an anycast message at an edge', () => {
  test('keeps to a consumer there when the nearest counts', () => {
    const net = network('closest');
    const [here, there] = [net.receiver('E', 'q'), net.receiver('A', 'q')];
    const sender = net.sender('E', 'q');
    net.pass(300);
    for (let count = 0; count < 10; count++) sender.send(message());
    net.run();
    expect([here.received.length, there.received.length]).toEqual([10, 0]);
  });

  test('goes up when the consumer there has more to do than the uplink costs', () => {
    const net = network('balanced');
    const [here, there] = [net.receiver('E', 'q', { outcome: null }), net.receiver('A', 'q', { outcome: null })];
    const sender = net.sender('E', 'q');
    net.pass(300);
    for (let count = 0; count < 10; count++) sender.send(message());
    net.run();
    expect(here.received.length + there.received.length).toBe(10);
    expect(there.received.length).toBeGreaterThan(3);
    here.settleAll();
    there.settleAll();
    net.run();
    expectPeace(net);
  });

  test('that finds nobody anywhere is released', () => {
    const net = network();
    const sent = net.sender('E', null).send(message({ to: 'nobody' }));
    net.run();
    expect([sent.outcomes, sent.isSettled]).toEqual([[0x26], true]);
    expectPeace(net);
  });
});

describe('a reply address of an edge', () => {
  test('names the edge, and is reached from everywhere', () => {
    const net = network();
    const receiver = net.receiver('E', null);
    const address = ((receiver.attached as Attach).source as Source).address as string;
    expect(address).toMatch(/^amqp:\/_edge\/E\/temp\..{15}$/);
    for (const id of everywhere) {
      const [anonymous, named] = [net.sender(id, null), net.sender(id, address)];
      net.pass(300);
      anonymous.send(message({ to: address, body: `${id} anonymous` }));
      named.send(message({ body: `${id} named` }));
      net.run();
      expect([id, outcomesAt(anonymous), outcomesAt(named)]).toEqual([id, [0x24], [0x24]]);
    }
    expect(texts(receiver).sort()).toEqual(everywhere.flatMap((id) => [`${id} anonymous`, `${id} named`]).sort());
    expectPeace(net);
  });

  test('goes on over the next uplink', () => {
    const net = network();
    const receiver = net.receiver('E', null);
    const to = ((receiver.attached as Attach).source as Source).address as string;
    net.sever('E', 'A');
    net.pass(500);
    const sent = net.sender('A', null).send(message({ to }));
    net.run();
    expect(sent.outcomes).toEqual([0x24]);
    expect(receiver.complete).toHaveLength(1);
  });

  test('of an interior router is reached from a client of an edge', () => {
    const net = network();
    const receiver = net.receiver('B', null);
    const address = ((receiver.attached as Attach).source as Source).address as string;
    const [anonymous, named] = [net.sender('E', null), net.sender('E', address)];
    net.pass(300);
    anonymous.send(message({ to: address }));
    named.send(message());
    net.run();
    expect([outcomesAt(anonymous), outcomesAt(named)]).toEqual([[0x24], [0x24]]);
  });
});

describe('the uplink', () => {
  test('is the connection that opened first; the other stands by, and has no links', () => {
    const net = network();
    expect(uplinkOf(net, 'E')).toBe('A');
    expect(edgeOf(net, 'E').connections).toHaveLength(2);
    net.receiver('E', 'q');
    const [, standby] = edgeOf(net, 'E').connections;
    expect(standby?.connection.sessions.flatMap((session) => [...session.links])).toEqual([]);
  });

  test('is replaced in the same turn when it is lost, and nothing is released', () => {
    const net = network();
    const receiver = net.receiver('F', 'q', { outcome: null });
    const sender = net.sender('E', 'q');
    net.pass(300);
    const inDoubt = sender.send(message({ body: 'in doubt' }));
    net.run();
    net.sever('E', 'A');
    expect(uplinkOf(net, 'E')).toBe('B');
    for (let count = 0; count < 20; count++) sender.send(message({ body: `${count}` }));
    net.sender('E', null).send(message({ to: 'q', body: 'anonymous' }));
    net.run(); // no time has passed
    expect(inDoubt.outcomes).toEqual([0x27]);
    expect(receiver.received).toHaveLength(22);
    receiver.settleAll();
    net.run();
    expect(outcomesAt(sender)).toEqual([0x27, ...new Array(20).fill(0x24)]);
    expectPeace(net);
  });

  test('that is lost while the next one is slow lets deliveries wait, and none is released', () => {
    const net = network();
    const receiver = net.receiver('F', 'q');
    const sender = net.sender('E', 'q');
    net.pass(300);
    net.wire('E', 'B').delayMs = 100;
    net.sever('E', 'A');
    for (let count = 0; count < 20; count++) sender.send(message());
    net.run();
    expect(outcomesAt(sender)).toEqual(new Array(20).fill(null));
    net.pass(1_500);
    expect(receiver.received).toHaveLength(20);
    expect(outcomesAt(sender)).toEqual(new Array(20).fill(0x24));
    expectPeace(net);
  });

  test('keeps nobody waiting for ever: without a word of the next one deliveries are released', () => {
    const net = network();
    const receiver = net.receiver('A', 'q');
    const sender = net.sender('E', 'q');
    net.pass(300);
    receiver.link?.detach(null);
    net.sever('E', 'A');
    net.sever('A', 'B');
    const sent = sender.send(message());
    net.pass(4_000);
    expect(sent.outcomes).toEqual([0x26]);
    expect(sender.credit).toBe(0);
    expectPeace(net);
  });

  test('stays where it is when the one that was lost comes back', () => {
    const net = network();
    net.sever('E', 'A');
    net.mend('E', 'A');
    net.pass(3_000);
    expect(uplinkOf(net, 'E')).toBe('B');
    expect(edgeOf(net, 'E').connections).toHaveLength(2);
    net.sever('E', 'B');
    expect(uplinkOf(net, 'E')).toBe('A');
  });

  test('that hangs is given up for the next one', () => {
    const net = network();
    const receiver = net.receiver('F', 'q');
    const sender = net.sender('E', 'q');
    net.pass(300);
    net.freeze('A');
    net.pass(2_100);
    expect(uplinkOf(net, 'E')).toBe('B');
    sender.send(message());
    net.pass(500);
    expect(receiver.received).toHaveLength(1);
  });

  test('is not needed for the clients of this router alone', () => {
    const net = network();
    net.sever('E', 'A');
    net.sever('E', 'B');
    net.pass(1_000);
    expect(uplinkOf(net, 'E')).toBeNull();
    expect(net.logged('E', 'serves its own clients alone')).toHaveLength(1);
    const receiver = net.receiver('E', 'q');
    const [named, anonymous] = [net.sender('E', 'q'), net.sender('E', null)];
    named.send(message());
    anonymous.send(message({ to: 'q' }));
    const nobody = anonymous.send(message({ to: 'nobody' }));
    const reply = net.receiver('E', null);
    anonymous.send(message({ to: ((reply.attached as Attach).source as Source).address as string }));
    net.run();
    expect([receiver.received.length, reply.received.length, nobody.outcomes]).toEqual([2, 1, [0x26]]);
    net.mend('E', 'A');
    net.pass(6_000);
    const far = net.sender('F', 'q');
    net.pass(300);
    far.send(message());
    net.run();
    expect(receiver.received).toHaveLength(3);
    expectPeace(net);
  });
});

describe('proxies', () => {
  /** Names of addresses for which the interior has a link of the edge, senders and receivers. */
  function proxies(net: NetworkBench): { senders: string[]; receivers: string[] } {
    const { core } = net.router('A');
    return {
      senders: [...core.producers]
        .filter(({ avoids, address }) => avoids !== null && address !== null)
        .map(({ address }) => address?.key ?? ''),
      receivers: [...core.consumers].filter(({ context }) => context.edge !== null).map(({ address }) => address.key),
    };
  }

  test('are there while a client is, one for each address and direction', () => {
    const net = network();
    const [client, other] = [net.client('E'), net.client('E')];
    const links = [client.receive('q'), other.receive('q'), client.send('q'), other.send('q'), client.send('p')];
    net.run();
    expect(proxies(net)).toEqual({ senders: ['M0q', 'M0p'], receivers: ['HE', 'M0q'] });
    for (const { link } of links.slice(0, 3)) link?.detach(null);
    net.run();
    expect(proxies(net)).toEqual({ senders: ['M0q', 'M0p'], receivers: ['HE'] });
    other.connection.close(null);
    net.run();
    expect(proxies(net)).toEqual({ senders: ['M0p'], receivers: ['HE'] });
    client.connection.close(null);
    net.run();
    expect(proxies(net)).toEqual({ senders: [], receivers: ['HE'] });
    expect([...net.router('A').core.addresses.all].map(({ key }) => key)).toEqual(['HE', 'HF']);
  });

  test('that come and go in one breath leave nothing behind', () => {
    const net = network();
    const client = net.client('E');
    for (let count = 0; count < 5; count++) {
      client.receive('q').link?.detach(null);
      client.send('q').link?.detach(null);
      net.turn();
    }
    net.run();
    expect(proxies(net)).toEqual({ senders: [], receivers: ['HE'] });
    expect(net.faults()).toEqual([]);
  });

  test('for an address that is unavailable at the interior are not refused, and get no credit', () => {
    const net = new NetworkBench({
      links,
      edges,
      routers: { A: { addresses: [{ prefix: 'closed', distribution: 'unavailable' }] } },
    });
    const sender = net.sender('E', 'closed');
    net.pass(500);
    expect([sender.credit, sender.detached]).toEqual([0, null]);
    sender.link?.detach(null);
    net.pass(500);
    expect(uplinkOf(net, 'E')).toBe('A');
    expect(net.faults()).toEqual([]);
  });
});

describe('an address of brokers', () => {
  test.each([
    ['at the interior, with clients at edges', 'A', 'E', 'F'],
    ['at an edge, with clients at the interior', 'E', 'A', 'B'],
    ['at an edge, with clients at edges', 'F', 'E', 'E'],
  ])('keeps its phases apart: broker %s', (_name, broker, producing, consuming) => {
    const net = new NetworkBench({
      links,
      edges,
      addresses: [{ prefix: 'store', distribution: 'balanced', waypoint: true }],
    });
    const into = net.receiver(broker, 'store', { attach: { source: sourceWith('store', 'qd.waypoint') } });
    const out = net.sender(broker, 'store', { attach: { target: targetWith('store', 'qd.waypoint') } });
    const consumer = net.receiver(consuming, 'store');
    const producer = net.sender(producing, 'store');
    net.pass(500);
    producer.send(message({ body: 'to the broker' }));
    out.send(message({ body: 'from the broker' }));
    net.run();
    expect(texts(into)).toEqual(['to the broker']);
    expect(texts(consumer)).toEqual(['from the broker']);
    expect([outcomesAt(producer), outcomesAt(out)]).toEqual([[0x24], [0x24]]);
    expectPeace(net);
  });
});

describe('the drain of the interior of an edge', () => {
  test('is followed by the edge before anything is released, in both directions', () => {
    const net = network();
    const [atEdge, far] = [net.receiver('E', 'down'), net.receiver('F', 'up')];
    const [down, up] = [net.sender('F', 'down'), net.sender('E', 'up')];
    net.pass(500);
    expect(uplinkOf(net, 'E')).toBe('A');
    net.router('A').drain(net.now);
    net.run();
    // It has gone over while all that is under way is still served over the former one.
    expect([uplinkOf(net, 'E'), net.between('E', 'A').length]).toEqual(['B', 1]);
    for (let count = 0; count < 200; count++) {
      if (down.credit > 0) down.send(message());
      if (up.credit > 0) up.send(message());
      net.pass(10);
    }
    expect(net.node('A').host.isStopped).toBe(true);
    for (const sender of [down, up]) {
      const outcomes = outcomesAt(sender);
      expect(outcomes.length).toBeGreaterThan(150);
      expect(outcomes.filter((outcome) => outcome !== 0x24)).toEqual([]);
    }
    expect([atEdge.complete.length, far.complete.length]).toEqual([outcomesAt(down).length, outcomesAt(up).length]);
    expect(net.faults()).toEqual([]);
  });

  test('leaves an edge without another uplink where it is, and its consumers are served until the end', () => {
    const net = network();
    const receiver = net.receiver('F', 'q', { outcome: null });
    const sender = net.sender('A', 'q');
    net.pass(500);
    const sent = sender.send(message());
    net.run();
    net.router('B').drain(net.now);
    net.pass(1_000);
    expect(uplinkOf(net, 'F')).toBe('B');
    receiver.outcome = 0x24;
    receiver.settleAll();
    net.run();
    expect(sent.outcomes).toEqual([0x24]);
  });
});

test('an edge that has gone over to another uplink does not get back what it sent over the former one', () => {
  const net = network();
  const slow = net.receiver('B', 'q', { credit: 0 });
  const sender = net.sender('E', 'q');
  net.pass(500);
  expect(uplinkOf(net, 'E')).toBe('A');
  sender.send(message({ body: 'sent up' }), true);
  net.run(); // it waits at B
  net.sever('E', 'A');
  const own = net.receiver('E', 'q');
  net.pass(500);
  expect([uplinkOf(net, 'E'), texts(own)]).toEqual(['B', []]);
  slow.link?.offerCredit(1);
  net.pass(500);
  expect([texts(own), texts(slow)]).toEqual([[], ['sent up']]);
});
