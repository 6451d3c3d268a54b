import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withLock } from './lock.ts';

/** Removing a file takes so long here that everybody else has looked at it meanwhile. */
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const slow: typeof real.unlink = async (path) => {
    for (let turns = 0; turns < 50; turns += 1) await turn();
    return real.unlink(path);
  };
  return { ...real, unlink: slow };
});

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-lock-'));
  lock = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

const busy = () => expect.objectContaining({ code: 'WEFT_PKI_BUSY', remedy: expect.stringContaining(`rm ${lock}`) });
const dead = `999999999 ${hostname()}\n`;

test('it is there while the work is done, and gone after it, also when the work fails', async () => {
  expect(await withLock(lock, () => readFile(lock, 'utf8'))).toBe(`${process.pid} ${hostname()}\n`);
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(access(lock)).rejects.toThrow('ENOENT');
});

test.each([
  ['a living process', `${process.pid} ${hostname()}\n`],
  ['a process of another machine', '999999999 elsewhere\n'],
  ['nobody that can be told', 'x'],
  ['a process that has not written its name yet', ''],
])('the lock of %s is respected, and stays', async (_, text) => {
  await writeFile(lock, text);
  await expect(withLock(lock, async () => undefined)).rejects.toEqual(busy());
  expect(await readFile(lock, 'utf8')).toBe(text);
});

test('of many that find the lock of a dead process one takes it over', async () => {
  await writeFile(lock, dead);
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    for (let turns = 0; turns < 50; turns += 1) await turn();
    inside -= 1;
  };
  const ends = await Promise.allSettled(Array.from({ length: 20 }, () => withLock(lock, work)));
  expect(most).toBe(1);
  expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true);
  await withLock(lock, work); // nothing is left behind
});
