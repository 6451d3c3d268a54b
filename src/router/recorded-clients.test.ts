// The recorded conversations of clients with a standalone router, with ours in its place: what it says on every connection and link is what
// was recorded, but for the deviations below. The connections are numbered as in the recording; from 14 on clients break the rules.
import { expect, test } from 'vitest';
import { readRecording } from '../amqp/testing/recording.ts';
import type { ListenerEntity } from '../schema/configuration.ts';
import type { RouterConnection } from './router-connection.ts';
import { compare, type Deviation, everywhere } from './testing/replay/deviations.ts';
import { Replay } from './testing/replay/replay.ts';
import { RouterBench } from './testing/router-bench.ts';

const deviations: readonly Deviation[] = [
  ...everywhere,
  {
    reason: 'the answer names the filters in force: none (§3.5.3)',
    where: / receives q3$/,
    recorded: /, filter=\{[^}]*\}/,
    weft: '',
  },
  {
    reason: 'the answer names the durability and expiry in force: nothing is kept (§3.5.3)',
    where: /^8 .* receives q3$/,
    recorded: /durable=2, expiryPolicy="never"/,
    weft: 'durable=0, expiryPolicy="session-end"',
  },
  {
    reason: 'the answer to a sender that settles everything repeats its settle mode (§2.6.10)',
    where: /^(2|9) peer#1 sends q1$/,
    recorded: /sndSettleMode=2/,
    weft: 'sndSettleMode=1',
  },
  {
    reason: 'a refused link has no termini at all (§2.6.3)',
    where: /^2 peer#[678] /,
    recorded: /, (target=Target|source=Source)\([^)]*\)/,
    weft: '',
  },
  {
    reason: 'senders are drained when the last consumer leaves, not at their next message',
    where: /^(2 peer#1|2 peer#3|9 peer#1|13 peer#0) sends/,
    recorded: /^drain, credit 249$/,
    weft: /^drain, credit (249|250)$/,
  },
  {
    reason: 'modified goes back with the fields that it came with: undeliverable-here is false by default (§3.4.5)',
    where: /^(9|13) peer#0 sends/,
    recorded: /deliveryFailed=true, undeliverableHere=false/,
    weft: 'deliveryFailed=true',
  },
  {
    reason: 'closed=false is its default (§2.7.7)',
    where: /^8 peer#1 receives$/,
    recorded: /^Detach\(\)$/,
    weft: 'Detach(closed=false)',
  },
  {
    reason: 'SCRAM is not offered to clients',
    where: /^7 connection$/,
    recorded: /, "SCRAM-SHA-256"/,
    weft: '',
  },
  {
    reason: 'a client that skips SASL learns what is wanted (§2.2)',
    where: /^5 connection$/,
    recorded: null,
    weft: /^header 3$/,
  },
  {
    reason: 'no Close into a stream that the peer has ended',
    recorded: /^Close\(.*"connection aborted"/,
    weft: null,
  },
  {
    reason: 'an unknown protocol is answered by our header and the end of the stream (§2.2)',
    where: /^1[45] connection$/,
    recorded: /^(Open|Close)\(/,
    weft: null,
  },
  {
    reason: 'an Open names the router, also before a Close',
    where: /^(17|20|22|26) connection$/,
    recorded: /^Open\(containerId=""\)$/,
    weft: /^Open\(containerId="R"/,
  },
  {
    reason: 'the first frame is an Open (§2.4.1): told at once, not when the client leaves',
    where: /^17 connection$/,
    recorded: null,
    weft: /^Close\(.*amqp:not-allowed/,
  },
  {
    reason: 'what cannot be decoded ends the connection, instead of silence',
    where: /^1[89] connection$/,
    recorded: null,
    weft: /^Close\(.*amqp:decode-error|^end of the stream$/,
  },
  {
    reason: 'our own words for a channel without a session',
    where: /^20 connection$/,
    recorded: /description="no such channel: 3"/,
    weft: 'description="frame on channel 3, where no session has begun"',
  },
  {
    reason: 'a second Open is not ignored (§2.4.1)',
    where: /^21 connection$/,
    recorded: null,
    weft: /^Close\(.*amqp:not-allowed/,
  },
  {
    reason: 'a transfer that did not wait for credit ends its link, not the connection (§2.7.6)',
    where: /^22 /,
    recorded: /^Close\(.*amqp:session:window-violation/,
    weft: /^Begin|^Attach|^Detach\(closed=true.*transfer-limit-exceeded/,
  },
  {
    reason: 'a handle that is not attached ends its session, not the connection (§2.8.17)',
    where: /^23 connection$/,
    recorded: /^Close\(.*amqp:invalid-field/,
    weft: /^End\(.*amqp:session:unattached-handle/,
  },
  {
    reason: 'a transfer beyond credit is not carried (§2.6.7)',
    where: /^(24|28) peer#0 sends q1$/,
    recorded: /^drain, credit 4294967295$|^the delivery 0: Released/,
    weft: /^Detach\(closed=true.*transfer-limit-exceeded/,
  },
  {
    reason: 'a handle in use ends its session, instead of being taken for another (§2.8.17)',
    where: /^25 (connection|peer#1 sends q1)$/,
    recorded: /^Attach/,
    weft: /^End\(.*amqp:session:handle-in-use/,
  },
  {
    reason: 'a link name attached again steals the link (§2.6.1), instead of ending the connection',
    where: /^26 /,
    recorded: /^Close\(.*amqp:invalid-field/,
    weft: /^Begin|^Attach|^Detach\(closed=true.*amqp:link:stolen/,
  },
  {
    reason: 'our own words for a frame that is too large',
    where: /^27 connection$/,
    recorded: /description="malformed frame"/,
    weft: 'description="frame of 20029 bytes, allowed are 8 to 16384"',
  },
];

function standIn(): RouterBench {
  const anybody = { authenticatePeer: false, saslMechanisms: 'ANONYMOUS' };
  return new RouterBench({
    router: { id: 'R', mode: 'standalone' },
    listeners: [
      anybody,
      { authenticatePeer: true, saslMechanisms: 'PLAIN' },
      { ...anybody, saslMechanisms: 'ANONYMOUS PLAIN SCRAM-SHA-256', maxFrameSize: 4096 },
    ],
    addresses: [
      { prefix: 'multicast', distribution: 'multicast' },
      { prefix: 'closest', distribution: 'closest' },
      { prefix: 'unavail', distribution: 'unavailable' },
    ],
    users: new Map([['alice@example.com', 'secret']]),
  });
}

/** Which listener the client of a recorded connection used. */
function listenerFor(client: string): number {
  if (client === 'proton-mixed') return 2;
  return client.endsWith('-plain') ? 1 : 0;
}

test('clients hear from our router what they heard from the recorded one, but for what is listed', () => {
  const replay = new Replay(standIn(), false, (bench, { text }) => {
    const listener = bench.configuration.listeners[listenerFor(text)] as ListenerEntity;
    return bench.router.acceptConnection(listener, 'client', bench.now) as RouterConnection;
  });
  replay.play(readRecording('clients'));
  const { recorded, ours, unseen } = compare(replay.lines('recorded'), replay.lines('ours'), deviations);
  expect(Object.keys(recorded).length).toBeGreaterThan(50);
  expect(ours).toEqual(recorded);
  expect(unseen).toEqual([]);
});
