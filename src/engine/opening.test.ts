import { describe, expect, test } from 'vitest';
import { Attach, Begin, Close, Flow, Open, SaslInit, SaslMechanisms, SaslOutcome } from '../amqp/performatives.ts';
import { SaslClient } from './sasl/client.ts';
import { encodePlain } from './sasl/plain.ts';
import { SaslServer } from './sasl/server.ts';
import type { EndpointOptions } from './testing/endpoint.ts';
import { byteByByte, Pair, splitAt } from './testing/pair.ts';
import { RawPeer, senderAttach } from './testing/raw-peer.ts';
import { all, concat, frame, header, namesOf, saslFrame } from './testing/wire.ts';

const plainClient = (user = 'ann', password = 'secret', allowed: readonly string[] | null = null) =>
  new SaslClient({ hostname: 'h', user, password, allowed });
const anonymousClient = () => new SaslClient({ hostname: 'h', user: '', password: '', allowed: null });

/** Answers passwords at once. */
function checkPasswords(pair: Pair, known: string): void {
  const { server } = pair;
  server.onPassword = (_user, password) => server.connection.saslVerified(password === known, pair.now);
}

describe('two engines open a connection', () => {
  const cases: [string, () => [EndpointOptions, EndpointOptions], string, string][] = [
    ['bare', () => [{}, {}], '', ''],
    ['bare though SASL is offered', () => [{}, { sasl: new SaslServer(['ANONYMOUS']) }], '', ''],
    [
      'with ANONYMOUS',
      () => [{ sasl: anonymousClient() }, { sasl: new SaslServer(['ANONYMOUS', 'PLAIN']) }],
      'ANONYMOUS',
      'anonymous',
    ],
    [
      'with PLAIN',
      () => [
        { sasl: plainClient(), requiresSasl: true },
        { sasl: new SaslServer(['PLAIN']), requiresSasl: true },
      ],
      'PLAIN',
      'ann',
    ],
  ];

  test.each(cases)('%s, in one piece, byte by byte and at every split', (_name, options, mechanism, user) => {
    for (const cut of [undefined, byteByByte, ...Array.from({ length: 60 }, (_, place) => splitAt(place))]) {
      const pair = new Pair(...options());
      if (cut !== undefined) pair.cut = cut;
      checkPasswords(pair, 'secret');
      pair.run();
      expect(pair.client.connection.isOpened).toBe(true);
      expect(pair.server.connection.isOpened).toBe(true);
      expect([pair.server.connection.mechanism, pair.server.connection.user]).toEqual([mechanism, user]);
      expect(pair.server.opened?.containerId).toBe('endpoint');
    }
  });

  test('and close it again, either of them first', () => {
    for (const first of ['client', 'server'] as const) {
      const pair = new Pair();
      pair.run();
      pair[first].connection.close(null);
      pair.run();
      expect(pair.client.ended?.by).toBe(first === 'client' ? 'us' : 'peer');
      expect(pair.server.ended?.by).toBe(first === 'client' ? 'peer' : 'us');
      expect(pair.client.connection.isFinished && pair.server.connection.isFinished).toBe(true);
    }
  });

  test('a wrong password is refused, and is in no error', () => {
    const pair = new Pair({ sasl: plainClient('ann', 'wr0ng') }, { sasl: new SaslServer(['PLAIN']) });
    checkPasswords(pair, 'secret');
    pair.run();
    expect(pair.client.connection.isFinished && pair.server.connection.isFinished).toBe(true);
    expect(pair.server.ended?.error?.condition).toBe('amqp:unauthorized-access');
    expect(pair.client.ended?.error?.description).toContain('refused us');
    expect(`${pair.server.ended?.error?.description}${pair.client.ended?.error?.description}`).not.toContain('wr0ng');
  });

  test('a client does not show its password to who does not ask for it', () => {
    const pair = new Pair({ sasl: plainClient() }, { sasl: new SaslServer(['ANONYMOUS']) });
    pair.run();
    expect(pair.client.ended?.error?.description).toContain('no common mechanism');
    const said = new TextDecoder().decode(concat(...pair.written.client));
    expect(said).not.toContain('secret');
  });

  test('a client that must authenticate does not go on with a peer that speaks no SASL', () => {
    const pair = new Pair({ sasl: anonymousClient() }, {});
    pair.run();
    expect(pair.client.connection.isOpened).toBe(false);
    expect(pair.client.connection.isFinished).toBe(true);
  });
});

describe('an opening in one write, from the SASL header to the first attach', () => {
  const init = (mechanism: string, response: Uint8Array) =>
    saslFrame(new SaslInit({ mechanism, initialResponse: response }));
  const rest = concat(
    header(0),
    frame(new Open({ containerId: 'eager' })),
    frame(new Begin({ nextOutgoingId: 0, incomingWindow: 100, outgoingWindow: 100 })),
    frame(senderAttach()),
  );

  test.each([0, 1, 7, 8, 30, 60, 61, 62, 100, 1000])('is taken with ANONYMOUS, cut at %i', (place) => {
    const bytes = concat(header(3), init('ANONYMOUS', new Uint8Array(0)), rest);
    const peer = new RawPeer({ sasl: new SaslServer(['ANONYMOUS']) });
    peer.say(bytes.slice(0, place));
    peer.say(bytes.slice(place));
    expect(namesOf(peer.heard)).toEqual([
      'header 3',
      'saslmechanisms',
      'sasloutcome',
      'header 0',
      'open',
      'begin',
      'attach',
      'flow',
    ]);
  });

  test('is taken with PLAIN whose password is checked later, also when more comes meanwhile', () => {
    const bytes = concat(header(3), init('PLAIN', encodePlain('ann', 'secret')), rest);
    for (let place = 0; place <= bytes.length; place += 7) {
      const peer = new RawPeer({ sasl: new SaslServer(['PLAIN']), requiresSasl: true });
      peer.say(bytes.slice(0, place));
      peer.say(bytes.slice(place));
      expect(namesOf(peer.heard)).toEqual(['header 3', 'saslmechanisms']);
      expect(peer.endpoint.connection.wantsBytes).toBe(false);
      expect(peer.endpoint.passwords).toEqual([{ user: 'ann', password: 'secret' }]);
      peer.endpoint.connection.saslVerified(true, 5);
      peer.listen();
      expect(peer.endpoint.connection.wantsBytes).toBe(true);
      expect(namesOf(peer.heard).slice(2)).toEqual(['sasloutcome', 'header 0', 'open', 'begin', 'attach', 'flow']);
      expect(peer.endpoint.connection.user).toBe('ann');
    }
  });

  test('goes nowhere when the password is wrong', () => {
    const peer = new RawPeer({ sasl: new SaslServer(['PLAIN']) });
    peer.say(header(3), init('PLAIN', encodePlain('ann', 'wrong')), rest);
    peer.endpoint.connection.saslVerified(false, 5);
    expect(namesOf(peer.listen())).toEqual(['sasloutcome']);
    expect(all(peer.heard, SaslOutcome)[0]?.saslCode).toBe(1);
    expect(peer.endpoint.connection.isFinished).toBe(true);
    expect(peer.endpoint.attaches).toEqual([]);
  });

  test('an answer about a password that comes after the connection has gone does nothing', () => {
    const peer = new RawPeer({ sasl: new SaslServer(['PLAIN']) });
    peer.say(header(3), init('PLAIN', encodePlain('ann', 'secret')), rest);
    peer.endpoint.connection.handleClosed(1);
    peer.endpoint.connection.saslVerified(true, 5);
    expect(peer.endpoint.opened).toBeNull();
  });
});

describe('protocol headers', () => {
  const turnedAway: [string, EndpointOptions, Uint8Array, string][] = [
    ['TLS', {}, header(2), 'header 0'],
    ['SASL where there is none', {}, header(3), 'header 0'],
    ['another version', {}, Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1), 'header 0'],
    ['HTTP', {}, new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'), 'header 0'],
    ['bare AMQP where SASL must be', { sasl: new SaslServer(['PLAIN']), requiresSasl: true }, header(0), 'header 3'],
  ];

  test.each(turnedAway)(
    '%s is answered with the header that is taken, and the end',
    (_name, options, bytes, answer) => {
      const peer = new RawPeer(options);
      expect(namesOf(peer.say(bytes))).toEqual([answer]);
      expect(peer.endpoint.connection.isFinished).toBe(true);
      expect(peer.endpoint.ended?.by).toBe('us');
    },
  );

  test('a second SASL layer is not to be had', () => {
    const peer = new RawPeer({ sasl: new SaslServer(['ANONYMOUS']) });
    peer.say(header(3), saslFrame(new SaslInit({ mechanism: 'ANONYMOUS' })), header(3));
    expect(namesOf(peer.heard)).toEqual(['header 3', 'saslmechanisms', 'sasloutcome', 'header 0']);
    expect(peer.endpoint.connection.isFinished).toBe(true);
  });

  test('the mechanisms offered are those of the listener', () => {
    const peer = new RawPeer({ sasl: new SaslServer(['ANONYMOUS', 'PLAIN']) });
    peer.say(header(3));
    expect(all(peer.heard, SaslMechanisms)[0]?.saslServerMechanisms).toEqual(['ANONYMOUS', 'PLAIN']);
  });

  const badSasl: [string, Uint8Array][] = [
    ['a mechanism that is not offered', saslFrame(new SaslInit({ mechanism: 'PLAIN' }))],
    ['a frame of the server', saslFrame(new SaslMechanisms({ saslServerMechanisms: ['ANONYMOUS'] }))],
    ['an AMQP frame', frame(new Open({ containerId: 'x' }))],
    ['a frame that is too long', concat(Uint8Array.of(0, 0, 0x20, 0, 2, 1, 0, 0))],
    ['rubbish', Uint8Array.of(0, 0, 0, 10, 2, 1, 0, 0, 1, 2)],
  ];

  test.each(badSasl)('%s ends a SASL exchange', (_name, bytes) => {
    const peer = new RawPeer({ sasl: new SaslServer(['ANONYMOUS']) });
    peer.say(header(3), bytes);
    expect(peer.endpoint.connection.isFinished).toBe(true);
    expect(namesOf(peer.heard)).not.toContain('open');
  });

  test.each([
    ['without a second NUL', Uint8Array.of(0, 65, 66)],
    ['with a third', Uint8Array.of(0, 65, 0, 66, 0)],
    ['without a user', Uint8Array.of(0, 0, 66)],
    ['without a password', Uint8Array.of(0, 65, 0)],
    ['for somebody else', new TextEncoder().encode('root\0ann\0secret')],
    ['that is not UTF-8', Uint8Array.of(0, 0xff, 0, 66)],
  ])('a PLAIN response %s is refused without asking anybody', (_name, response) => {
    const peer = new RawPeer({ sasl: new SaslServer(['PLAIN']) });
    peer.say(header(3), saslFrame(new SaslInit({ mechanism: 'PLAIN', initialResponse: response })));
    expect(peer.endpoint.passwords).toEqual([]);
    expect(peer.endpoint.connection.isFinished).toBe(true);
  });
});

describe('Open', () => {
  test('a connection closed before it was opened gets an Open and a Close', () => {
    const peer = new RawPeer();
    peer.say(header(0), frame(new Close()));
    expect(namesOf(peer.heard)).toEqual(['header 0', 'open', 'close']);
  });

  test('that came right is followed by ours, with our limits', () => {
    const peer = new RawPeer({ open: { channelMax: 9, maxFrameSize: 4096, idleTimeOut: 8000 } }).open();
    const [open] = all(peer.heard, Open);
    expect([open?.channelMax, open?.maxFrameSize, open?.idleTimeOut]).toEqual([9, 4096, 8000]);
  });

  test('a peer that takes small frames gets no larger one', () => {
    const pair = new Pair({ open: { maxFrameSize: 512 } });
    pair.run();
    const receiver = pair.client.receive('here', { outcome: 0x24 });
    pair.run();
    const [sender] = pair.server.senders;
    const payload = Uint8Array.from({ length: 5000 }, (_, at) => at);
    sender?.send(payload);
    pair.run();
    expect(receiver.received[0]?.bytes).toEqual(payload);
    expect(pair.client.connection.isOpened).toBe(true);
    expect(sender?.sent[0]?.outcomes).toEqual([0x24]);
  });

  test('an answer that does not fit into the frames of the peer costs the peer its connection', () => {
    const peer = new RawPeer().open({ maxFrameSize: 512 }).begin();
    peer.attachSender(0, { name: 'n'.repeat(600) });
    const close = all(peer.heard, Close)[0];
    expect(close?.error?.condition).toBe('amqp:frame-size-too-small');
    expect(peer.heard.every((item) => 'header' in item || item.size <= 512)).toBe(true);
    expect(peer.endpoint.receivers[0]?.detached?.by).toBe('loss');
  });

  test('attaches and flows are understood though they came with the Open', () => {
    const peer = new RawPeer();
    peer.say(
      header(0),
      frame(new Open({ containerId: 'x' })),
      frame(new Begin({ nextOutgoingId: 7, incomingWindow: 10, outgoingWindow: 10 })),
      frame(new Attach({ name: 'a', handle: 0, role: true })),
      frame(new Flow({ incomingWindow: 10, nextOutgoingId: 7, outgoingWindow: 10, handle: 0, linkCredit: 3 })),
    );
    expect(peer.endpoint.senders[0]?.credit).toBe(3);
  });
});
