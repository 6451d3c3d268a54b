// What lies in the output of a connection when its transport is lost: nobody has got a byte of it, so it goes another way to the next
// router, or is released; what is settled is counted. Nothing of it is in doubt.
import { describe, expect, test } from 'vitest';
import { asText } from '../amqp/values.ts';
import type { Receiver } from '../engine/testing/receiver.ts';
import type { Sender } from '../engine/testing/sender.ts';
import { message, read, textOf } from './testing/messages.ts';
import { type Link, NetworkBench, nothingLeftAnywhere, outcomesAt } from './testing/network-bench.ts';
import { nothingLeft, outcomesOf, RouterBench } from './testing/router-bench.ts';

/** From A to C over B; over D it costs more. E sends over A. */
const ring: Link[] = [
  ['A', 'B'],
  ['B', 'C'],
  ['C', 'D', { cost: 2 }],
  ['D', 'A', { cost: 2 }],
  ['E', 'A'],
];
const texts = ({ complete }: Receiver) => complete.map(({ bytes }) => textOf(bytes));
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `${from + at}`);

function network(distribution: 'closest' | 'balanced' | 'multicast'): NetworkBench {
  return new NetworkBench({ links: ring, addresses: [{ prefix: 'q', distribution }] });
}

function sendAll(sender: Sender, bodies: readonly string[], settled = false): void {
  for (const body of bodies) sender.send(message({ body }), settled);
}

describe('what A has ready for a router that is lost', () => {
  test.each(['closest', 'balanced'] as const)('goes another way, in its order, once (%s)', (distribution) => {
    const net = network(distribution);
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    sendAll(sender, numbers(20));
    net.turn(); // read by A, and not taken from it yet
    net.kill('B');
    net.run();
    expect(outcomesAt(sender)).toEqual(new Array(20).fill(0x24));
    expect(texts(receiver)).toEqual(numbers(20));
    expect(net.router('D').describe()['deliveriesTransit']).toBe(20);
    expect(net.router('A').core.counters.modified).toBe(0);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
    expect(net.faults()).toEqual([]);
  });

  test('goes before what waits behind it', () => {
    const net = network('closest');
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    const big = numbers(40).map((text) => text.padEnd(10_000));
    sendAll(sender, big);
    // One after the other, so that the last ones find the output full.
    for (let turns = 0; turns < 2; turns++) net.turn();
    net.kill('B');
    net.run();
    const got = texts(receiver);
    expect(got).toEqual(big.slice(big.length - got.length));
    expect(outcomesAt(sender)).not.toContain(0x26);
  });

  test('goes on with the annotations that it had, when it came from another router', () => {
    const net = network('closest');
    const receiver = net.client('C', {}, 'annotated').receive('q');
    net.pass(300);
    const sender = net.sender('E', 'q');
    sender.send(message({ body: 'far', annotations: new Map([['x-own', 'mine']]) }));
    net.turn(); // E
    net.turn(); // A
    net.kill('B');
    net.run();
    expect(texts(receiver)).toEqual(['far']);
    const annotations = read(receiver.complete[0]?.bytes as Uint8Array).messageAnnotations ?? [];
    expect(Object.fromEntries([...annotations].map(([key, value]) => [asText(key), value]))).toEqual({
      'x-own': 'mine',
      'x-opt-qd.to': 'q',
      'x-opt-qd.ingress': '0/E',
      'x-opt-qd.trace': ['0/E', '0/A', '0/D', '0/C'],
    });
    expect(outcomesAt(sender)).toEqual([0x24]);
  });

  test('is counted when it is settled', () => {
    const net = network('closest');
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    sendAll(sender, numbers(5), true);
    net.turn();
    net.kill('B');
    net.run();
    expect(receiver.received).toEqual([]);
    expect(net.router('A').core.counters.dropped).toMatchObject({ interrupted: 5 });
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test('of a multicast counts as got by nobody there', () => {
    const net = network('multicast');
    const [here, there] = [net.receiver('A', 'q'), net.receiver('C', 'q')];
    const sender = net.sender('A', 'q');
    sendAll(sender, ['both']);
    net.turn();
    net.kill('B');
    net.run();
    expect([texts(here), texts(there)]).toEqual([['both'], []]);
    expect(outcomesAt(sender)).toEqual([0x24]);
    here.link?.detach(null);
    net.run();
    sendAll(sender, ['far']);
    net.turn();
    net.kill('D');
    net.run();
    expect(outcomesAt(sender)).toEqual([0x24, 0x26]);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test.each([false, true])('goes another way when it is the beginning of a long message (settled: %s)', (settled) => {
    const net = network('closest');
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    sender.send(message({ body: 150_000 })); // leaves a link for long messages behind
    net.run();
    const long = sender.send(message({ body: 400_000 }), settled);
    const output = () => net.wire('A', 'B').ends.find(({ id }) => id === 'A')?.connection.connection.outputBytes ?? 0;
    while (output() < 100_000) net.turn();
    net.kill('B');
    net.run();
    expect(Buffer.compare(receiver.complete[1]?.bytes ?? new Uint8Array(0), long.payload)).toBe(0);
    expect(long.outcomes).toEqual(settled ? [] : [0x24]);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
    expect(net.faults()).toEqual([]);
  });
});

test('what an edge router has ready for its uplink goes over the next one', () => {
  const links: Link[] = [
    ['A', 'B'],
    ['F', 'A'],
    ['F', 'B'],
  ];
  const net = new NetworkBench({ links, edges: ['F'], addresses: [{ prefix: 'q', distribution: 'closest' }] });
  const receiver = net.receiver('B', 'q');
  const [named, anonymous] = [net.sender('F', 'q'), net.sender('F', null)];
  net.pass(500);
  sendAll(named, ['named']);
  anonymous.send(message({ to: 'q', body: 'anonymous' }));
  net.turn();
  net.kill('A');
  net.run();
  expect(texts(receiver).sort()).toEqual(['anonymous', 'named']);
  expect([outcomesAt(named), outcomesAt(anonymous)]).toEqual([[0x24], [0x24]]);
  expect(net.residue()).toEqual(nothingLeftAnywhere);
});

describe('what is ready for a consumer that is lost', () => {
  function connected(distribution: 'closest' | 'multicast', options = {}) {
    const rig = new RouterBench({ addresses: [{ prefix: 'q', distribution }] });
    // The consumer comes first: what the router writes for it is due before the sender's turn.
    const [consuming, producing] = [rig.opened(), rig.opened()];
    const receiver = consuming.receive('q', options);
    const sender = producing.send('q');
    rig.run();
    return { rig, consuming, receiver, sender };
  }

  test.each(['closest', 'multicast'] as const)('is released (%s)', (distribution) => {
    const { rig, consuming, receiver, sender } = connected(distribution);
    const sent = [sender.send(message()), sender.send(message({ body: 40_000 }))];
    rig.turn();
    rig.lose(consuming);
    rig.run();
    expect(receiver.received).toEqual([]);
    expect(outcomesOf(sent)).toEqual([0x26, 0x26]);
    expect(rig.residue()).toEqual(nothingLeft);
    expect(rig.router.describe()).toMatchObject({ released: 2, modified: 0 });
  });

  test('that takes everything settled is counted as dropped', () => {
    const { rig, consuming, sender } = connected('closest', { attach: { sndSettleMode: 1 } });
    const sent = sender.send(message());
    rig.turn();
    rig.lose(consuming);
    rig.run();
    expect(sent.outcomes).toEqual([0x24]);
    expect(rig.router.core.counters.dropped).toMatchObject({ interrupted: 1 });
  });

  test('is released when it is the beginning of a long message, of which more comes', () => {
    const { rig, consuming, receiver, sender } = connected('closest');
    const long = sender.send(message({ body: 1_000_000 }));
    while ((consuming.router?.connection.outputBytes ?? 0) < 1_000) rig.turn();
    rig.lose(consuming);
    rig.run();
    expect(receiver.received).toEqual([]);
    expect(long.outcomes).toEqual([0x26]);
    expect(rig.residue()).toEqual(nothingLeft);
  });
});
