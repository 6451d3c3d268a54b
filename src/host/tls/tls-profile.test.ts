import { mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LogSink } from '../../router/ports.ts';
import { makeSslProfile, type SslProfileEntity } from '../../schema/configuration.ts';
import { limits } from '../limits.ts';
import { TestAuthority } from '../testing/certificates.ts';
import { TlsProfile } from './tls-profile.ts';
import { TlsProfiles } from './tls-profiles.ts';

const authority = new TestAuthority();
let folder: string;
let lines: string[];
const log: LogSink = { enabled: () => true, write: (_module, _level, text) => void lines.push(text) };
const pathOf = (name: string) => join(folder, name);
const put = (name: string, text: string) => writeFile(pathOf(name), text);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-tls-'));
  lines = [];
  await put('ca.pem', authority.certificate);
  await putLeaf('first');
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

async function putLeaf(name: string, password?: string): Promise<void> {
  const leaf = authority.issue([['CN', name]], password === undefined ? {} : { password });
  await put('cert.pem', leaf.certificate);
  await put('key.pem', leaf.key);
}

const entity = (attributes: Partial<SslProfileEntity> = {}): SslProfileEntity =>
  makeSslProfile({
    name: 'tls',
    caCertFile: pathOf('ca.pem'),
    certFile: pathOf('cert.pem'),
    privateKeyFile: pathOf('key.pem'),
    ...attributes,
  });
const open = (attributes?: Partial<SslProfileEntity>) => TlsProfile.open(entity(attributes), log);
const subjectOf = (profile: TlsProfile) => profile.material.certificate?.subject;

test('the password of a key comes in all forms', async () => {
  await putLeaf('locked', 'hush');
  await put('password', 'hush\nmore');
  vi.stubEnv('WEFT_TEST_KEY_PASSWORD', 'hush');
  const forms = ['env: WEFT_TEST_KEY_PASSWORD', `file:${pathOf('password')}`, 'pass:hush', 'literal:hush', 'hush'];
  for (const password of forms) expect(subjectOf(await open({ password }))).toBe('CN=locked');
  expect(subjectOf(await open({ passwordFile: pathOf('password') }))).toBe('CN=locked');
  vi.unstubAllEnvs();
});

test.each<[string, () => Promise<unknown>, string, string]>([
  ['a missing file', () => unlink(pathOf('ca.pem')), 'WEFT_TLS_FILE_UNREADABLE', 'cannot read caCertFile'],
  ['no certificate', () => put('cert.pem', 'hello'), 'WEFT_TLS_FILE_INVALID', 'holds no certificate'],
  [
    'a damaged second authority',
    () => put('ca.pem', `${authority.certificate}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`),
    'WEFT_TLS_FILE_INVALID',
    'certificate 2 cannot be read',
  ],
  ['no key', () => put('key.pem', 'hello'), 'WEFT_TLS_FILE_INVALID', 'holds no private key'],
  [
    'the key of another certificate',
    () => put('key.pem', authority.issue([]).key),
    'WEFT_TLS_FILE_INVALID',
    'is not the key of the certificate',
  ],
  [
    'a key without its password',
    () => putLeaf('x', 'hush'),
    'WEFT_TLS_FILE_INVALID',
    'is encrypted, and the sslProfile',
  ],
])('%s is told', async (_, spoil, code, message) => {
  await spoil();
  await expect(open()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test.each<[Partial<SslProfileEntity>, string, string]>([
  [{ password: 'pass:wr0ng' }, 'WEFT_TLS_FILE_INVALID', 'cannot be decrypted'],
  [{ password: 'env:WEFT_TEST_UNSET' }, 'WEFT_PASSWORD_UNAVAILABLE', 'no password for sslProfile tls'],
])('with %j an encrypted key cannot be used, and no message holds the password', async (attributes, code, message) => {
  await putLeaf('locked', 'hush');
  const error = await open(attributes).catch((reason: Error) => reason);
  expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  expect(String(error)).not.toMatch(/wr0ng|hush/);
});

test('ciphers that OpenSSL does not know are told; those for TLS 1.2 leave TLS 1.3 alone', async () => {
  await expect(open({ ciphers: 'NOSUCH' })).rejects.toMatchObject({ code: 'WEFT_TLS_SETTINGS_INVALID' });
  const { options } = (await open({ ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).material;
  expect(options.ciphers).toMatch(/^TLS_AES_256_GCM_SHA384:.*:ECDHE-ECDSA-AES128-GCM-SHA256$/);
});

test('TLS 1.2 and 1.3 are used when nothing is said', async () => {
  expect((await open()).material.options).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' });
  expect((await open({ protocols: 'TLSv1.2' })).material.options.maxVersion).toBe('TLSv1.2');
});

test('display names are read; what is no map of names is told', async () => {
  await put('names.json', '{"US;x": "ann"}');
  const named = { uidFormat: 'cn', uidNameMappingFile: pathOf('names.json') };
  expect((await open(named)).material.displayNames.get('US;x')).toBe('ann');
  for (const text of ['[', '[]', '{"a": 1}', 'null']) {
    await put('names.json', text);
    await expect(open(named)).rejects.toMatchObject({ code: 'WEFT_TLS_FILE_INVALID' });
  }
});

test('changed files are read again; unchanged ones are not', async () => {
  const profile = await open();
  const { material } = profile;
  await profile.refresh();
  expect(profile.material).toBe(material);
  await putLeaf('second');
  await profile.refresh();
  expect(subjectOf(profile)).toBe('CN=second');
  expect(lines).toEqual(['sslProfile tls: its files have changed; new connections use them']);
});

test('files that cannot be used are told once, the former ones stay, and the next good ones are taken', async () => {
  const profile = await open();
  await put('cert.pem', authority.issue([['CN', 'second']]).certificate); // the key is still to come
  await profile.refresh();
  await profile.refresh();
  expect(subjectOf(profile)).toBe('CN=first');
  expect(lines).toEqual([expect.stringContaining('is not the key of the certificate')]);
  expect(lines[0]).toContain('what was read before stays in use');
  await putLeaf('third');
  await profile.refresh();
  expect(subjectOf(profile)).toBe('CN=third');
});

test('a link that is turned to another folder is a change', async () => {
  const profile = await open({ caCertFile: pathOf('link') }).catch(() => null);
  expect(profile).toBeNull();
  await symlink(pathOf('ca.pem'), pathOf('link'));
  const linked = await open({ caCertFile: pathOf('link') });
  await put('other.pem', new TestAuthority('Other').certificate);
  await symlink(pathOf('other.pem'), pathOf('next'));
  await rename(pathOf('next'), pathOf('link'));
  await linked.refresh();
  expect(linked.material.options.ca).not.toBe(authority.certificate);
  expect(lines).toHaveLength(1);
});

test('the files are looked at from time to time until the profiles are closed', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const profiles = await TlsProfiles.open([entity()], log);
  const profile = profiles.get('tls') as TlsProfile;
  await putLeaf('second');
  const refresh = vi.spyOn(profile, 'refresh');
  vi.advanceTimersByTime(limits.tlsFilesPollMs);
  await refresh.mock.results[0]?.value;
  expect(subjectOf(profile)).toBe('CN=second');
  profiles.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('profiles that take the place of others tell what those had not read', async () => {
  const former = await TlsProfiles.open([entity()], log);
  const same = await TlsProfiles.open([entity(), entity({ name: 'new' })], log);
  same.tellChangesSince(former);
  expect(lines).toEqual([]);
  await putLeaf('second');
  const changed = await TlsProfiles.open([entity()], log);
  changed.tellChangesSince(former);
  expect(lines).toEqual(['sslProfile tls: its files have changed; new connections use them']);
  for (const one of [former, same, changed]) one.close();
});

test('no profile is asked for by the empty name, and every other must be there', async () => {
  const profiles = await TlsProfiles.open([], log);
  expect(profiles.get('')).toBeNull();
  expect(() => profiles.get('nosuch')).toThrow('no sslProfile nosuch');
});
