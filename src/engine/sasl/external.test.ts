import { expect, test } from 'vitest';
import { SaslInit, SaslMechanisms, SaslOutcome } from '../../amqp/performatives.ts';
import { RawPeer } from '../testing/raw-peer.ts';
import { all, header, saslFrame } from '../testing/wire.ts';
import { SaslClient } from './client.ts';
import { SaslServer } from './server.ts';

const said = (text: string) => new TextEncoder().encode(text);

/** The outcome, and the user that was proved, of one init toward a listener that knows its peer as `CN=ann`. */
function authenticate(initialResponse: Uint8Array | null) {
  const peer = new RawPeer({ sasl: new SaslServer(['EXTERNAL'], 'CN=ann'), requiresSasl: true });
  peer.say(header(3), saslFrame(new SaslInit({ mechanism: 'EXTERNAL', initialResponse })));
  return [all(peer.heard, SaslOutcome)[0]?.saslCode, peer.endpoint.connection.user];
}

test.each([
  ['that is empty', said('')],
  ['that is left out', null],
  ['that names the same user', said('CN=ann')],
])('EXTERNAL with a response %s proves the name of the certificate', (_, response) => {
  expect(authenticate(response)).toEqual([0, 'CN=ann']);
});

test.each([
  ['another user', said('CN=bob')],
  ['what is not UTF-8', Uint8Array.of(0xff)],
])('EXTERNAL that wants to act as %s is refused', (_, response) => {
  expect(authenticate(response)).toEqual([1, '']);
});

test('EXTERNAL that was not offered is refused, whatever it says', () => {
  const peer = new RawPeer({ sasl: new SaslServer(['PLAIN']) });
  peer.say(header(3), saslFrame(new SaslInit({ mechanism: 'EXTERNAL', initialResponse: said('') })));
  expect(all(peer.heard, SaslOutcome)[0]?.saslCode).toBe(1);
});

/** What a client that has a user, and perhaps a certificate, answers to the mechanisms offered. */
function chosen(offered: string[], own: { hasCertificate?: boolean; allowed?: readonly string[]; user?: string }) {
  const client = new SaslClient({ hostname: 'h', user: 'ann', password: 'secret', allowed: null, ...own });
  const step = client.handleFrame(new SaslMechanisms({ saslServerMechanisms: offered }));
  return step.next === 'go-on' ? (step.reply as SaslInit) : step.next;
}

test('a client that showed a certificate takes EXTERNAL, and no password leaves it', () => {
  expect(chosen(['PLAIN', 'EXTERNAL'], { hasCertificate: true })).toMatchObject({
    mechanism: 'EXTERNAL',
    initialResponse: new Uint8Array(0),
  });
});

test.each([
  ['without a certificate', {}],
  ['that may only use PLAIN', { hasCertificate: true, allowed: ['PLAIN'] }],
])('a client %s leaves EXTERNAL alone', (_, own) => {
  expect(chosen(['EXTERNAL', 'PLAIN'], own)).toMatchObject({ mechanism: 'PLAIN' });
  expect(chosen(['EXTERNAL'], own)).toBe('failed');
});

test('a client that may only use EXTERNAL takes nothing else', () => {
  expect(chosen(['ANONYMOUS', 'PLAIN'], { hasCertificate: true, user: '', allowed: ['EXTERNAL'] })).toBe('failed');
});
