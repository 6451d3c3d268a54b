// Losses: connections that break, routers that die, hang, start anew or leave in peace; and what becomes of what was under way.
import { describe, expect, test } from 'vitest';
import type { Receiver } from '../engine/testing/receiver.ts';
import { LogLevel } from './ports.ts';
import { message, textOf } from './testing/messages.ts';
import { type Link, NetworkBench, nothingLeftAnywhere, outcomesAt } from './testing/network-bench.ts';
import { stateOf } from './testing/router-bench.ts';

const line: Link[] = [
  ['B', 'A'],
  ['B', 'C'],
];
/** From A to C over B; over D it costs more. */
const ring: Link[] = [
  ['A', 'B'],
  ['B', 'C'],
  ['C', 'D', { cost: 2 }],
  ['D', 'A', { cost: 2 }],
];
const addresses = [{ prefix: 'q', distribution: 'closest' as const }];

function network(links: readonly Link[]): NetworkBench {
  return new NetworkBench({ links, addresses });
}

const texts = ({ complete }: Receiver) => complete.map(({ bytes }) => textOf(bytes));
const mesh = (net: NetworkBench, id: string) => {
  const { mesh: found } = net.router(id).core;
  if (found === null) throw new Error(`${id} is no interior router`);
  return found;
};
const nextHop = (net: NetworkBench, from: string, to: string) =>
  mesh(net, from).protocol.router(to)?.nextHop?.id ?? null;

function expectPeace(net: NetworkBench): void {
  expect(net.residue()).toEqual(nothingLeftAnywhere);
  expect(net.faults()).toEqual([]);
}

describe('the loss of a router on the way', () => {
  test('lets what it had in doubt end modified, and the next message take another way at once', () => {
    const net = network(ring);
    const receiver = net.receiver('C', 'q', { outcome: null });
    const sender = net.sender('A', 'q');
    const inDoubt = sender.send(message({ body: 'in doubt' }));
    net.run();
    net.kill('B');
    net.run();
    expect(inDoubt.outcomes).toEqual([0x27]);
    expect(stateOf(inDoubt)).toMatchObject({ deliveryFailed: true });
    const next = sender.send(message({ body: 'next' }));
    net.run(); // no time has passed
    expect(texts(receiver)).toEqual(['in doubt', 'next']);
    receiver.settleAll();
    net.run();
    expect(next.outcomes).toEqual([0x24]);
    expectPeace(net);
  });

  test('sends what was not on its way yet another way', () => {
    const net = network(ring);
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    net.wire('A', 'B').isFull = true;
    const big = message({ body: 15_000 });
    for (let count = 0; count < 100; count++) sender.send(big);
    net.run();
    expect(receiver.received).toHaveLength(0);
    net.kill('B');
    net.run();
    const outcomes = outcomesAt(sender);
    const doubtful = outcomes.filter((outcome) => outcome === 0x27).length;
    // What was in the output of the connection is in doubt, and that is a turn's share.
    expect(doubtful).toBeGreaterThan(0);
    expect(doubtful).toBeLessThan(40);
    expect(outcomes.filter((outcome) => outcome === 0x24)).toHaveLength(100 - doubtful);
    expect(receiver.complete).toHaveLength(100 - doubtful);
    expectPeace(net);
  });

  test('lets a long message that has not begun take another way', () => {
    const net = network(ring);
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    net.freeze('B'); // it does not answer the link that a long message asks for
    const long = sender.send(message({ body: 300_000 }));
    net.run();
    expect([long.outcomes, receiver.received.length]).toEqual([[], 0]);
    net.pass(3_000);
    expect(net.router('A').core.mesh?.protocol.router('C')?.nextHop?.id).toBe('D');
    expect(receiver.complete.map(({ bytes }) => bytes.length)).toEqual([long.payload.length]);
    expect(Buffer.compare(receiver.complete[0]?.bytes as Uint8Array, long.payload)).toBe(0);
    expect(long.outcomes).toEqual([0x24]);
  });

  test('releases nothing while no way is known for up to a second', () => {
    const net = network(line);
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    net.sever('B', 'C');
    net.pass(500);
    for (let count = 0; count < 10; count++) sender.send(message({ body: `${count}` }));
    sender.send(message({ body: 'settled' }), true);
    net.pass(200);
    expect(outcomesAt(sender)).toEqual(new Array(11).fill(null));
    net.mend('B', 'C');
    net.pass(2_000);
    expect(texts(receiver)).toEqual([...Array.from({ length: 10 }, (_, at) => `${at}`), 'settled']);
    expect(outcomesAt(sender)).toEqual([...new Array(10).fill(0x24), null]);
    expectPeace(net);
  });

  test('releases what waits when it is not back within that second, and asks for the credit back', () => {
    const net = network(line);
    net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    net.sever('B', 'C');
    net.run();
    for (let count = 0; count < 10; count++) sender.send(message());
    net.pass(900);
    expect(outcomesAt(sender)).toEqual(new Array(10).fill(null));
    net.pass(1_500);
    expect(outcomesAt(sender)).toEqual(new Array(10).fill(0x26));
    expect(sender.credit).toBe(0);
    expectPeace(net);
  });

  test('ends nothing when that router is back before all of its links are: nobody goes by what it said of them before', () => {
    const net = network(ring);
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    net.freeze('B');
    net.pass(4_000);
    expect(nextHop(net, 'A', 'C')).toBe('D');
    net.delayMs = 40;
    net.thaw('B'); // it reads that both have given it up
    net.sever('B', 'C');
    for (let count = 0; count < 400; count++) {
      sender.send(message());
      net.pass(5);
    }
    expect(mesh(net, 'A').neighbours.has('B')).toBe(true);
    expect(outcomesAt(sender)).toEqual(new Array(400).fill(0x24));
    net.mend('B', 'C');
    net.pass(3_000);
    expect(nextHop(net, 'A', 'C')).toBe('B');
    expect(receiver.complete).toHaveLength(400);
    expectPeace(net);
  });

  test('ends nothing of what goes elsewhere', () => {
    const net = network(ring);
    const receiver = net.receiver('D', 'q', { outcome: null });
    const sender = net.sender('A', 'q');
    for (let count = 0; count < 10; count++) sender.send(message());
    net.run();
    net.kill('B');
    net.pass(5_000);
    receiver.settleAll();
    net.run();
    expect(outcomesAt(sender)).toEqual(new Array(10).fill(0x24));
    expectPeace(net);
  });
});

describe('a connection between two routers', () => {
  test('is dialled again soon after it broke', () => {
    const net = network(line);
    net.cut(net.wire('A', 'B'));
    net.pass(1_000);
    expect(net.between('A', 'B')).toHaveLength(1);
    expect(nextHop(net, 'A', 'C')).toBe('B');
  });

  test('that breaks at the last hop lets its deliveries end modified at the sender, over all routers', () => {
    const net = network(line);
    net.receiver('C', 'q', { outcome: null });
    const sender = net.sender('A', 'q');
    for (let count = 0; count < 5; count++) sender.send(message());
    net.run();
    net.cut(net.wire('B', 'C'));
    net.run();
    expect(outcomesAt(sender)).toEqual(new Array(5).fill(0x27));
    net.pass(2_000);
    expect(net.residue()['outstanding']).toBe(0);
  });

  test('that is slow only delays', () => {
    const net = network(line);
    for (const wire of net.wires) wire.delayMs = 40;
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    const sent = sender.send(message());
    net.pass(79);
    expect(receiver.received).toHaveLength(0);
    net.pass(1);
    expect(receiver.received).toHaveLength(1);
    net.pass(80);
    expect(sent.outcomes).toEqual([0x24]);
    expectPeace(net);
  });
});

describe('of two connections to one peer', () => {
  const twice: Link[] = [
    ['A', 'B'],
    ['A', 'B'],
  ];

  test('one carries everything, and the other stands by', () => {
    const net = network(twice);
    expect(mesh(net, 'A').peers.size).toBe(2);
    expect(mesh(net, 'A').neighbours.size).toBe(1);
    net.receiver('B', 'q');
    const sender = net.sender('A', 'q');
    for (let count = 0; count < 50; count++) sender.send(message());
    net.run();
    const active = mesh(net, 'A').neighbours.get('B');
    const sentOver = [...mesh(net, 'A').peers].map((peer) => [peer === active, totalSent(peer)]);
    expect(sentOver.sort((a, b) => Number(b[0]) - Number(a[0]))).toEqual([
      [true, 50],
      [false, 0],
    ]);
  });

  test('the second takes over in the same turn', () => {
    const net = network(twice);
    const receiver = net.receiver('B', 'q', { outcome: null });
    const sender = net.sender('A', 'q');
    sender.send(message({ body: 'in doubt' }));
    net.run();
    const active = mesh(net, 'A').neighbours.get('B')?.context.connection;
    const [wire] = net.between('A', 'B').filter(({ ends }) => ends.some((end) => end.connection.connection === active));
    net.cut(wire as never);
    sender.send(message({ body: 'next' }));
    net.run(); // no time has passed
    expect(outcomesAt(sender)).toEqual([0x27, null]);
    expect(texts(receiver)).toEqual(['in doubt', 'next']);
    receiver.settleAll();
    net.pass(2_000);
    expect(outcomesAt(sender)).toEqual([0x27, 0x24]);
    expect(mesh(net, 'A').peers.size).toBe(2);
    expectPeace(net);
  });
});

describe('silence', () => {
  test('of a router that hangs is noticed after routerIdleTimeoutMs', () => {
    const net = network(ring);
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    net.freeze('B');
    const sent = sender.send(message({ body: 'lost' }));
    net.pass(1_400); // its last heartbeat is up to 500 ms old
    expect(sent.outcomes).toEqual([]);
    net.pass(600);
    expect(sent.outcomes).toEqual([0x27]);
    expect(nextHop(net, 'A', 'C')).toBe('D');
    sender.send(message({ body: 'next' }));
    net.run();
    expect(texts(receiver)).toEqual(['next']);
  });

  test('is told by bytes alone: a router that has nothing to say goes on being a neighbour', () => {
    const net = network(line);
    net.pass(60_000);
    expect(net.logged('A', 'no neighbour any more')).toEqual([]);
    expect(net.between('A', 'B')).toHaveLength(1);
    expectPeace(net);
  });

  test('makes void what a router that wakes up again says late', () => {
    const net = network(ring);
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    net.freeze('B');
    for (let count = 0; count < 5; count++) sender.send(message({ body: 'twice?' }));
    net.pass(3_000);
    expect(outcomesAt(sender)).toEqual(new Array(5).fill(0x27));
    net.thaw('B');
    net.pass(5_000);
    // They lay in a socket that nobody listens to any more; were they passed on, their outcome said that they are in doubt.
    expect(receiver.received.length).toBeLessThanOrEqual(5);
    expect(new Set(outcomesAt(sender))).toEqual(new Set([0x27]));
    sender.send(message({ body: 'next' }));
    net.run();
    expect(outcomesAt(sender).at(-1)).toBe(0x24);
    expectPeace(net);
  });

  test('of everybody is no fault of theirs when it was this process that stood still', () => {
    const net = network(ring);
    net.freeze('B');
    net.pass(1_900); // the others have not given it up
    const wires = [...net.between('A', 'B'), ...net.between('B', 'C')];
    // As after a stop of the whole machine: more time has passed for it than for them.
    net.router('B').handleTimeout(net.now + 60_000);
    expect(wires.every(({ isCut }) => !isCut)).toBe(true);
    expect(net.faults()).toEqual([]);
    expect(mesh(net, 'B').neighbours.size).toBe(2);
  });

  test('of a peer is judged as usual by a router that was called in time', () => {
    const net = network(line);
    net.wire('A', 'B').isStopped = true;
    net.pass(1_999);
    expect(mesh(net, 'A').neighbours.size).toBe(1);
    net.pass(2);
    expect(mesh(net, 'A').neighbours.size).toBe(0);
    expect(mesh(net, 'B').neighbours.size).toBe(1);
  });
});

describe('a router that starts anew', () => {
  test('within the same second is known for another one, with its new addresses and without its old ones', () => {
    const net = network(line);
    net.receiver('B', 'q');
    const sender = net.sender('A', 'q');
    expect(sender.credit).toBe(250);
    net.pass(50);
    net.restart('B');
    net.pass(1_500);
    expect(net.logged('A', 'Router B was started anew')).toHaveLength(1);
    expect(net.logged('C', 'Router B was started anew')).toHaveLength(1);
    expect(mesh(net, 'A').protocol.router('B')?.addresses.size).toBe(0);
    const receiver = net.receiver('B', 'q2');
    const other = net.sender('C', 'q2');
    other.send(message());
    net.run();
    expect(receiver.complete).toHaveLength(1);
    expect(nextHop(net, 'A', 'C')).toBe('B');
  });

  test('has its clients back where they were', () => {
    const net = network(line);
    net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    net.restart('C');
    net.pass(200);
    const again = net.receiver('C', 'q');
    net.pass(2_000);
    const sent = sender.send(message());
    net.run();
    expect([sent.outcomes, again.complete.length]).toEqual([[0x24], 1]);
    expectPeace(net);
  });
});

describe('two routers with one id', () => {
  const twins = { A2: { router: { id: 'A' } } };
  const critical = (net: NetworkBench, id: string) =>
    net.node(id).host.lines.flatMap(({ level, text }) => (level === LogLevel.Critical ? [text] : []));

  test('find each other out when they are joined, and are no neighbours', () => {
    const net = new NetworkBench({
      links: [
        ['A', 'A2'],
        ['A', 'B'],
      ],
      routers: twins,
    });
    for (const id of ['A', 'A2']) {
      expect(critical(net, id)).toHaveLength(1);
      expect(critical(net, id)[0]).toContain('A neighbour has our router id A');
    }
    expect([...mesh(net, 'A').neighbours.keys()]).toEqual(['B']);
    expect(mesh(net, 'A2').neighbours.size).toBe(0);
  });

  test('are reported by the router between them, which believes one of them', () => {
    const net = new NetworkBench({
      links: [
        ['B', 'A'],
        ['B', 'A2'],
      ],
      routers: twins,
    });
    net.pass(20_000);
    expect(critical(net, 'B')).toHaveLength(1);
    expect(critical(net, 'B')[0]).toContain('Two routers have the id A');
    expect(mesh(net, 'B').neighbours.size).toBe(1);
    expect(net.logged('B', 'was started anew').length).toBeLessThanOrEqual(1);
  });
});

describe('the drain of a router', () => {
  test('sends others around it before it goes, and ends nothing otherwise than accepted', () => {
    const net = network(ring);
    const receiver = net.receiver('C', 'q', { outcome: null });
    const sender = net.sender('A', 'q');
    for (let count = 0; count < 50; count++) sender.send(message());
    net.run();
    expect(net.router('B').describe()['deliveriesTransit']).toBe(50);
    net.router('B').drain(net.now);
    net.run();
    expect(nextHop(net, 'A', 'C')).toBe('D');
    for (let count = 0; count < 50; count++) sender.send(message());
    net.run();
    expect(net.router('B').describe()['deliveriesTransit']).toBe(50);
    receiver.outcome = 0x24;
    receiver.settleAll();
    net.pass(5_000);
    expect(outcomesAt(sender)).toEqual(new Array(100).fill(0x24));
    expect(net.node('B').host.isStopped).toBe(true);
    expect(net.between('A', 'B')).toHaveLength(0);
    expectPeace(net);
  });

  test('waits for what is in flight, up to drainSeconds', () => {
    const net = new NetworkBench({ links: ring, addresses, routers: { B: { router: { drainSeconds: 3 } } } });
    net.receiver('C', 'q', { outcome: null });
    const sender = net.sender('A', 'q');
    sender.send(message());
    net.run();
    net.router('B').drain(net.now);
    net.pass(2_500);
    expect(net.node('B').host.isStopped).toBe(false);
    expect(outcomesAt(sender)).toEqual([null]);
    net.pass(2_000);
    expect(net.node('B').host.isStopped).toBe(true);
    expect(outcomesAt(sender)).toEqual([0x27]);
  });

  test('withdraws the addresses of its own consumers', () => {
    const net = network(ring);
    const [leaving, staying] = [net.receiver('B', 'q'), net.receiver('C', 'q')];
    const sender = net.sender('A', 'q');
    for (let count = 0; count < 10; count++) sender.send(message());
    net.run();
    expect([leaving.received.length, staying.received.length]).toEqual([10, 0]);
    net.router('B').drain(net.now);
    net.run();
    for (let count = 0; count < 10; count++) sender.send(message());
    net.pass(3_000);
    expect([leaving.received.length, staying.received.length]).toEqual([10, 10]);
    expect(outcomesAt(sender)).toEqual(new Array(20).fill(0x24));
  });

  test('of one router after the other ends no delivery of clients elsewhere', () => {
    const net = network(ring);
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    for (const id of ['B', 'D', 'B', 'D']) {
      for (let count = 0; count < 20; count++) sender.send(message());
      net.turn();
      net.router(id).drain(net.now);
      for (let step = 0; step < 20; step++) {
        sender.send(message());
        net.pass(100);
      }
      expect(net.node(id).host.isStopped).toBe(true);
      net.restart(id);
      net.pass(2_000);
    }
    expect(outcomesAt(sender)).toEqual(new Array(160).fill(0x24));
    expect(receiver.complete).toHaveLength(160);
    expectPeace(net);
  });
});

/** Deliveries that went out on the links for messages of one connection. */
function totalSent(peer: { context: { connection: { sessions: readonly unknown[] } } }): number {
  let sum = 0;
  for (const session of peer.context.connection.sessions as {
    links: { name: string; isIncoming: boolean; deliveryCount: number }[];
  }[])
    for (const link of session.links) if (!link.isIncoming && link.name.includes('data-out')) sum += link.deliveryCount;
  return sum;
}
