// Files that nobody else may read (0600, in folders of 0700), replaced as a whole: a new file beside it, then a rename, so that
// whoever reads at any moment sees the old content or the new one. What cannot be told from a person's own file is not touched.
import type { Stats } from 'node:fs';
import { lstat, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, PkiError, systemCode } from './errors.ts';
import { limits } from './limits.ts';

/** The name of a file while it is written; what bears it is always of our making. */
export const unfinished = (path: string): string => `${path}.weft-new`;

/** The text of a file; null when there is none. Throws WEFT_PKI_UNREADABLE, or WEFT_PKI_FOREIGN_FILE for a link or folder. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    const stats = await lstat(path);
    if (!stats.isFile()) throw foreign({ path, what: 'is not a plain file' });
    if (stats.size > limits.fileBytesMax) throw foreign({ path, what: `is larger than ${limits.fileBytesMax} bytes` });
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    if (error instanceof PkiError) throw error;
    throw new PkiError(
      'WEFT_PKI_UNREADABLE',
      `cannot read ${path}: ${describe(error)}`,
      'Give the folder of certificates with --dir, and run the command as the user whose files these are.',
      error,
    );
  }
}

/** Whether others of this machine may read or change a file. False when it is not there. */
export async function isExposed(path: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const stats = await statsOf(path);
  return stats !== null && (stats.mode & 0o077) !== 0;
}

/** Writes beside the place where the file is to be; {@link finish} puts it there. */
export async function prepare(path: string, text: string): Promise<void> {
  await orUnwritable(path, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await unlink(unfinished(path)).catch(ignoreAbsence); // what a crash left
    const owner = await statsOf(path);
    const handle = await open(unfinished(path), 'wx', 0o600);
    try {
      // Run by root for a router that is not root, the file must stay that router's.
      if (owner !== null && process.getuid?.() === 0) await handle.chown(owner.uid, owner.gid);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

export async function finish(path: string): Promise<void> {
  await orUnwritable(path, () => rename(unfinished(path), path));
}

/** Replaces one file. Throws WEFT_PKI_UNWRITABLE. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await prepare(path, text);
  await finish(path);
}

export async function removeIfThere(path: string): Promise<void> {
  await orUnwritable(path, () => unlink(path).catch(ignoreAbsence));
}

/** Throws WEFT_PKI_UNWRITABLE for what `write` throws. */
export async function orUnwritable<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw new PkiError(
      'WEFT_PKI_UNWRITABLE',
      `cannot write ${path}: ${describe(error)}`,
      'Its folder must be writable: files are replaced as a whole. Then run the same command again.',
      error,
    );
  }
}

export interface ForeignFile {
  readonly path: string;
  /** `is …`, `has …` */
  readonly what: string;
}

/** WEFT_PKI_FOREIGN_FILE for files that stand where ours should. */
export function foreign(...files: readonly ForeignFile[]): PkiError {
  const list = files.map(({ path, what }) => `${path} ${what}`).join('\n');
  return new PkiError(
    'WEFT_PKI_FOREIGN_FILE',
    `${list}\nThis is not of this command's making, and was not touched`,
    'Move it away, or use another folder (--dir).',
  );
}

async function statsOf(path: string): Promise<Stats | null> {
  return lstat(path).catch(ignoreAbsence);
}

function ignoreAbsence(error: unknown): null {
  if (systemCode(error) === 'ENOENT') return null;
  throw error;
}
