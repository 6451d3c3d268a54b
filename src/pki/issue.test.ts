import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ensurePki, initPki } from './init.ts';
import { type IssueOptions, issueAll, type Wanted } from './issue.ts';
import { issueDue } from './renew.ts';
import { readStatus } from './status.ts';
import { daysLater, start, testFolder } from './testing/folder.ts';

const folder = testFolder();
const { read, path } = folder;
const init = () => initPki(folder.dir, { mesh: 'm', now: start });
const issue = (list: readonly Wanted[], options: IssueOptions = {}) =>
  issueAll(folder.dir, list, { now: start, ...options });
const router: Wanted = { kind: 'router', name: 'r1', hosts: ['r1.example.org', '10.0.0.7', '::1'] };
const app: Wanted = { kind: 'app', name: 'team/app' };
const certificate = async (name: string) => new X509Certificate(await read(`${name}/cert.pem`));
const code = (text: string) => expect.objectContaining({ code: `WEFT_PKI_${text}` });

test('all files are for their owner only', async () => {
  await init();
  await issue([router, app]);
  expect(await folder.list()).toEqual([
    '0700 apps/',
    '0700 apps/team/',
    '0700 apps/team/app/',
    '0600 apps/team/app/cert.pem',
    '0600 apps/team/app/key.pem',
    '0600 ca.pem',
    '0700 ca/',
    '0700 ca/1/',
    '0600 ca/1/cert.pem',
    '0600 ca/1/key.pem',
    '0600 ca/state.json',
    '0700 routers/',
    '0700 routers/r1/',
    '0600 routers/r1/cert.pem',
    '0600 routers/r1/key.pem',
  ]);
});

test('a certificate says who it is for, and what for', async () => {
  await init();
  await issue([router, app]);
  const [authority, ofRouter, ofApp] = [
    await certificate('ca/1'),
    await certificate('routers/r1'),
    await certificate('apps/team/app'),
  ];
  expect(authority).toMatchObject({ subject: 'O=m\nCN=authority 1', ca: true });
  expect(authority.validTo).toBe('Feb 29 12:00:00 2028 GMT');
  expect(ofRouter).toMatchObject({
    subject: 'O=m\nOU=routers\nCN=r1',
    issuer: 'O=m\nCN=authority 1',
    subjectAltName: 'URI:spiffe://m/router/r1, IP Address:10.0.0.7, IP Address:0:0:0:0:0:0:0:1, DNS:r1.example.org',
    keyUsage: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
    validFrom: 'Mar  1 11:55:00 2026 GMT',
    validTo: 'Mar 31 12:00:00 2026 GMT',
    ca: false,
  });
  expect(ofRouter.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  expect(ofApp).toMatchObject({
    subject: 'O=m\nOU=applications\nCN=team/app',
    subjectAltName: 'URI:spiffe://m/app/team/app',
    keyUsage: ['1.3.6.1.5.5.7.3.2'],
  });
  expect(ofApp.serialNumber).not.toBe(ofRouter.serialNumber);
});

test('what is good is kept; hosts, and those of the certificate where none are given, decide too', async () => {
  await init();
  await issue([router, app]);
  const before = await read('routers/r1/key.pem');
  const outcomes = async (list: Wanted[], options: IssueOptions = {}) =>
    (await issue(list, options)).map(({ outcome, reason }) => [outcome, reason]);
  expect(await outcomes([router, app])).toEqual([
    ['kept', ''],
    ['kept', ''],
  ]);
  expect(await outcomes([{ kind: 'router', name: 'r1' }])).toEqual([['kept', '']]);
  expect(await read('routers/r1/key.pem')).toBe(before);
  expect(await outcomes([{ ...router, hosts: ['r1'] }])).toEqual([['renewed', 'its hosts have changed']]);
  expect(await read('routers/r1/key.pem')).not.toBe(before);
  expect(await outcomes([app], { renew: true })).toEqual([['renewed', 'a new one was asked for']]);
});

test('what is due is renewed, with its hosts', async () => {
  await init();
  await issue([router]);
  await issue([app], { days: 90 });
  const due = async (days: number) =>
    (await issueDue(folder.dir, { now: daysLater(days) })).map(
      ({ name, outcome, reason }) => `${name} ${outcome} ${reason}`,
    );
  expect(await due(19)).toEqual(['r1 kept ', 'team/app kept ']);
  expect(await due(21)).toEqual(['r1 renewed it was in the last third of its time', 'team/app kept ']);
  expect((await certificate('routers/r1')).subjectAltName).toContain('DNS:r1.example.org');
  expect(await due(95)).toEqual(['r1 renewed it was expired', 'team/app renewed it was expired']);
});

test('what is due is renewed although something beside it is not ours; an empty folder gets nothing', async () => {
  await init();
  await issue([router, app]);
  await writeFile(path('routers/r1/cert.pem'), 'mine');
  await mkdir(path('routers/no name'));
  const issued = await issueDue(folder.dir, { now: daysLater(25) });
  expect(issued.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['team/app', 'renewed'],
    ['r1', 'left'],
  ]);
  expect(issued[1]?.reason).toBe(`${path('routers/r1/cert.pem')} is no certificate of this mesh for this name`);
  expect(await read('routers/r1/cert.pem')).toBe('mine');
  expect((await folder.list()).filter((line) => line.includes('no name/'))).toEqual([
    expect.stringMatching(/no name\/$/),
  ]);
});

test('no certificate outlives its authority, and an expired authority signs nothing', async () => {
  await initPki(folder.dir, { mesh: 'm', authorityDays: 40, now: start });
  await issue([app], { now: daysLater(20) });
  expect((await certificate('apps/team/app')).validTo).toBe((await certificate('ca/1')).validTo);
  await expect(issue([app], { now: daysLater(41) })).rejects.toEqual(code('AUTHORITY_EXPIRED'));
});

test.each<[string, Wanted[], string]>([
  ['a name that is none', [app, { kind: 'router', name: 'a b' }], 'NAME_INVALID'],
  ['a host that is none', [app, { ...router, hosts: ['r1:5671'] }], 'HOST_INVALID'],
  ['an application with hosts', [{ ...app, hosts: ['a'] }], 'HOST_INVALID'],
  ['one twice', [app, router, router], 'NAME_INVALID'],
  ['two that share their files where case does not count', [router, { kind: 'router', name: 'R1' }], 'NAME_INVALID'],
])('%s: nothing is written', async (_, list, error) => {
  await init();
  const before = await folder.list();
  await expect(issue(list)).rejects.toEqual(code(error));
  expect(await folder.list()).toEqual(before);
});

test('a team and another one that differ in case only are told apart from none', async () => {
  await init();
  await issue([app]);
  await expect(issue([{ kind: 'app', name: 'Team/App' }])).rejects.toThrow(
    'differs from team/app in upper and lower case only',
  );
});

test.each([
  [
    'a certificate of somebody else',
    async () => writeFile(path('routers/r1/cert.pem'), await read('apps/team/app/cert.pem')),
  ],
  ['a text', () => writeFile(path('routers/r1/cert.pem'), 'mine')],
  ['a key of somebody else', async () => writeFile(path('routers/r1/key.pem'), await read('apps/team/app/key.pem'))],
  ['a key alone', () => rm(path('routers/r1/cert.pem'))],
  [
    'a link',
    async () => {
      await rm(path('routers/r1/cert.pem'));
      await symlink(path('apps/team/app/cert.pem'), path('routers/r1/cert.pem'));
    },
  ],
])('%s where ours should be is not touched, and no other certificate either', async (_, spoil) => {
  await init();
  await issue([router, app]);
  await spoil();
  const [cert, key, other] = [
    await read('routers/r1/cert.pem').catch(() => ''),
    await read('routers/r1/key.pem'),
    await read('apps/team/app/key.pem'),
  ];
  await expect(issue([app, router], { renew: true })).rejects.toEqual(code('FOREIGN_FILE'));
  expect([
    await read('routers/r1/cert.pem').catch(() => ''),
    await read('routers/r1/key.pem'),
    await read('apps/team/app/key.pem'),
  ]).toEqual([cert, key, other]);
});

test('a key that is lost, or that others could read, is a reason to renew', async () => {
  await init();
  await issue([router, app]);
  await rm(path('routers/r1/key.pem'));
  await chmod(path('apps/team/app/key.pem'), 0o644);
  expect((await readStatus(folder.dir, { now: start })).certificates.map(({ fault }) => fault)).toEqual([
    'key missing',
    'key open to others',
  ]);
  expect((await issueDue(folder.dir, { now: start })).map(({ reason }) => reason)).toEqual([
    'key missing',
    'key open to others',
  ]);
  expect(await readStatus(folder.dir, { now: start })).toMatchObject({ isWell: true });
});

test.each<[string, () => Promise<unknown>, string]>([
  ['that others can read', () => chmod(path('ca/1/key.pem'), 0o640), 'KEY_EXPOSED'],
  ['that is not there', () => rm(path('ca/1/key.pem')), 'AUTHORITY_DAMAGED'],
  ['that is none', () => writeFile(path('ca/1/key.pem'), 'x'), 'AUTHORITY_DAMAGED'],
  [
    'of another certificate',
    async () => writeFile(path('ca/1/key.pem'), await read('apps/team/app/key.pem')),
    'AUTHORITY_DAMAGED',
  ],
])('with a key of the authority %s nothing is signed; what is good is kept', async (_, spoil, error) => {
  await init();
  await issue([app]);
  await spoil();
  await expect(issue([router])).rejects.toEqual(code(error));
  expect(await issue([app])).toMatchObject([{ outcome: 'kept' }]);
});

test('no error holds a key', async () => {
  await init();
  await issue([app]);
  const key = await read('apps/team/app/key.pem');
  await writeFile(path('ca/1/key.pem'), key);
  const error = await issue([router]).catch((thrown: Error) => thrown);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(key.split('\n')[1]);
});

test('authorities of a person in ca.pem are not lost', async () => {
  await init();
  const foreigner = `${await read('ca.pem')}${(await read('ca.pem')).replace('MII', 'MIJ')}`;
  await writeFile(path('ca.pem'), foreigner);
  expect(await readStatus(folder.dir, { now: start })).toMatchObject({
    isWell: false,
    bundleFault: expect.stringContaining('not the list'),
  });
  await expect(issue([app])).rejects.toEqual(code('FOREIGN_FILE'));
  expect(await read('ca.pem')).toBe(foreigner);
});

test('a ca.pem that is lost comes back', async () => {
  await init();
  const bundle = await read('ca.pem');
  await rm(path('ca.pem'));
  await issue([app]);
  expect(await read('ca.pem')).toBe(bundle);
});

test('init makes one authority, and touches nothing that is there', async () => {
  await expect(issue([app])).rejects.toEqual(code('ABSENT'));
  await mkdir(path('ca'), { recursive: true });
  await writeFile(path('ca/openssl.cnf'), 'mine');
  await expect(init()).rejects.toEqual(code('FOREIGN_FILE'));
  await rm(path('ca/openssl.cnf'));
  await writeFile(path('ca.pem'), 'mine');
  await expect(init()).rejects.toEqual(code('FOREIGN_FILE'));
  expect(await read('ca.pem')).toBe('mine');
  await rm(path('ca.pem'));
  await init();
  const bundle = await read('ca.pem');
  await expect(init()).rejects.toEqual(code('EXISTS'));
  expect(await read('ca.pem')).toBe(bundle);
});

test('whoever starts a mesh takes the authority that is there, of the same mesh only', async () => {
  const made = await ensurePki(folder.dir, { mesh: 'm', now: start });
  expect((await ensurePki(folder.dir, { mesh: 'm', now: start })).authorities[0]?.text).toBe(made.authorities[0]?.text);
  await expect(ensurePki(folder.dir, { mesh: 'other', now: start })).rejects.toEqual(code('EXISTS'));
});

test.each([
  ['', 'no JSON'],
  ['[]', 'no JSON object'],
  ['{"format": 2}', 'format 2'],
  ['{"format": 1, "leafDays": 1}', 'mesh'],
  ['{"format": 1, "mesh": "m", "leafDays": 0}', 'days'],
  ['{"format": 1, "mesh": "m", "leafDays": 1, "authorityDays": 1, "authorities": [{}]}', 'list of authorities'],
  [
    '{"format": 1, "mesh": "m", "leafDays": 1, "authorityDays": 1, "authorities": [{"number": 1, "role": "next", "since": "2026-01-01"}]}',
    'issuing',
  ],
])('a state file of %j is refused', async (text, message) => {
  await init();
  await writeFile(path('ca/state.json'), text);
  const error = expect.objectContaining({ code: 'WEFT_PKI_STATE_INVALID', message: expect.stringContaining(message) });
  await expect(issue([app])).rejects.toEqual(error);
  await expect(readStatus(folder.dir)).rejects.toEqual(error);
});

test('one change at a time; the lock of a dead process is taken over', async () => {
  await init();
  await writeFile(path('ca/lock'), `${process.pid} elsewhere\n`);
  await expect(issue([app])).rejects.toEqual(code('BUSY'));
  await rm(path('ca/lock'));
  const both = await Promise.allSettled([issue([app]), issue([router])]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});
