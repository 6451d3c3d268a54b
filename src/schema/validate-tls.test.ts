import { expect, test } from 'vitest';
import { readConfiguration } from './read-configuration.ts';
import { tlsVersions } from './tls-versions.ts';

const whole = { name: 'tls', certFile: 'c.pem', privateKeyFile: 'k.pem', caCertFile: 'ca.pem' };

/** The messages about a file with these sections. */
function messagesOf(...sections: [string, object][]): string[] {
  return readConfiguration(JSON.stringify(sections), 'f.json').faults.map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
}

test('a profile with certificate, key and authorities is fine, also by the former names of attributes', () => {
  expect(messagesOf(['sslProfile', whole])).toEqual([]);
  const former = { name: 'tls', certDb: 'ca.pem', certFile: 'c.pem', keyFile: 'k.pem' };
  expect(messagesOf(['sslProfile', former]).every((message) => message.startsWith('warning:'))).toBe(true);
});

test.each([
  [{ certFile: 'c.pem', privateKeyFile: 'k.pem' }, 'error: this sslProfile needs a name'],
  [{ name: 'tls', certFile: 'c.pem' }, 'error: certFile needs privateKeyFile'],
  [{ name: 'tls', privateKeyFile: 'k.pem' }, 'error: privateKeyFile needs certFile'],
  [{ ...whole, protocols: 'TLSv1.2 SSLv3' }, "error: there is no TLS version 'SSLv3'"],
  [{ ...whole, protocols: 'TLSv1 TLSv1.1 TLSv1.2' }, 'warning: TLSv1 and TLSv1.1 are outdated'],
  [{ ...whole, uidFormat: 'cx' }, "error: uidFormat has letters out of c, s, l, o, u, n, 1, 2, 5, not 'x'"],
  [{ ...whole, uidFormat: 'cslounnn' }, 'error: uidFormat has at most 7 letters'],
  [{ ...whole, uidNameMappingFile: 'm.json' }, 'warning: uidNameMappingFile has no effect without uidFormat'],
  [{ ...whole, password: 'pass:secret' }, 'warning: the password stands in clear in this file'],
])('%j: %s', (attributes, message) => {
  expect(messagesOf(['sslProfile', attributes])).toEqual([expect.stringContaining(message)]);
});

test('no message holds the password', () => {
  expect(messagesOf(['sslProfile', { ...whole, password: 'pass:hush', nosuch: 1 }]).join()).not.toContain('hush');
});

test.each([
  [{ sslProfile: 'tsl' }, whole, "error: there is no sslProfile 'tsl'; did you mean 'tls'?"],
  [
    { sslProfile: 'tls' },
    { name: 'tls', caCertFile: 'ca.pem' },
    "error: a listener shows a certificate: sslProfile 'tls'",
  ],
  [
    { sslProfile: 'tls', saslMechanisms: 'EXTERNAL' },
    { name: 'tls', certFile: 'c.pem', privateKeyFile: 'k.pem' },
    "error: EXTERNAL checks certificates of clients: sslProfile 'tls' needs caCertFile",
  ],
  [{ requireSsl: true }, whole, 'error: requireSsl needs an sslProfile'],
  [{ requireEncryption: true }, whole, 'error: requireEncryption needs an sslProfile'],
  [{ saslMechanisms: 'EXTERNAL' }, whole, 'warning: EXTERNAL is not offered: the listener has no sslProfile'],
])('a listener with %j and the profile %j: %s', (listener, profile, message) => {
  expect(messagesOf(['listener', listener], ['sslProfile', profile])).toEqual([expect.stringContaining(message)]);
});

test('a connector needs no certificate of its own, and no authorities but those that Node knows', () => {
  expect(messagesOf(['sslProfile', { name: 'tls' }], ['connector', { sslProfile: 'tls' }])).toEqual([]);
  expect(messagesOf(['connector', { sslProfile: 'tls' }])).toEqual([
    "error: there is no sslProfile 'tls': none is configured",
  ]);
});

test('versions of TLS come in order, from 1.2 on when none is named', () => {
  expect(tlsVersions('').versions).toEqual(['TLSv1.2', 'TLSv1.3']);
  expect(tlsVersions(' TLSv1.3  TLSv1.1 ').versions).toEqual(['TLSv1.1', 'TLSv1.3']);
});
