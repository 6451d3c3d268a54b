import { beforeEach, describe, expect, test } from 'vitest';
import {
  addressesAtOnce,
  addressesGapMs,
  expectedMs,
  publishPaceMs,
  recomputePaceMs,
  requestsMax,
  wronglyListedMs,
} from './limits.ts';
import { LinkStateProtocol } from './link-state-protocol.ts';
import type { RemoteRouter } from './router-node.ts';
import { RecordingPort } from './testing/recording-port.ts';

let port: RecordingPort;
let a: LinkStateProtocol;
let now: number;

beforeEach(() => {
  port = new RecordingPort();
  opened.clear();
  now = 1_000_000;
  a = new LinkStateProtocol({ routerId: 'A', instance: 50, joiningMs: 0 }, port, now);
  tick(0);
  port.takeSent();
});

const common = (id: string) => ({ id, pv: 1, area: '0' });
const opened = new Set<string>();

/** HELLO on a connection, which is opened if it is not. */
function hello(id: string, key: string, seen = ['A'], instance = 1): void {
  if (!opened.has(key)) a.connectionOpened(key, 1, now);
  opened.add(key);
  a.handleHello({ ...common(id), instance, seen }, key, now);
}

const ra = (id: string, ls_seq: number, mobile_seq = 0, instance = 1) =>
  a.handleRa({ ...common(id), instance, ls_seq, mobile_seq }, now);
const lsu = (id: string, ls_seq: number, peers: Record<string, number>, instance = 1) =>
  a.handleLsu({ ...common(id), instance, ls_seq, ls: { id, area: '0', ls_seq, peers } }, now);
const flood = (id: string, ls_seq: number, peers: Record<string, number>) =>
  a.handleFlooded('LSU', { ...common(id), instance: 1, ls_seq, ls: { id, area: '0', ls_seq, peers } }, 1, now);
const mau = (id: string, mobile_seq: number, add: string[], del: string[] = []) =>
  a.handleMau({ ...common(id), mobile_seq, hints: add.map(() => 3), add, del }, now);
const endTurn = () => a.endTurn(now);

function tick(ms: number): void {
  now += ms;
  a.tick(now);
  a.endTurn(now);
}

/** Ticks for `ms` as a host would; what is sent and told meanwhile is given back. */
function pass(ms: number, meanwhile: () => void = () => {}) {
  for (const end = now + ms; now < end; ) {
    now = Math.min(end, Math.max(now, a.nextDeadline));
    meanwhile();
    a.tick(now);
    endTurn();
  }
  return { sent: port.takeSent(), events: port.takeEvents() };
}

/** B is a neighbour over c1, and beyond it is C; all is quiet. */
function lineOfThree(): void {
  hello('B', 'c1');
  lsu('B', 4, { A: 1, C: 1 });
  lsu('C', 2, { B: 1 });
  ra('B', 4);
  ra('C', 2);
  endTurn();
  port.takeSent();
  port.takeEvents();
}

describe('a new neighbour', () => {
  test('is told of in the same turn: HELLO, link state, request, advertisement, in this order', () => {
    a.connectionOpened('c1', 1, now);
    opened.add('c1');
    endTurn();
    expect(port.takeSent()).toEqual(['HELLO c1']);
    hello('B', 'c1');
    endTurn();
    expect(port.events).toEqual(['up B over c1 at 1', 'routes']);
    expect(port.last('HELLO')).toEqual({ opcode: 'HELLO', id: 'A', pv: 1, area: '0', instance: 50, seen: ['B'] });
    expect(port.last('LSU').ls).toEqual({ id: 'A', area: '0', ls_seq: 1, peers: new Map([['B', 1]]) });
    expect(port.last('RA')).toEqual({ opcode: 'RA', ...common('A'), instance: 50, ls_seq: 1, mobile_seq: 0 });
    expect(port.takeSent()).toEqual(['HELLO c1', 'LSU all', 'LSR B', 'RA all']);
  });

  test('is asked for its addresses once its link state has come, unless it has told their number', () => {
    hello('B', 'c1');
    endTurn();
    port.takeSent();
    lsu('B', 3, { A: 1 });
    endTurn();
    expect([port.last('MAR').have_seq, port.takeSent()]).toEqual([0, ['MAR B']]);
    hello('C', 'c2');
    endTurn();
    ra('C', 3, 0);
    lsu('C', 3, { A: 1 });
    endTurn();
    expect(port.takeSent()).not.toContain('MAR C');
    ra('C', 3, 2);
    endTurn();
    expect(port.takeSent()).toEqual(['MAR C']);
  });

  test('leads to routers that only others name; they are asked when there is a path', () => {
    hello('B', 'c1');
    endTurn();
    port.takeSent();
    lsu('B', 3, { A: 1, C: 2 });
    const { sent, events } = pass(recomputePaceMs);
    expect(sent).toContain('LSR C');
    expect(events).toContain('routes');
    expect(a.router('C')).toMatchObject({ cost: 3, hops: 2, isReachable: true, nextHop: a.router('B'), index: 2 });
    expect(a.radius).toBe(2);
  });
});

describe('requests', () => {
  test('for a link state are repeated every tick until it comes', () => {
    hello('B', 'c1');
    endTurn();
    port.takeSent();
    for (let at = 0; at < 2; at++) {
      hello('B', 'c1');
      tick(1_000);
      expect(port.takeSent()).toEqual(['HELLO c1', 'LSR B']);
    }
    lsu('B', 1, { A: 1 });
    ra('B', 1);
    hello('B', 'c1');
    endTurn();
    tick(1_000);
    expect(port.takeSent()).toEqual(['HELLO c1']);
    ra('B', 2);
    ra('B', 2);
    endTurn();
    ra('B', 2);
    endTurn();
    expect(port.takeSent()).toEqual(['LSR B']);
    tick(1_000);
    expect(port.takeSent()).toContain('LSR B');
  });

  test('are not sent to a router that others’ floods name, unless its own flood does not come in time', () => {
    lineOfThree();
    flood('C', 3, { B: 1, D: 1, E: 1 });
    expect(pass(recomputePaceMs).sent).toEqual([]);
    expect(a.router('E')?.isReachable).toBe(true);
    flood('D', 1, { C: 1 });
    ra('D', 1);
    expect(pass(expectedMs).sent.filter((text) => !text.startsWith('HELLO'))).toEqual(['LSR E']);
    flood('D', 2, { C: 1, E: 1 });
    ra('D', 2, 1);
    endTurn();
    expect(port.takeSent()).toEqual(['MAR D']);
  });

  test('go out at once when what was flooded is lost: the RA behind it tells so', () => {
    lineOfThree();
    flood('C', 3, { B: 1, D: 1 });
    pass(recomputePaceMs);
    ra('D', 1);
    endTurn();
    expect(port.takeSent()).toEqual(['LSR D']);
  });

  test('go to a few routers at a time, to the next one when one has answered', () => {
    hello('B', 'c1');
    const ids = Array.from({ length: requestsMax + 2 }, (_, at) => `X${at}`);
    lsu('B', 1, Object.fromEntries(['A', ...ids].map((id) => [id, 1])));
    ra('B', 1);
    endTurn();
    expect(port.takeSent().filter((text) => text.startsWith('LSR X'))).toHaveLength(requestsMax);
    lsu('X0', 1, { B: 1 });
    ra('X0', 1);
    endTurn();
    expect(port.takeSent()).toEqual([`LSR X${requestsMax}`]);
    tick(1_000);
    expect(port.takeSent()).toContain(`LSR X${requestsMax + 1}`);
  });

  test('of a router that cannot be reached yet are answered when it can', () => {
    a.addLocalAddress('M0x', 2);
    hello('B', 'c1');
    endTurn();
    port.takeSent();
    a.handleLsr(common('C'), now);
    a.handleMar({ ...common('C'), have_seq: 0 }, now);
    endTurn();
    expect(port.takeSent()).toEqual([]);
    lsu('B', 1, { A: 1, C: 1 });
    expect(pass(recomputePaceMs).sent).toEqual(expect.arrayContaining(['LSU C', 'MAU C']));
  });

  test('are answered with what was published last, and MAR only when there is something newer', () => {
    lineOfThree();
    a.addLocalAddress('M0x', 2);
    pass(publishPaceMs);
    a.addLocalAddress('M0y', 3);
    a.handleLsr(common('C'), now);
    a.handleMar({ ...common('C'), have_seq: 0 }, now);
    a.handleMar({ ...common('B'), have_seq: 1 }, now);
    endTurn();
    expect(port.last('MAU')).toEqual({ opcode: 'MAU', ...common('A'), mobile_seq: 1, exist: ['M0x'], hints: [2] });
    expect([port.last('LSU').ls_seq, port.takeSent()]).toEqual([1, ['LSU C', 'MAU C']]);
  });
});

describe('a loss', () => {
  test('of the only connection to a neighbour is published in the same turn', () => {
    lineOfThree();
    a.connectionLost('c1', now);
    endTurn();
    expect(port.events).toEqual(['lost B', 'routes']);
    expect(port.last('LSU').ls.peers.size).toBe(0);
    expect(port.takeSent()).toEqual(['LSU all', 'RA all']);
    expect(a.router('C')?.isReachable).toBe(false);
  });

  test('of one of two connections moves the neighbour over, and nobody else hears of it', () => {
    lineOfThree();
    hello('B', 'c2');
    endTurn();
    port.takeSent();
    a.connectionLost('c1', now);
    endTurn();
    expect(port.takeEvents()).toEqual(['up B over c2 at 1']);
    expect(port.takeSent()).toEqual(['HELLO c2', 'LSR B']);
    expect(a.router('B')?.connectionKey).toBe('c2');
  });

  test('is also three seconds without HELLO, but not while this router itself did not run', () => {
    lineOfThree();
    now += 20_000;
    tick(0);
    expect(port.takeEvents()).toEqual([]);
    expect(pass(2_000, () => hello('B', 'c1')).events).toEqual([]);
    expect(pass(4_001).events).toEqual(['lost B', 'routes']);
  });
});

describe('news', () => {
  test('that come one after the other go out together after the first, and a loss takes them along', () => {
    hello('B', 'c1');
    endTurn();
    expect(port.last('LSU').ls_seq).toBe(1);
    now += 1;
    hello('C', 'c2');
    endTurn();
    now += 1;
    hello('D', 'c3');
    endTurn();
    expect([port.last('LSU').ls_seq, a.nextDeadline]).toEqual([1, now - 2 + publishPaceMs]);
    port.takeSent();
    expect(pass(publishPaceMs - 2).sent.filter((one) => one.endsWith('all'))).toEqual(['LSU all', 'RA all']);
    now += 1;
    hello('E', 'c4');
    endTurn();
    a.connectionLost('c3', now);
    endTurn();
    expect([...port.last('LSU').ls.peers.keys()]).toEqual(['B', 'C', 'E']);
    expect(port.last('LSU').ls_seq).toBe(3);
  });

  test('of addresses go out a few times in a row, then together', () => {
    lineOfThree();
    const toldAt: number[] = [];
    const from = now;
    for (let at = 0; at < 40; at++) {
      a.addLocalAddress(`M0x${at}`, 3);
      endTurn();
      if (port.takeSent().some((one) => one === 'MAU all')) toldAt.push(now - from);
      now += addressesGapMs / 2;
    }
    expect(toldAt.slice(0, 5)).toEqual([0, 10, 20, 30, 100]);
    expect(toldAt.length).toBeLessThanOrEqual(addressesAtOnce + 200 / publishPaceMs);
  });

  test('of links that came up are used a little later, of links that are gone at once', () => {
    lineOfThree();
    lsu('C', 3, { B: 1, D: 1 });
    endTurn();
    expect([port.takeEvents(), a.nextDeadline]).toEqual([[], now + recomputePaceMs]);
    lsu('C', 4, {});
    endTurn();
    expect(port.takeEvents()).toEqual(['routes']);
  });

  test('without any, a turn sends nothing', () => {
    lineOfThree();
    endTurn();
    ra('B', 4);
    lsu('C', 2, { B: 1 });
    endTurn();
    expect([port.takeSent(), port.takeEvents()]).toEqual([[], []]);
  });
});

describe('advertisements', () => {
  test('go out every four seconds after a change, then every thirty', () => {
    lineOfThree();
    const at: number[] = [];
    const start = now;
    const listen = () => {
      if (port.takeSent().includes('RA all')) at.push(Math.round((now - start) / 1_000));
      hello('B', 'c1');
      if (now % 10_000 === 0) {
        ra('B', 4);
        ra('C', 2);
      }
    };
    pass(70_000, listen);
    expect(at).toEqual([5, 9, 39, 69]);
  });

  test('of a lower sequence than we hold mean a restart within one second, unless they are late copies', () => {
    lineOfThree();
    ra('C', 1);
    endTurn();
    expect(port.takeEvents()).toEqual([]);
    pass(2_001, () => hello('B', 'c1'));
    ra('C', 1);
    endTurn();
    expect([port.takeEvents(), port.takeSent()]).toEqual([['restart C', 'routes'], ['LSR C']]);
    expect(a.router('C')?.linkStateSequence).toBe(0);
  });
});

describe('a restart', () => {
  test('of a far router empties its link state and its addresses, and asks anew', () => {
    lineOfThree();
    mau('C', 1, ['M0x']);
    endTurn();
    expect(port.takeEvents()).toEqual(['+ M0x at C (3)']);
    ra('C', 1, 1, 2);
    endTurn();
    expect(port.takeEvents()).toEqual(['restart C', 'routes', '- M0x at C']);
    expect(port.takeSent()).toEqual(['LSR C']);
    lsu('C', 1, { B: 1 }, 2);
    endTurn();
    expect(port.takeSent()).toEqual(['MAR C']);
  });

  test('is also seen from a link state update; one of the former self is dropped', () => {
    lineOfThree();
    lsu('C', 1, { B: 1, D: 1 }, 2);
    lsu('C', 9, { B: 1, E: 1 }, 1);
    pass(recomputePaceMs);
    expect([...(a.router('C')?.peers.keys() ?? [])]).toEqual(['B', 'D']);
  });

  test('of a neighbour over a new connection takes the old one out of use at once', () => {
    lineOfThree();
    hello('B', 'c2', [], 2);
    endTurn();
    expect(port.takeEvents()).toEqual(['restart B', 'lost B', 'routes']);
    hello('B', 'c2', ['A'], 2);
    endTurn();
    expect(port.takeEvents()).toEqual(['up B over c2 at 1', 'routes']);
  });

  test('of a neighbour that others tell of is believed when its connection is gone', () => {
    lineOfThree();
    ra('B', 1, 0, 2);
    endTurn();
    expect(port.takeEvents()).toEqual([]);
    a.connectionLost('c1', now);
    endTurn();
    expect(port.takeEvents()).toEqual(['lost B', 'restart B', 'routes']);
    expect(a.router('B')?.instance).toBe(2);
  });
});

describe('addresses', () => {
  test('are published before the advertisement that tells of them', () => {
    lineOfThree();
    pass(publishPaceMs, () => hello('B', 'c1'));
    a.addLocalAddress('M0x', 2);
    a.addLocalAddress('Cy', 4);
    endTurn();
    expect(port.last('MAU')).toEqual({
      opcode: 'MAU',
      ...common('A'),
      mobile_seq: 1,
      hints: [2, 4],
      add: ['M0x', 'Cy'],
      del: [],
    });
    expect([port.last('RA').mobile_seq, port.takeSent()]).toEqual([1, ['MAU all', 'RA all']]);
  });

  test('of a router without a path go after a second, and come back with the path', () => {
    lineOfThree();
    mau('C', 1, ['M0x']);
    endTurn();
    port.takeEvents();
    lsu('B', 5, { A: 1 });
    endTurn();
    expect(port.takeEvents()).toEqual(['routes']);
    const { events } = pass(2_000, () => hello('B', 'c1'));
    expect(events).toEqual(['- M0x at C']);
    lsu('B', 6, { A: 1, C: 1 });
    expect(pass(recomputePaceMs).events).toEqual(['routes', '+ M0x at C (3)']);
  });

  test('that may have changed while there was no path are asked for when there is one', () => {
    lineOfThree();
    mau('C', 1, ['M0x']);
    lsu('B', 5, { A: 1 });
    pass(3_000, () => hello('B', 'c1'));
    lsu('B', 6, { A: 1, C: 1 });
    expect(pass(recomputePaceMs).sent).toContain('LSR C');
    lsu('C', 2, { B: 1 });
    endTurn();
    expect([port.last('MAR').have_seq, port.takeSent()]).toEqual([1, ['MAR C']]);
  });

  test('of a router that was out of reach count when it has spoken: it may be another one', () => {
    lineOfThree();
    mau('C', 1, ['M0x']);
    expect(a.router('C')?.isConfirmed).toBe(true);
    lsu('B', 5, { A: 1 });
    endTurn();
    lsu('B', 6, { A: 1, C: 1 });
    expect(pass(recomputePaceMs).sent).toContain('LSR C'); // though it was heard of a moment ago
    expect([a.router('C')?.isReachable, a.router('C')?.isConfirmed]).toEqual([true, false]);
    lsu('C', 2, { B: 1 }); // the answer, and nothing new
    expect(a.router('C')?.isConfirmed).toBe(true);
    endTurn();
    expect(port.takeEvents()).toEqual(['routes']);
  });

  test('for other routers only: a local one is our bug', () => {
    expect(() => a.addLocalAddress('Ltemp.x', 2)).toThrow('our bug');
  });
});

describe('a drain', () => {
  test('publishes no neighbours and no addresses, at once and for good, and keeps our own paths', () => {
    a.addLocalAddress('M0x', 2);
    lineOfThree();
    a.drain();
    endTurn();
    expect(port.last('LSU').ls).toMatchObject({ ls_seq: 2, peers: new Map() });
    expect(port.last('MAU')).toMatchObject({ add: [], del: ['M0x'] });
    expect(port.takeSent()).toEqual(['LSU all', 'MAU all', 'RA all']);
    expect([a.router('C')?.isReachable, a.peers.size]).toEqual([true, 0]);
    hello('D', 'c4');
    a.addLocalAddress('M0y', 2);
    expect(pass(publishPaceMs).sent).toEqual(['HELLO c4', 'LSR D']);
  });
});

describe('faults', () => {
  test('are dropped with a reason, each told once', () => {
    for (let at = 0; at < 3; at++) {
      a.handleHello({ ...common('B') }, 'c1', now);
      a.handleRa({ ...common('B'), pv: 2, ls_seq: 1, mobile_seq: 0 }, now);
      a.handleMau({ ...common('B'), mobile_seq: 1, add: [] }, now);
    }
    expect(port.takeEvents()).toEqual([
      'warn A malformed HELLO is dropped: seen is no list',
      'warn Router B speaks version 2 of the router protocol: its messages are dropped',
      'warn A malformed MAU is dropped: neither exist nor both add and del',
    ]);
    expect(a.routers.size).toBe(0);
  });

  test('messages with our own id change nothing', () => {
    hello('A', 'c1', ['A'], 50);
    ra('A', 9, 0, 50);
    a.handleLsr(common('A'), now);
    mau('A', 1, ['M0x']);
    a.handleMar({ ...common('A'), have_seq: 0 }, now);
    endTurn();
    expect([a.routers.size, port.takeSent()]).toEqual([0, ['HELLO c1']]);
    hello('A', 'c1', ['A'], 51);
    expect(port.takeEvents().at(-1)).toContain('conflict A: A neighbour has our router id A');
  });

  test('a router that says for long that we are its neighbour gives away a namesake of ours', () => {
    lineOfThree();
    lsu('C', 3, { B: 1, A: 1 });
    const listen = () => {
      hello('B', 'c1');
      ra('B', 4);
      ra('C', 3);
    };
    expect(pass(wronglyListedMs - 1_000, listen).events.filter((event) => event.startsWith('conflict'))).toEqual([]);
    expect(pass(5_000, listen).events.filter((event) => event.startsWith('conflict'))).toEqual([
      'conflict A: Router C says that A is its neighbour, but this router A has no connection to it: two routers have this id',
    ]);
  });
});

describe('flooded messages', () => {
  test('are handed on once, with what they bring', () => {
    const body = { ...common('C'), instance: 1, ls_seq: 1, ls: { id: 'C', ls_seq: 1, peers: { B: 1 } } };
    expect(a.handleFlooded('LSU', body, 2, now)).toBe(true);
    expect(a.router('C')?.peers.size).toBe(1);
    expect(a.handleFlooded('LSU', { ...body }, 2, now)).toBe(false);
    expect(a.handleFlooded('LSU', { ...body }, 1, now)).toBe(false);
    expect(a.handleFlooded('RA', { ...common('C'), ls_seq: 1, mobile_seq: 0 }, 9, now)).toBe(true);
    expect(a.handleFlooded('MAU', { ...common('C'), mobile_seq: 1, add: [], del: [] }, 1, now)).toBe(true);
  });

  test('that we cannot read, or that have our own id, end here; those of a later version do not', () => {
    expect(a.handleFlooded('RA', common('C'), 1, now)).toBe(false);
    expect(a.handleFlooded('RA', { ...common('A'), ls_seq: 1, mobile_seq: 0 }, 1, now)).toBe(false);
    expect(a.handleFlooded('RA', { ...common('C'), pv: 9, ls_seq: 1, mobile_seq: 0 }, 1, now)).toBe(true);
    expect(a.routers.size).toBe(0);
  });
});

test('valid origins of a destination are those whose path leads over us', () => {
  hello('B', 'c1');
  hello('C', 'c2');
  lsu('B', 1, { A: 1 });
  lsu('C', 1, { A: 1, D: 1 });
  lsu('D', 1, { C: 1 });
  endTurn();
  const d = a.router('D');
  if (d === null) throw new Error('D is known');
  expect(a.validOrigins(d)).toEqual(['B']);
  expect([a.isValidOrigin(null, d), a.isValidOrigin(a.router('C'), d)]).toEqual([true, false]);
});

describe('a router that starts', () => {
  beforeEach(() => {
    a = new LinkStateProtocol({ routerId: 'A', instance: 50 }, port, now);
    tick(0);
    hello('B', 'c1');
    endTurn();
  });

  test('names no neighbours to the others, so that nobody goes through it, until all it knows of have told what they have', () => {
    lsu('B', 4, { A: 1, C: 1 });
    ra('B', 4, 1);
    endTurn();
    expect(a.peers.size).toBe(0);
    lsu('C', 2, { B: 1 });
    ra('C', 2);
    endTurn();
    expect(a.peers.size).toBe(0);
    a.handleMau({ ...common('B'), mobile_seq: 1, exist: ['M0q'], hints: [3] }, now);
    expect(pass(publishPaceMs).sent.slice(-2)).toEqual(['LSU all', 'RA all']);
    expect([...a.peers]).toEqual([['B', 1]]);
  });

  test('and was alone for a while begins anew: what it knows may be old', () => {
    pass(1_001);
    lsu('B', 4, { A: 1 });
    ra('B', 4);
    endTurn();
    expect(a.peers.size).toBe(1);
    a.connectionLost('c1', now);
    opened.delete('c1');
    endTurn();
    hello('B', 'c1');
    endTurn();
    expect(a.peers.size).toBe(0);
    lsu('B', 5, { A: 1 });
    ra('B', 5);
    pass(publishPaceMs);
    expect(a.peers.size).toBe(1);
  });

  test('waits for more neighbours, and then tells all with one link state', () => {
    lsu('B', 1, {});
    ra('B', 1);
    endTurn();
    hello('C', 'c2');
    lsu('C', 1, {});
    ra('C', 1);
    endTurn();
    expect([a.isJoining, a.peers.size, port.takeSent().includes('LSU all')]).toEqual([false, 0, false]);
    expect(pass(publishPaceMs).sent).toEqual(['LSU all', 'RA all']);
    expect([...a.peers.keys()]).toEqual(['B', 'C']);
  });

  test('keeps its addresses until somebody is there to be told of them', () => {
    a = new LinkStateProtocol({ routerId: 'A', instance: 50 }, port, now);
    opened.clear();
    port.takeSent();
    a.addLocalAddress('M0x', 2);
    pass(500);
    expect([a.mobileSequence, port.takeSent()]).toEqual([0, []]);
    hello('B', 'c1');
    endTurn();
    expect(pass(publishPaceMs).sent).toContain('MAU all');
    expect(a.mobileSequence).toBe(1);
  });

  test('waits for a silent one only for a second', () => {
    pass(999);
    expect(a.peers.size).toBe(0);
    pass(1_001);
    expect(a.peers.size).toBe(1);
  });
});

test('a message that has been on the path takes the neighbour from which it is cheapest, or none', () => {
  // A ─ B ─ D and A ─ C ─ D, C is dearer.
  hello('B', 'c1');
  hello('C', 'c2');
  lsu('B', 1, { A: 1, D: 1 });
  lsu('C', 1, { A: 1, D: 5 });
  lsu('D', 1, { B: 1, C: 5 });
  for (const id of ['B', 'C', 'D']) ra(id, 1);
  pass(1_000);
  const d = a.router('D') as RemoteRouter;
  expect(d.nextHop?.id).toBe('B');
  expect(a.detour(d, [])?.nextHop.id).toBe('B');
  expect([a.detour(d, ['B'])?.nextHop.id, a.detour(d, ['B'])?.cost]).toEqual(['C', 4]);
  expect(a.detour(d, ['B', 'C'])).toBeNull();
});
