// What one interior router says on the wire to its neighbours, and makes of what they say.
import { describe, expect, test } from 'vitest';
import { Source, Target } from '../amqp/performatives.ts';
import { type AmqpMap, type AmqpValue, int, symbol } from '../amqp/values.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import { SaslServer } from '../engine/sasl/server.ts';
import { type Dial, LogLevel } from './ports.ts';
import { message, read } from './testing/messages.ts';
import { nothingLeft, RouterBench, stateOf } from './testing/router-bench.ts';
import { ScriptedRouter, type ScriptedRouterOptions } from './testing/scripted-router.ts';

const interRouter = 1;
const annotated = 2;
const farther = 3;

function interior(distribution: 'closest' | 'balanced' | 'multicast' = 'closest'): RouterBench {
  return new RouterBench({
    router: { mode: 'interior' },
    addresses: [
      { prefix: 'q', distribution },
      { prefix: 'store', distribution: 'balanced', waypoint: true, ingressPhase: 2, egressPhase: 3 },
      { prefix: 'urgent', distribution, priority: 8 },
    ],
    listeners: [{}, { role: 'inter-router' }, { stripAnnotations: 'no' }, { role: 'inter-router', cost: 5 }],
  });
}

function neighbour(rig: RouterBench, id: string, options: ScriptedRouterOptions = {}): ScriptedRouter {
  return new ScriptedRouter(rig, id, { listener: interRouter, ...options });
}

/** Annotations as plain pairs, in their order. */
function pairs(bytes: Uint8Array | undefined): unknown {
  const { messageAnnotations } = read(bytes as Uint8Array);
  if (messageAnnotations === null) return null;
  return [...messageAnnotations].map(([key, value]) => [
    (key as { value: string }).value,
    typeof value === 'object' && value !== null && 'value' in value ? value.value : value,
  ]);
}

/** Annotations as another router would have put them there. */
function routed(ingress: string | null, trace: readonly string[], more: AmqpMap = new Map()): AmqpMap {
  const map = new Map<AmqpValue, AmqpValue>([...more]);
  if (ingress !== null) map.set(symbol('x-opt-qd.ingress'), ingress);
  map.set(symbol('x-opt-qd.trace'), [...trace]);
  return map;
}

const mine: AmqpMap = new Map<AmqpValue, AmqpValue>([
  [symbol('x-mine'), 'kept'],
  [symbol('x-too'), int(2)],
]);
const kept = [
  ['x-mine', 'kept'],
  ['x-too', 2],
];

describe('annotations of a message to another router', () => {
  test('are those of its sender first, then where it goes, where it entered, and where it has been', () => {
    const rig = interior();
    const n = neighbour(rig, 'N');
    n.join(['M0q']);
    const [named, anonymous] = [rig.opened().send('amqp:/q'), rig.opened().send(null)];
    rig.run();
    named.send(message({ annotations: mine }));
    anonymous.send(message({ to: 'q' }));
    rig.run();
    const [first, second] = n.takenInAll;
    expect(pairs(first)).toEqual([
      ...kept,
      ['x-opt-qd.to', 'amqp:/q'],
      ['x-opt-qd.ingress', '0/R'],
      ['x-opt-qd.trace', ['0/R']],
    ]);
    expect(pairs(second)).toEqual([
      ['x-opt-qd.ingress', '0/R'],
      ['x-opt-qd.trace', ['0/R']],
    ]);
    expect(rig.faults()).toEqual([]);
  });

  test('begin with the phase of an address that has phases', () => {
    const rig = interior();
    const n = neighbour(rig, 'N');
    n.join(['M2store'], 3);
    const sender = rig.opened().send('store');
    rig.run();
    sender.send(message({ annotations: mine }));
    rig.run();
    expect(pairs(n.takenInAll[0])).toEqual([
      ...kept,
      ['x-opt-qd.phase', 2],
      ['x-opt-qd.to', 'store'],
      ['x-opt-qd.ingress', '0/R'],
      ['x-opt-qd.trace', ['0/R']],
    ]);
  });

  test('on its way through name this router behind the others; all else stays as it was', () => {
    const rig = interior();
    const [n, m] = [neighbour(rig, 'N'), neighbour(rig, 'M')];
    n.join();
    m.join(['M0q']);
    const annotations = routed(
      '0/X',
      ['0/X', '0/N'],
      new Map<AmqpValue, AmqpValue>([...mine, [symbol('x-opt-qd.to'), 'q']]),
    );
    const sent = n.dataOut[4]?.send(message({ to: 'elsewhere', priority: 4, annotations, body: 'through' }));
    rig.run();
    const [bytes] = m.takenInAll as [Uint8Array];
    expect(pairs(bytes)).toEqual([
      ...kept,
      ['x-opt-qd.to', 'q'],
      ['x-opt-qd.ingress', '0/X'],
      ['x-opt-qd.trace', ['0/X', '0/N', '0/R']],
    ]);
    expect(read(bytes)).toMatchObject({ header: { priority: 4 }, properties: { to: 'elsewhere' } });
    expect(sent?.outcomes).toEqual([0x24]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('are shown to a consumer that wants them, and to no other', () => {
    const rig = interior('multicast');
    const n = neighbour(rig, 'N');
    n.join();
    const [plain, curious] = [rig.opened().receive('q'), rig.opened({}, annotated).receive('q')];
    rig.run();
    n.dataOut[4]?.send(message({ to: 'q', annotations: routed('0/N', ['0/N'], mine) }));
    n.dataOut[4]?.send(message({ to: 'q', annotations: routed('0/N', ['0/N']) }));
    rig.run();
    const all = [
      ['x-opt-qd.ingress', '0/N'],
      ['x-opt-qd.trace', ['0/N', '0/R']],
    ];
    expect(plain.complete.map(({ bytes }) => pairs(bytes))).toEqual([kept, null]);
    expect(curious.complete.map(({ bytes }) => pairs(bytes))).toEqual([[...kept, ...all], all]);
  });

  test('of one that came with none name this router as the one where it entered', () => {
    const rig = interior();
    const [n, m] = [neighbour(rig, 'N'), neighbour(rig, 'M')];
    n.join();
    m.join(['M0q']);
    n.dataOut[4]?.send(message({ to: 'q' }));
    rig.run();
    expect(pairs(m.takenInAll[0])).toEqual([
      ['x-opt-qd.ingress', '0/R'],
      ['x-opt-qd.trace', ['0/R']],
    ]);
  });
});

describe('the links of a neighbour', () => {
  /** How many messages of the priorities 0…9 came over each link. */
  function spread(dataLinks: number, lose: readonly number[] = []): number[] {
    const rig = interior();
    const n = neighbour(rig, 'N', { dataLinks });
    n.join(['M0q', 'M0urgent']);
    for (const at of lose) n.dataIn[at]?.link?.detach(null);
    const sender = rig.opened().send('q');
    rig.run();
    for (let priority = 0; priority < 10; priority++) sender.send(message({ priority }));
    rig.run();
    expect(sender.sent.map(({ outcome }) => outcome)).toEqual(new Array(10).fill(0x24));
    return n.taken.map(({ length }) => length);
  }

  test('are chosen by priority, as they were attached', () => {
    expect(spread(10)).toEqual(new Array(10).fill(1));
  });

  test('stand in for those that are not there: the nearest lower one, or the lowest', () => {
    expect(spread(1)).toEqual([10]);
    expect(spread(4)).toEqual([1, 1, 1, 7]);
    expect(spread(10, [5])).toEqual([1, 1, 1, 1, 2, 0, 1, 1, 1, 1]);
    expect(spread(10, [0, 1])).toEqual([0, 0, 3, 1, 1, 1, 1, 1, 1, 1]);
  });

  test('carry what has no priority at 4, what has a higher one at 9, and what has an address with one at that', () => {
    const rig = interior();
    const n = neighbour(rig, 'N');
    n.join(['M0q', 'M0urgent']);
    const [sender, urgent] = [rig.opened().send('q'), rig.opened().send('urgent')];
    rig.run();
    sender.send(message());
    sender.send(message({ priority: 200 }));
    urgent.send(message({ priority: 1 }));
    rig.run();
    expect(n.taken.map(({ length }) => length)).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 1, 1]);
  });

  test('have their credit back at once, though no consumer takes anything', () => {
    const rig = interior();
    const n = neighbour(rig, 'N');
    n.join();
    rig.opened().receive('q', { credit: 0 });
    const [link] = n.dataOut;
    rig.run();
    for (let count = 0; count < 3000; count++) link?.send(message({ to: 'q', annotations: routed('0/N', ['0/N']) }));
    rig.run();
    expect(link?.waitingCount).toBe(0);
    expect(link?.credit).toBeGreaterThanOrEqual(250);
    expect(link?.sent.every(({ outcome }) => outcome === null)).toBe(true);
  });

  test('for long messages that the neighbour refuses let these be released, each of them, and nothing waits', () => {
    const rig = interior();
    const n = neighbour(rig, 'N');
    n.join(['M0q']);
    n.client.onAttach = (link) => link.refuse(amqpError(Condition.NotAllowed, 'no further link'));
    const sender = rig.opened().send('q');
    rig.run();
    const sent = [message({ body: 500_000 }), message({ body: 500_000 }), message({ body: 'short' })].map((bytes) => {
      const one = sender.send(bytes);
      rig.run();
      return one;
    });
    expect(sent.map(({ outcome }) => outcome)).toEqual([0x26, 0x26, 0x24]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('wait for credit of the neighbour, and go on when it comes', () => {
    const rig = interior();
    const n = neighbour(rig, 'N', { credit: 0 });
    n.join(['M0q']);
    const sender = rig.opened().send('q');
    rig.run();
    for (let count = 0; count < 10; count++) sender.send(message());
    rig.run();
    expect(n.takenInAll).toHaveLength(0);
    n.dataIn[4]?.link?.offerCredit(5);
    rig.run();
    expect(n.takenInAll).toHaveLength(10); // each place is offered again when its delivery is settled
    expect(rig.residue()).toEqual(nothingLeft);
  });
});

describe('a message of another router', () => {
  test('that has been here is released, and dropped if it is settled', () => {
    const rig = interior();
    const n = neighbour(rig, 'N');
    n.join();
    const receiver = rig.opened().receive('q');
    rig.run();
    const annotations = routed('0/R', ['0/R', '0/N']);
    const sent = [
      n.dataOut[4]?.send(message({ to: 'q', annotations })),
      n.dataOut[4]?.send(message({ to: 'q', annotations }), true),
    ];
    rig.run();
    expect(receiver.received).toEqual([]);
    expect(sent.map((one) => one?.outcomes)).toEqual([[0x26], []]);
    expect(rig.router.describe()['droppedPresettled']).toBe(1);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test.each(['closest', 'balanced'] as const)('is not sent back to where it has been: %s', (distribution) => {
    const rig = interior(distribution);
    const n = neighbour(rig, 'N');
    n.join(['M0q'], distribution === 'closest' ? 2 : 3);
    const sent = n.dataOut[4]?.send(message({ to: 'q', annotations: routed('0/N', ['0/N']) }));
    rig.run();
    expect(n.takenInAll).toEqual([]);
    expect(sent?.outcomes).toEqual([0x26]);
  });

  test.each(['closest', 'balanced'] as const)(
    'takes the way that it has not been on, though it is not the best: %s',
    (distribution) => {
      const rig = interior(distribution);
      const hint = distribution === 'closest' ? 2 : 3;
      const [n, m] = [neighbour(rig, 'N'), neighbour(rig, 'M')];
      n.join(['M0q'], hint);
      m.join(['M0q'], hint, 1);
      const sent = n.dataOut[4]?.send(message({ to: 'q', annotations: routed('0/N', ['0/N']) }));
      rig.run();
      expect([n.takenInAll.length, m.takenInAll.length, sent?.outcomes]).toEqual([0, 1, [0x24]]);
    },
  );

  test('takes a farther way when the nearest routers are behind where it has been', () => {
    const rig = interior();
    const n = neighbour(rig, 'N');
    const m = neighbour(rig, 'M', { listener: farther });
    n.join(['M0q']);
    m.join(['M0q'], 2, 5);
    const own = rig.opened().send('q');
    rig.run();
    own.send(message());
    const sent = n.dataOut[4]?.send(message({ to: 'q', annotations: routed('0/N', ['0/N']) }));
    rig.run();
    expect([n.takenInAll.length, m.takenInAll.length, sent?.outcomes]).toEqual([1, 1, [0x24]]);
  });

  test('that should have taken another path goes on all the same: balanced', () => {
    const rig = interior('balanced');
    const [n, m] = [neighbour(rig, 'N'), neighbour(rig, 'M')];
    n.join();
    m.join(['M0q'], 3);
    n.linkState('N', { R: 1, M: 1 });
    m.linkState('M', { R: 1, N: 1 });
    rig.pass(200);
    const sent = n.dataOut[4]?.send(message({ to: 'q', annotations: routed('0/N', ['0/N']) }));
    rig.run();
    expect([m.takenInAll.length, sent?.outcomes]).toEqual([1, [0x24]]);
  });

  test('that should have taken another path goes no further, for others bring it there: multicast', () => {
    const rig = interior('multicast');
    const [n, m] = [neighbour(rig, 'N'), neighbour(rig, 'M')];
    n.join();
    m.join(['M0q'], 1);
    n.dataOut[4]?.send(message({ to: 'q', annotations: routed('0/N', ['0/N']) }));
    n.linkState('N', { R: 1, M: 1 });
    m.linkState('M', { R: 1, N: 1 });
    rig.pass(200);
    n.dataOut[4]?.send(message({ to: 'q', annotations: routed('0/N', ['0/N']) }));
    rig.run();
    expect(m.takenInAll).toHaveLength(1);
  });

  test('is not sent to a neighbour that it has passed, though it is on the path: multicast', () => {
    const rig = interior('multicast');
    const [n, m] = [neighbour(rig, 'N'), neighbour(rig, 'M')];
    n.join();
    m.join(['M0q'], 1);
    const sent = n.dataOut[4]?.send(message({ to: 'q', annotations: routed('0/N', ['0/M', '0/N']) }));
    rig.run();
    expect([m.takenInAll.length, sent?.outcomes]).toEqual([0, [0x26]]);
  });

  test.each([
    ['closest', 1],
    ['balanced', 1],
    ['multicast', 0],
  ] as const)('that entered at a router that nobody knows: %s goes on to %i others', (distribution, count) => {
    const rig = interior(distribution);
    const [n, m] = [neighbour(rig, 'N'), neighbour(rig, 'M')];
    n.join();
    m.join(['M0q'], { closest: 2, balanced: 3, multicast: 1 }[distribution]);
    const sent = n.dataOut[4]?.send(message({ to: 'q', annotations: routed('0/Z', ['0/Z', '0/N']) }));
    rig.run();
    expect(m.takenInAll).toHaveLength(count);
    expect(sent?.outcomes).toEqual([count === 1 ? 0x24 : 0x26]);
  });

  test.each([
    [
      'for an address that nobody has is released',
      message({ to: 'nobody', annotations: routed('0/N', ['0/N']) }),
      {},
      0x26,
    ],
    [
      'without any address is rejected',
      message({ annotations: routed('0/N', ['0/N']) }),
      { error: { condition: 'amqp:precondition-failed' } },
      0x25,
    ],
    [
      'with a trace that is none is rejected',
      message({ to: 'q', annotations: new Map([[symbol('x-opt-qd.trace'), 'here and there']]) }),
      { error: { condition: 'amqp:invalid-field' } },
      0x25,
    ],
    ['that is none is rejected', Uint8Array.of(1, 2, 3), { error: { condition: 'amqp:decode-error' } }, 0x25],
  ])('%s', (_name, bytes, state, outcome) => {
    const rig = interior();
    const n = neighbour(rig, 'N');
    n.join();
    rig.opened().receive('q');
    rig.run();
    const sent = n.dataOut[4]?.send(bytes);
    rig.run();
    expect(sent?.outcomes).toEqual([outcome]);
    expect(stateOf(sent)).toMatchObject(state);
    expect(n.client.connection.isOpened).toBe(true);
  });

  test('cannot be one of the router protocol on a link for messages', () => {
    const rig = interior();
    const n = neighbour(rig, 'N');
    n.join();
    const sent = n.dataOut[4]?.send(message({ to: 'amqp:/_local/qdhello', annotations: routed('0/N', ['0/N']) }));
    rig.run();
    expect(sent?.outcomes).toEqual([0x26]);
  });
});

describe('links that other routers attach', () => {
  const roleError = 'qd:connection-role';
  const routedError = 'qd:no-route-to-dest';

  test('are refused before those of the router protocol, unless they are of the routers', () => {
    const rig = interior();
    const client = rig.opened({}, interRouter);
    const links = [client.receive('q'), client.send('q'), client.send(null)];
    rig.run();
    expect(links.map(({ detached }) => detached?.error?.condition)).toEqual([roleError, roleError, roleError]);
    expect(client.connection.isOpened).toBe(true);
  });

  test('behind them are taken for link routes, which are not carried out', () => {
    const rig = interior();
    const n = neighbour(rig, 'N');
    n.join();
    const links = [n.client.receive('q'), n.client.send('q')];
    rig.run();
    expect(links.map(({ detached }) => detached?.error?.condition)).toEqual([routedError, routedError]);
  });

  test('for routers are forbidden where clients connect', () => {
    const rig = interior();
    const client = rig.opened();
    for (const capabilities of ['qd.router', 'qd.router-data', 'qd.router-edge-downlink']) {
      const receiver = client.receive('x', { attach: { source: new Source({ address: 'x', capabilities }) } });
      const sender = client.send('x', { attach: { target: new Target({ address: 'x', capabilities }) } });
      rig.run();
      expect([receiver, sender].map(({ detached }) => detached?.error?.condition).at(0)).toBe('qd:forbidden');
      expect([receiver, sender].map(({ detached }) => detached?.error?.condition).at(1)).toBe('qd:forbidden');
    }
  });

  test('are known by one bare symbol, not by an array of it', () => {
    const rig = interior();
    const client = rig.opened({}, interRouter);
    const receiver = client.receive('', { attach: { source: new Source({ capabilities: ['qd.router'] }) } });
    rig.run();
    expect(receiver.detached?.error?.condition).toBe(roleError);
  });
});

describe('the router that dials', () => {
  test('attaches the links of the router protocol first, then ten for messages in each direction', () => {
    const rig = new RouterBench({
      router: { mode: 'interior' },
      connectors: [{ role: 'inter-router', host: 'N', port: '1' }],
    });
    const client = rig.answerDial(rig.host.dials[0] as Dial, { sasl: new SaslServer(['ANONYMOUS']) });
    rig.run();
    const shown = client.attaches.map(({ link, attach }) => [
      link.session.channel,
      attach.role,
      (attach.source as Source).capabilities,
      (attach.target as Target).capabilities,
      (attach.source as Source).address,
    ]);
    const [control, data] = ['qd.router', 'qd.router-data'];
    expect(shown.slice(0, 4).map(([, ...rest]) => rest)).toEqual([
      [true, control, control, null],
      [false, control, control, null],
      [true, data, data, null],
      [false, data, data, null],
    ]);
    expect(shown).toHaveLength(22);
    expect(new Set(shown.map(([channel]) => channel)).size).toBe(11);
    expect(new Set(client.attaches.map(({ attach }) => attach.name)).size).toBe(22);
  });
});

describe('the router protocol', () => {
  test('makes a neighbour of one that has heard us, and not before', () => {
    const rig = interior();
    const n = neighbour(rig, 'N');
    const { mesh } = rig.router.core;
    n.hello([]);
    expect(mesh?.neighbours.size).toBe(0);
    n.hello(['R']);
    expect([...(mesh?.neighbours.keys() ?? [])]).toEqual(['N']);
    n.controlOut.link?.detach(null);
    rig.run();
    expect(mesh?.neighbours.size).toBe(0);
  });

  test('reports once and loudly that a neighbour has our own id', () => {
    const rig = interior();
    const n = neighbour(rig, 'R');
    for (let count = 0; count < 3; count++) n.hello(['R'], 'R', 77);
    rig.pass(3_000);
    const reports = rig.host.lines.filter(({ level }) => level === LogLevel.Critical);
    expect(reports).toHaveLength(1);
    expect(reports[0]?.text).toContain('has our router id R');
    expect(rig.router.core.mesh?.neighbours.size).toBe(0);
  });

  test('drops what is no message of it, and says so', () => {
    const rig = interior();
    const n = neighbour(rig, 'N');
    n.controlOut.send(message({ to: 'amqp:/_local/qdhello', body: 'hello?' }), true);
    n.controlOut.send(Uint8Array.of(1), true);
    rig.run();
    expect(rig.host.logged('routing message that is none')).toHaveLength(2);
    n.join();
    expect(rig.router.core.mesh?.neighbours.size).toBe(1);
  });

  test('keeps link routes of other routers, and warns of each once', () => {
    const rig = interior();
    const [n, m] = [neighbour(rig, 'N'), neighbour(rig, 'M')];
    n.join(['Cbroker', 'Dbroker']);
    m.join(['Cbroker']);
    const warnings = rig.host.lines.filter(({ level }) => level === LogLevel.Warning).map(({ text }) => text);
    expect(warnings).toEqual([
      expect.stringMatching(/^Link route "broker" \(in\) of router N is cut here/),
      expect.stringMatching(/^Link route "broker" \(out\) of router N is cut here/),
    ]);
    expect(rig.router.core.addresses.byKey('Cbroker')).toBeUndefined();
  });

  test('is of no use to a client: what it sends there is released', () => {
    const rig = interior();
    const sent = rig
      .opened()
      .send(null)
      .send(message({ to: '_topo/0/all/qdrouter' }));
    rig.run();
    expect(sent.outcomes).toEqual([0x26]);
  });
});
