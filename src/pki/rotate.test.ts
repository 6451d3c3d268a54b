import { X509Certificate } from 'node:crypto';
import { access, rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { initPki } from './init.ts';
import { issueAll } from './issue.ts';
import { issueByNext, retireFormer, trustNext } from './rotate.ts';
import { readStatus } from './status.ts';
import { daysLater, start, testFolder } from './testing/folder.ts';

const folder = testFolder();
const { read, path } = folder;
const code = (text: string) => expect.objectContaining({ code: `WEFT_PKI_${text}` });
const status = () => readStatus(folder.dir, { now: daysLater(1) });
const issuersOf = async () => (await status()).certificates.map(({ issuer }) => issuer);
const bundle = async () =>
  [...(await read('ca.pem')).matchAll(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----/g)].map(
    ([text]) => new X509Certificate(text).subject,
  );
const one = 'O=m\nCN=authority 1';
const two = 'O=m\nCN=authority 2';

async function begin(): Promise<void> {
  await initPki(folder.dir, { mesh: 'm', now: start });
  await issueAll(
    folder.dir,
    [
      { kind: 'router', name: 'r1', hosts: ['localhost'] },
      { kind: 'app', name: 't/a' },
    ],
    { now: start },
  );
}

test('an authority is trusted first, then signs, and only then the former one goes', async () => {
  await begin();
  expect(await trustNext(folder.dir, daysLater(1))).toEqual({ isChange: true, from: 1, to: 2 });
  expect([await bundle(), await issuersOf()]).toEqual([
    [one, two],
    [1, 1],
  ]);
  expect((await status()).rotation).toEqual({ step: 'trusted', from: 1, to: 2, remaining: 2, renewedAt: null });
  expect(await issueByNext(folder.dir, daysLater(1))).toMatchObject({
    isChange: true,
    from: 1,
    to: 2,
    issued: [{ name: 'r1', hosts: ['localhost'] }, { name: 't/a' }],
  });
  expect([await bundle(), await issuersOf()]).toEqual([
    [one, two],
    [2, 2],
  ]);
  expect((await status()).rotation).toEqual({
    step: 'issued',
    from: 1,
    to: 2,
    remaining: 0,
    renewedAt: daysLater(1).toISOString(),
  });
  expect(await retireFormer(folder.dir, daysLater(1))).toEqual({ isChange: true, from: 1, to: 2 });
  expect([await bundle(), await issuersOf()]).toEqual([[two], [2, 2]]);
  expect(await status()).toMatchObject({ rotation: null, isWell: true });
  await expect(access(path('ca/1/key.pem'))).rejects.toThrow('ENOENT');
});

test('each step may be run again, and changes nothing then', async () => {
  await begin();
  for (const step of [trustNext, issueByNext, retireFormer]) {
    expect(await step(folder.dir, daysLater(1))).toMatchObject({ isChange: true });
    const before = await Promise.all(['ca.pem', 'ca/state.json', 'routers/r1/cert.pem'].map(read));
    expect(await step(folder.dir, daysLater(1))).toMatchObject({ isChange: false, from: 1, to: 2 });
    expect(await Promise.all(['ca.pem', 'ca/state.json', 'routers/r1/cert.pem'].map(read))).toEqual(before);
  }
});

test('between the steps certificates are still issued, by the authority whose turn it is', async () => {
  await begin();
  await trustNext(folder.dir, daysLater(1));
  await issueAll(folder.dir, [{ kind: 'app', name: 't/b' }], { now: daysLater(1) });
  expect(await issuersOf()).toEqual([1, 1, 1]);
  await issueByNext(folder.dir, daysLater(1));
  await issueAll(folder.dir, [{ kind: 'app', name: 't/c' }], { now: daysLater(1) });
  expect(await issuersOf()).toEqual([2, 2, 2, 2]);
});

test('steps out of turn are refused', async () => {
  await begin();
  await expect(issueByNext(folder.dir)).rejects.toEqual(code('NO_ROTATION'));
  await expect(retireFormer(folder.dir)).rejects.toEqual(code('NO_ROTATION'));
  await trustNext(folder.dir, daysLater(1));
  await expect(retireFormer(folder.dir)).rejects.toEqual(code('NO_ROTATION'));
});

test('an authority with certificates in use is not retired', async () => {
  await begin();
  const [cert, key] = [await read('apps/t/a/cert.pem'), await read('apps/t/a/key.pem')];
  await trustNext(folder.dir, daysLater(1));
  await issueByNext(folder.dir, daysLater(1));
  await writeFile(path('apps/t/a/cert.pem'), cert); // of a backup
  await writeFile(path('apps/t/a/key.pem'), key);
  await expect(retireFormer(folder.dir)).rejects.toThrow(
    'authority 1 cannot be retired: certificates of it are in use by app t/a',
  );
  expect((await status()).rotation).toMatchObject({ step: 'issuing', remaining: 1 });
  await issueByNext(folder.dir, daysLater(1));
  await retireFormer(folder.dir, daysLater(1));
  await writeFile(path('apps/t/a/cert.pem'), cert);
  await writeFile(path('apps/t/a/key.pem'), key);
  expect((await status()).certificates).toMatchObject([{ fault: null }, { fault: 'its authority is retired' }]);
  expect((await status()).isWell).toBe(false);
});

test('an authority whose key is lost, or that is expired, is replaced all the same', async () => {
  await begin();
  await rm(path('ca/1/key.pem'));
  const later = daysLater(800);
  for (const step of [trustNext, issueByNext, retireFormer]) await step(folder.dir, later);
  expect(await readStatus(folder.dir, { now: later })).toMatchObject({
    isWell: true,
    certificates: [{ issuer: 2 }, { issuer: 2 }],
  });
});

test('one rotation follows the other', async () => {
  await begin();
  for (let round = 0; round < 2; round += 1) {
    for (const step of [trustNext, issueByNext, retireFormer]) await step(folder.dir, daysLater(1));
  }
  expect((await status()).authorities.map(({ role }) => role)).toEqual(['retired', 'retired', 'issuing']);
});
