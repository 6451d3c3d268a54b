import { expect, test } from 'vitest';
import { normaliseHosts } from './hosts.ts';
import { checkMeshName, makeIdentity, spiffeId } from './identity.ts';

test('a router goes by its id, an application by team and name', () => {
  expect(spiffeId('two-clouds', makeIdentity('router', 'aws-1.A_b'))).toBe('spiffe://two-clouds/router/aws-1.A_b');
  expect(spiffeId('two-clouds', makeIdentity('app', 'payments/ledger'))).toBe(
    'spiffe://two-clouds/app/payments/ledger',
  );
});

test.each(['', 'a b', '../x', '..', '.', 'a/b', '-a', 'a;b', 'a,CN=b', 'a\nb', 'ä', '%2e', 'a\0', 'x'.repeat(65)])(
  '%j is no router',
  (name) => {
    expect(() => makeIdentity('router', name)).toThrow(expect.objectContaining({ code: 'WEFT_PKI_NAME_INVALID' }));
  },
);

test.each([
  'app',
  '/app',
  'team/',
  'team//app',
  'team/app/x',
  '../app',
  'team/..',
  'te am/app',
  `${'t'.repeat(60)}/apps`,
])('%j is no application', (name) => {
  expect(() => makeIdentity('app', name)).toThrow(expect.objectContaining({ code: 'WEFT_PKI_NAME_INVALID' }));
});

test.each(['', 'Two-Clouds', 'two clouds', 'a/b', '.a', 'x'.repeat(64)])('%j is no mesh', (name) => {
  expect(() => checkMeshName(name)).toThrow(expect.objectContaining({ code: 'WEFT_PKI_NAME_INVALID' }));
});

test('hosts come in one form, each once', () => {
  const hosts = [
    'B.example.org.',
    '10.0.0.7',
    '0:0:0:0:0:0:0:1',
    '::1',
    'b.example.org',
    'localhost',
    'xn--mnchen-3ya.de',
  ];
  expect(normaliseHosts(hosts)).toEqual(['10.0.0.7', '::1', 'b.example.org', 'localhost', 'xn--mnchen-3ya.de']);
});

test.each([
  ['', ''],
  ['a_b', ''],
  ['-a.example.org', ''],
  ['a..b', ''],
  ['10.0.0.256', ''],
  ['10.0.0', ''],
  ['fe80::1%eth0', ''],
  ['x'.repeat(64), ''],
  [`${'x.'.repeat(127)}x`, ''],
  ['a.example.org, DNS:b', ''],
  ['[::1]', 'without brackets'],
  ['[::1]:5671', 'without brackets'],
  ['router:5671', 'without its port'],
  ['*.example.org', 'not for a pattern'],
  ['münchen.de', 'xn--'],
])('%j is no host', (host, hint) => {
  expect(() => normaliseHosts([host])).toThrow(
    expect.objectContaining({ code: 'WEFT_PKI_HOST_INVALID', message: expect.stringContaining(hint) }),
  );
});

test('a certificate takes a hundred hosts and no more', () => {
  const hosts = Array.from({ length: 101 }, (_, index) => `h${index}`);
  expect(normaliseHosts(hosts.slice(1))).toHaveLength(100);
  expect(() => normaliseHosts(hosts)).toThrow('101 hosts');
});
