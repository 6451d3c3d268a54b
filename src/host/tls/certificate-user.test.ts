import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Subject, TestAuthority } from '../testing/certificates.ts';
import { certificateUser } from './certificate-user.ts';

const authority = new TestAuthority();
const client: Subject = [
  ['CN', '127.0.0.1'],
  ['O', 'Client'],
  ['OU', 'Dev'],
  ['L', 'Raleigh'],
  ['ST', 'NC'],
  ['C', 'US'],
];

const certificateOf = (subject: Subject) => new X509Certificate(authority.issue(subject).certificate);
const userOf = (subject: Subject, uidFormat: string, names: Record<string, string> = {}) =>
  certificateUser(certificateOf(subject), uidFormat, new Map(Object.entries(names)));

test('without uidFormat it is the subject, the last field of the certificate first', () => {
  expect(userOf(client, '')).toBe('C=US,ST=NC,L=Raleigh,OU=Dev,O=Client,CN=127.0.0.1');
});

test('what has a meaning in a subject is escaped, and so is what is not ASCII', () => {
  const subject: Subject = [
    ['O', 'a,b + c\nCN=root'],
    ['CN', 'Jürgen'],
  ];
  expect(userOf(subject, '')).toBe('CN=J\\C3\\BCrgen,O=a\\,b \\+ c\\0ACN=root');
});

test('fields and fingerprints are joined in the order of uidFormat', () => {
  const certificate = certificateOf(client);
  const digest = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  const user = certificateUser(certificate, 'cnous2', new Map());
  expect(user).toBe(`US;127.0.0.1;Client;Dev;NC;${digest}`);
  expect(certificateUser(certificate, '1', new Map())).toMatch(/^[0-9a-f]{40}$/);
  expect(certificateUser(certificate, '5', new Map())).toMatch(/^[0-9a-f]{128}$/);
});

test('fields that the certificate does not have are left out; of several of a kind the first counts', () => {
  const subject: Subject = [
    ['OU', 'first'],
    ['OU', 'second'],
    ['CN', 'ann'],
  ];
  expect(userOf(subject, 'ncu')).toBe('ann;first');
  expect(userOf([['CN', 'ann']], 'co')).toBe('CN=ann');
});

test('a field that would pass for two makes no id', () => {
  const subject: Subject = [
    ['CN', 'ann;Bank'],
    ['O', 'Thieves'],
  ];
  expect(userOf(subject, 'no')).toBe('O=Thieves,CN=ann;Bank'.replace(';', '\\;'));
});

test('a display name takes the place of the id that it is for', () => {
  const names = { 'US;127.0.0.1': 'ann' };
  expect(userOf(client, 'cn', names)).toBe('ann');
  expect(userOf(client, 'c', names)).toBe('US');
});

test('a certificate without a subject names nobody', () => {
  expect(userOf([], '')).toBe('');
  expect(userOf([], 'n')).toBe('');
});
