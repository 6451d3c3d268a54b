// The figures that management shows of links, addresses and connections.
import { describe, expect, test } from 'vitest';
import { Manager } from './testing/manager.ts';
import { message } from './testing/messages.ts';
import { NetworkBench } from './testing/network-bench.ts';
import { type BenchOptions, RouterBench } from './testing/router-bench.ts';

function managed(options: BenchOptions = {}) {
  const rig = new RouterBench(options);
  const manager = new Manager(rig.opened(), () => rig.pass(5));
  const row = (address: string, direction: 'in' | 'out') =>
    manager
      .query('router.link')
      .rows.find(({ owningAddr, linkDir }) => owningAddr === `M0${address}` && linkDir === direction) ?? {};
  return { rig, manager, row };
}

describe('of a link', () => {
  test('count deliveries, what became of them, and what is open', () => {
    const { rig, row } = managed();
    const receiver = rig.opened().receive('q', { outcome: null, credit: 10 });
    const sender = rig.opened().send('q');
    rig.run();
    for (let n = 0; n < 5; n++) sender.send(message());
    sender.send(message(), true);
    rig.run();
    for (const [at, outcome] of [0x24, 0x25, 0x26].entries()) receiver.settle(receiver.received[at] as never, outcome);
    rig.run();
    const counted = { deliveryCount: 6, presettledCount: 1, acceptedCount: 1, rejectedCount: 1, releasedCount: 1 };
    expect(row('q', 'in')).toMatchObject({ ...counted, unsettledCount: 2, undeliveredCount: 0, operStatus: 'up' });
    expect(row('q', 'out')).toMatchObject({ ...counted, unsettledCount: 2, creditAvailable: 8, zeroCreditSeconds: 0 });
  });

  test('show what waits, for how long there has been no credit, and that the link is blocked', () => {
    const { rig, manager, row } = managed();
    const sender = rig.opened().send('q');
    rig.opened().receive('q', { outcome: null, credit: 1 });
    rig.run();
    for (let n = 0; n < 3; n++) sender.send(message());
    rig.pass(12_000);
    expect(row('q', 'in')).toMatchObject({ undeliveredCount: 2, unsettledCount: 3 });
    expect(row('q', 'out')).toMatchObject({ creditAvailable: 0, zeroCreditSeconds: 12 });
    expect(manager.query('router', ['linksBlocked', 'blockedLinkCount']).rows).toEqual([
      { linksBlocked: 1, blockedLinkCount: 1 },
    ]);
  });

  test('count deliveries as stuck while they are unsettled for more than ten seconds, at both links', () => {
    const { rig, manager, row } = managed();
    const receiver = rig.opened().receive('q', { outcome: null, credit: 10 });
    const sender = rig.opened().send('q');
    rig.run();
    sender.send(message());
    sender.send(message());
    rig.pass(6_000);
    sender.send(message());
    rig.pass(5_000);
    expect([row('q', 'in')['deliveriesStuck'], row('q', 'out')['deliveriesStuck']]).toEqual([2, 2]);
    expect(manager.query('router', ['deliveriesStuck']).rows).toEqual([{ deliveriesStuck: 4 }]);
    receiver.settle(receiver.received[0] as never, 0x24);
    rig.run();
    expect(row('q', 'out')).toMatchObject({ deliveriesStuck: 1, deliveriesDelayed10Sec: 1 });
    expect(row('q', 'in')).toMatchObject({ deliveriesStuck: 1, deliveriesDelayed10Sec: 1 });
    expect(manager.query('router', ['deliveriesDelayed10Sec']).rows).toEqual([{ deliveriesDelayed10Sec: 1 }]);
  });

  test('tell how many are settled a second, over the last five', () => {
    const { rig, row } = managed();
    rig.opened().receive('q', { credit: 1000 });
    const sender = rig.opened().send('q');
    rig.run();
    for (let second = 0; second < 5; second++) {
      for (let n = 0; n < 20; n++) sender.send(message());
      rig.pass(1_000);
    }
    expect([row('q', 'in')['settleRate'], row('q', 'out')['settleRate']]).toEqual([16, 16]);
    rig.pass(10_000);
    expect(row('q', 'out')['settleRate']).toBe(0);
  });
});

describe('of a connection', () => {
  test('tell when it was last used, and since when it is open', () => {
    const { rig, manager } = managed();
    const sender = rig.opened({ open: { containerId: 'app' } }).send('q');
    rig.opened().receive('q');
    rig.run();
    const of = () =>
      manager
        .query('connection', ['container', 'uptimeSeconds', 'lastDlvSeconds'])
        .rows.find((row) => row['container'] === 'app');
    expect(of()).toMatchObject({ uptimeSeconds: 0, lastDlvSeconds: null });
    rig.pass(3_000);
    sender.send(message());
    rig.pass(4_000);
    expect(of()).toMatchObject({ uptimeSeconds: 7, lastDlvSeconds: 4 });
  });
});

describe('in a network', () => {
  test('a consumer shows where its deliveries entered; a router what passed; an address who else has consumers', () => {
    const net = new NetworkBench({
      links: [
        ['A', 'B'],
        ['B', 'C'],
      ],
    });
    const consumer = net.receiver('C', 'q');
    const [near, far] = [net.sender('C', 'q'), net.sender('A', 'q')];
    near.send(message());
    far.send(message());
    far.send(message());
    net.run();
    expect(consumer.complete.length).toBe(3);
    const ask = (id: string) => new Manager(net.client(id), () => net.pass(50));
    const out = ask('C')
      .query('router.link')
      .rows.find((row) => row['owningAddr'] === 'M0q' && row['linkDir'] === 'out');
    const histogram = out?.['ingressHistogram'] as number[];
    expect(histogram.length).toBe(128);
    expect([...histogram].sort((a, b) => b - a).slice(0, 3)).toEqual([2, 1, 0]);
    expect(histogram[0]).toBe(1);
    expect(ask('B').query('router', ['deliveriesTransit']).rows).toEqual([{ deliveriesTransit: 2 }]);
    const columns = ['key', 'remoteCount', 'remoteHostRouters', 'deliveriesIngress', 'trackedDeliveries'];
    const address = ask('A')
      .query('router.address', columns)
      .rows.find(({ key }) => key === 'M0q');
    expect(address).toEqual({
      key: 'M0q',
      remoteCount: 1,
      remoteHostRouters: ['C'],
      deliveriesIngress: 2,
      trackedDeliveries: 0,
    });
  });

  test('links to routers show what they are for, and their priority', () => {
    const net = new NetworkBench({ links: [['A', 'B']] });
    const { rows } = new Manager(net.client('A'), () => net.pass(50)).query('router.link');
    const ofRouters = rows.filter(({ linkType }) => linkType !== 'endpoint');
    expect(ofRouters.filter(({ linkType }) => linkType === 'router-control').length).toBe(2);
    const outgoing = ofRouters.filter(({ linkType, linkDir }) => linkType === 'inter-router' && linkDir === 'out');
    const incoming = ofRouters.filter(({ linkType, linkDir }) => linkType === 'inter-router' && linkDir === 'in');
    expect(incoming.map(({ priority }) => priority)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(outgoing.map(({ priority }) => priority)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
