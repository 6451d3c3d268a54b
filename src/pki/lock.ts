// One change at a time. The lock is a file that names its process, so that one which a dead process left is taken over: what
// was begun can be finished at once, by the same command.
import { open, readFile, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { describe, PkiError, systemCode } from './errors.ts';

/** Runs `work` while nobody else holds the lock. The folder of `path` exists. Throws WEFT_PKI_BUSY, WEFT_PKI_UNWRITABLE. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${hostname()}\n`;
  if (!(await create(path, mine))) await takeOver(path, mine);
  try {
    return await work();
  } finally {
    await unlink(path).catch(() => undefined); // what happened in `work` matters more
  }
}

/** False when the file is there already. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx', 0o600);
    await handle.writeFile(text).finally(() => handle.close());
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw new PkiError(
      'WEFT_PKI_UNWRITABLE',
      `cannot write ${path}: ${describe(error)}`,
      'Make its folder writable.',
      error,
    );
  }
}

/** Only one process at a time may judge a lock dead, or it would remove the living one of whoever was faster. */
async function takeOver(path: string, mine: string): Promise<void> {
  const judging = `${path}.judge`;
  if (!(await create(judging, mine))) throw busy(judging);
  try {
    const holder = await readFile(path, 'utf8').catch(() => '');
    if (holder !== '' && isAlive(holder)) throw busy(path);
    if (holder !== '') await unlink(path);
    if (!(await create(path, mine))) throw busy(path);
  } finally {
    await unlink(judging).catch(() => undefined);
  }
}

/** A process of another machine counts as alive, and so does whatever cannot be read. */
function isAlive(holder: string): boolean {
  const match = /^(\d+) (.+)\n$/.exec(holder);
  if (match === null || match[2] !== hostname()) return true;
  try {
    process.kill(Number(match[1]), 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

function busy(path: string): PkiError {
  return new PkiError(
    'WEFT_PKI_BUSY',
    `another change is under way (${path})`,
    `Try again when it is over. If none is, remove what it left: rm ${path}`,
  );
}
