// The process dies at any of its writes: then nobody is locked out, and the same command brings it to its end.
import { X509Certificate } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { fits } from './authorities.ts';
import { lockFile } from './change.ts';
import { initPki } from './init.ts';
import { issueAll, type Wanted } from './issue.ts';
import { issueByNext, retireFormer, trustNext } from './rotate.ts';
import { readState, trustedOf } from './state.ts';
import { readStatus } from './status.ts';
import { daysLater, start, testFolder } from './testing/folder.ts';

const dying = vi.hoisted(() => ({ writesLeft: Number.POSITIVE_INFINITY }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  /** From the fatal write on nothing is written any more, as by a process that is dead. */
  const mortal =
    <Words extends unknown[], Answer>(write: (...words: Words) => Promise<Answer>) =>
    async (...words: Words): Promise<Answer> => {
      if (dying.writesLeft <= 0) throw new Error('died');
      dying.writesLeft -= 1;
      return write(...words);
    };
  /** The disk itself does not fail here, and is slow. */
  const openUnsynced: typeof real.open = async (...words) => {
    const handle = await real.open(...words);
    handle.sync = async () => undefined;
    return handle;
  };
  return {
    ...real,
    rename: mortal(real.rename),
    unlink: mortal(real.unlink),
    open: mortal(openUnsynced),
    mkdir: mortal(real.mkdir),
  };
});

const folder = testFolder();
const { path } = folder;
const leaves: Wanted[] = [
  { kind: 'router', name: 'r1', hosts: ['localhost'] },
  { kind: 'router', name: 'r2' },
];

/** A dead process leaves its lock; one of this process would be alive. */
async function leaveDeadLock(dir: string): Promise<void> {
  const text = await readFile(lockFile(dir), 'utf8').catch(() => null);
  if (text !== null) await writeFile(lockFile(dir), text.replace(/^\d+/, '999999999'));
}

/**
 * What the state calls trusted is in ca.pem: whoever goes on from there may rely on it. Every certificate that could be shown is
 * of an authority in ca.pem, and has its key or is about to have it.
 */
async function checkUsableIn(dir: string): Promise<void> {
  const read = (name: string) => readFile(join(dir, name), 'utf8');
  const blocks = (await read('ca.pem')).match(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----/g) ?? [];
  const trusted = blocks.map((block) => new X509Certificate(block));
  const names = trusted.map(({ subject }) => subject);
  const told = trustedOf((await readState(dir)).authorities).map(({ number }) => `O=m\nCN=authority ${number}`);
  expect(told.filter((name) => !names.includes(name))).toEqual([]);
  for (const { name } of leaves) {
    const files = ['cert.pem', 'cert.pem.weft-new'].map((file) => `routers/${name}/${file}`);
    const texts = (await Promise.all(files.map((file) => read(file).catch(() => null)))).filter(
      (text) => text !== null,
    );
    const key = await read(`routers/${name}/key.pem`);
    expect(
      texts.some((text) => fits(text, key)),
      `${dir}: key of ${name}`,
    ).toBe(true);
    for (const text of texts) expect(trusted.some((one) => new X509Certificate(text).verify(one.publicKey))).toBe(true);
  }
}

const now = daysLater(1);
test.each<[string, (dir: string) => Promise<unknown>]>([
  ['issue', (dir) => issueAll(dir, leaves, { now: daysLater(25) })],
  ['trust', (dir) => trustNext(dir, now)],
  ['issue by the next', (dir) => issueByNext(dir, now)],
  ['retire', (dir) => retireFormer(dir, now)],
])('%s', async (name, step) => {
  await initPki(folder.dir, { mesh: 'm', now: start });
  await issueAll(folder.dir, leaves, { now: start });
  if (name.startsWith('issue by') || name === 'retire') await trustNext(folder.dir, now);
  if (name === 'retire') await issueByNext(folder.dir, now);
  let deaths = 0;
  for (; ; deaths += 1) {
    const dir = path(`../run-${deaths}`);
    await cp(folder.dir, dir, { recursive: true });
    dying.writesLeft = deaths;
    const death = await step(dir).then(
      () => null,
      (error: unknown) => error,
    );
    dying.writesLeft = Number.POSITIVE_INFINITY;
    if (death === null) break;
    expect(String(death)).toContain('died');
    await leaveDeadLock(dir);
    await checkUsableIn(dir);
    await step(dir);
    await checkUsableIn(dir);
    expect(await readStatus(dir, { now: daysLater(name === 'issue' ? 25 : 1), warnDays: 0 })).toMatchObject({
      isWell: true,
    });
  }
  expect(deaths).toBeGreaterThan(3);
});

test('init', async () => {
  let deaths = 0;
  for (; ; deaths += 1) {
    const dir = path(`../run-${deaths}`);
    dying.writesLeft = deaths;
    const death = await initPki(dir, { mesh: 'm', now: start }).then(
      () => null,
      (error: unknown) => error,
    );
    dying.writesLeft = Number.POSITIVE_INFINITY;
    if (death === null) break;
    await leaveDeadLock(dir).catch(() => undefined);
    const isMade = await readStatus(dir).then(
      () => true,
      () => false,
    );
    if (!isMade) await initPki(dir, { mesh: 'm', now: start });
    else await issueAll(dir, [], { now: start });
    expect(await readStatus(dir, { now: start })).toMatchObject({ isWell: true, authorities: [{ number: 1 }] });
  }
  expect(deaths).toBeGreaterThan(5);
});
