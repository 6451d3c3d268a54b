// The recorded conversation of two interior routers, with ours in the place of the one that listens (A), and of the one that dials (B):
// what it says on every link is what was recorded, but for the deviations below.
import { expect, test } from 'vitest';
import { Message } from '../amqp/message.ts';
import { Header, Properties } from '../amqp/performatives.ts';
import { type RecordedEvent, readRecording } from '../amqp/testing/recording.ts';
import type { ListenerEntity } from '../schema/configuration.ts';
import type { RouterConnection } from './router-connection.ts';
import { compare, type Deviation, everywhere, type Lines } from './testing/replay/deviations.ts';
import { LocalClients } from './testing/replay/local-clients.ts';
import { Replay } from './testing/replay/replay.ts';
import { type BenchOptions, RouterBench } from './testing/router-bench.ts';

/** In either place. */
const deviations: readonly Deviation[] = [
  ...everywhere,
  {
    reason: 'a router that hangs is missed after two seconds, not sixteen',
    recorded: /idleTimeOut=8000/,
    weft: 'idleTimeOut=1000',
  },
  {
    reason: 'changes of our link state are sent to all at once, not only to those who ask',
    where: / qd\.router$/,
    recorded: null,
    weft: /to="amqp:\/_topo\/0\/all\/qdrouter".*"opcode": "LSU"/,
  },
];

const deviationsOfA: readonly Deviation[] = [
  ...deviations,
  {
    reason: 'no Close into a stream that the peer has ended',
    recorded: /^Close\(.*"connection aborted"/,
    weft: null,
  },
  {
    reason: 'the answer repeats the expiry policy that was asked for (§3.5.3)',
    where: / qd\.router(-data)?$/,
    recorded: /(source=Source.*)expiryPolicy="session-end"(.*target=Target.*)expiryPolicy="session-end"/,
    weft: '$1expiryPolicy="link-detach"$2expiryPolicy="link-detach"',
  },
  {
    reason: 'modified as a loss makes it: undeliverable-here is false by default (§3.4.5)',
    where: /^1 peer#11 sends/,
    recorded: /^(the delivery 16: .*), undeliverableHere=false/,
    weft: '$1',
  },
  {
    reason: 'a router that is met is asked for its addresses at once, also when it has announced none',
    where: /^1 peer#0 receives qd\.router$/,
    recorded: null,
    weft: /"opcode": "MAR"/,
  },
  {
    reason:
      'the loss of a neighbour is a change of our link state of its own, published at once, so sequences are one ahead; and a router that ' +
      'was alone names no neighbours until it has learned anew what is where',
    where: /^2 peer#0 receives qd\.router$/,
    recorded: /"opcode": "LSU".*"ls_seq": int 2/,
    weft: /"opcode": "LSU".*"ls_seq": int 2.*"peers": \{\}/,
  },
];

const deviationsOfB: readonly Deviation[] = [
  ...deviations,
  {
    reason: 'the name that ANONYMOUS asks for is free text (RFC 4505); the host is told where it belongs (§5.3.3.2)',
    where: / connection$/,
    recorded: /initialResponse=b"[0-9a-f]*"/,
    weft: 'initialResponse=b"616e6f6e796d6f7573", hostname="127.0.0.1"',
  },
  {
    reason: 'HELLO is said as soon as the links are there, before anything was heard',
    where: /^[12] own#1 sends qd\.router$/,
    recorded: null,
    weft: /"opcode": "HELLO".*"seen": \[\]/,
  },
  {
    reason: 'a link state that is asked for before it changes is told as it was published, not half of the next one',
    where: /^1 own#1 sends qd\.router$/,
    recorded: /"opcode": "LSU".*"ls_seq": int 0.*"peers": \{"A": int 1\}/,
    weft: /"opcode": "LSU".*"ls_seq": int 0.*"peers": \{\}/,
  },
  {
    reason:
      'the first link state goes to all at once, gathered for a moment: when it is out nobody has to ask for it any more',
    where: /^1 own#1 sends qd\.router$/,
    recorded: /to="amqp:\/_topo\/0\/A\/qdrouter".*"opcode": "LSU".*"ls_seq": int 1.*"peers": \{"A": int 1\}/,
    weft: null,
  },
  {
    reason: 'nothing is announced before there is anything to announce',
    where: /^2 own#1 sends qd\.router$/,
    recorded: /"opcode": "RA".*"ls_seq": int 0, "mobile_seq": int 0/,
    weft: null,
  },
];

const anybody = { authenticatePeer: false, saslMechanisms: 'ANONYMOUS' };

function standIn(id: string, options: BenchOptions): RouterBench {
  return new RouterBench({
    router: { id, mode: 'interior' },
    addresses: [
      { prefix: 'multicast', distribution: 'multicast' },
      { prefix: 'a', distribution: 'balanced' },
    ],
    ...options,
  });
}

/** The router protocol repeats itself, at times of its own: what is said at all, in the order of the alphabet. */
function withoutRepetition(lines: Lines): Lines {
  return lines.map(([label, said]) => {
    if (!label.endsWith(' qd.router')) return [label, said];
    return [label, [...new Set(said)].sort()];
  });
}

function listeningRouter(): Replay {
  const bench = standIn('A', { listeners: [{ ...anybody, role: 'inter-router' }, anybody] });
  const replay = new Replay(bench, false, () => {
    const listener = bench.configuration.listeners[0] as ListenerEntity;
    return bench.router.acceptConnection(listener, 'B', bench.now) as RouterConnection;
  });
  const clients = new LocalClients(bench, 1, replay.substitutes, ['left unsettled']);
  const script: readonly [RegExp, () => void][] = [
    [/^a client of A attaches a receiver on a\.x/, () => clients.receive('a.x')],
    [/^request\/reply: receiver a\.svc attaches at A/, () => clients.receive('a.svc')],
    [/^the client of A closes/, () => clients.close()],
  ];
  follow(replay, script, () => clients);
  return replay;
}

function diallingRouter(): Replay {
  const options = {
    listeners: [anybody],
    connectors: [{ role: 'inter-router', host: '127.0.0.1', port: '5001', saslMechanisms: 'ANONYMOUS' } as const],
  };
  const replay = new Replay(standIn('B', options), true, ({ host, router, now }) => {
    const [dial] = host.dials.splice(0);
    return router.dialSucceeded(dial!, 'A', now) as RouterConnection;
  });
  let clients = new LocalClients(replay.bench, 0, replay.substitutes);
  const restart = (event: RecordedEvent) => {
    replay.restart(standIn('B', options), event);
    clients = new LocalClients(replay.bench, 0, replay.substitutes);
  };
  const script: readonly [RegExp, (event: RecordedEvent) => void][] = [
    [/^a client of B attaches a receiver on multicast\.m/, () => clients.receive('multicast.m')],
    [/^request\/reply: .* requester at B/, () => clients.receive('')],
    [/^B to a\.x: 200000 bytes body/, () => clients.sendAhead('a.x', bigMessage())],
    [/^reply to a dynamic address whose receiver is gone/, () => clients.leave('')],
    [/^receiver on multicast\.m detaches/, () => clients.leave('multicast.m')],
    [/^B is killed/, restart],
    [/^B gets SIGTERM/, restart],
  ];
  follow(replay, script, () => clients);
  return replay;
}

function bigMessage(): Message {
  const value = Uint8Array.from(Buffer.from('0123456789abcdef'.repeat(12_500)));
  return new Message({
    header: new Header(),
    properties: new Properties({ messageId: 'big' }),
    body: { kind: 'value', value },
  });
}

function follow(
  replay: Replay,
  script: readonly (readonly [RegExp, (event: RecordedEvent) => void])[],
  clients: () => LocalClients,
): void {
  replay.onEvent = (event, recorded) => {
    if (event.kind === 'opened' && recorded !== null) clients().follow(recorded);
    if (event.kind !== 'note') return;
    for (const [text, act] of script) if (text.test(event.text)) act(event);
  };
}

test.each([
  { place: 'that listens', start: listeningRouter, deviations: deviationsOfA },
  { place: 'that dials', start: diallingRouter, deviations: deviationsOfB },
])('in the place of the one $place, our router says what was recorded, but for what is listed', (one) => {
  const replay = one.start();
  replay.play(readRecording('inter-router'));
  const [then, now] = [withoutRepetition(replay.lines('recorded')), withoutRepetition(replay.lines('ours'))];
  const { recorded, ours, unseen } = compare(then, now, one.deviations);
  expect(Object.keys(recorded)).toHaveLength(47);
  expect(ours).toEqual(recorded);
  expect(unseen).toEqual([]);
});
