// The users file on disk: read only when nobody else can read it, changed only as a whole (a new file beside it, mode
// 0600, then a rename), so that a router which reads it at any moment sees the old file or the new one.
import type { Stats } from 'node:fs';
import { type FileHandle, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { describeSystemError, systemCode, WeftError } from './errors.ts';
import { limits } from './limits.ts';
import { UserTable } from './user-table.ts';

/** A file whose content others can read or change protects nobody. As PostgreSQL does, root's files may be 0640. */
function isExposed(stats: Stats): boolean {
  if (process.platform === 'win32') return false;
  return (stats.mode & (stats.uid === 0 ? 0o027 : 0o077)) !== 0;
}

async function readOpened(handle: FileHandle, path: string): Promise<UserTable> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw new WeftError('WEFT_USERS_FILE_UNREADABLE', `${path} is not a file`);
  if (isExposed(stats)) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    throw new WeftError(
      'WEFT_USERS_FILE_EXPOSED',
      `users file ${path} is open to other users of this machine (mode ${mode})`,
      `Run: chmod 600 ${path}`,
    );
  }
  if (stats.size > limits.usersFileBytesMax) {
    throw new WeftError(
      'WEFT_USERS_FILE_UNREADABLE',
      `users file ${path} is larger than ${limits.usersFileBytesMax} bytes`,
    );
  }
  return UserTable.parse(await handle.readFile('utf8'), path);
}

/**
 * Reads a users file. Throws WEFT_USERS_FILE_UNREADABLE, _EXPOSED (others may read or write it) or _INVALID (all faults
 * with line and column).
 */
export async function readUsersFile(path: string): Promise<UserTable> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    const remedy = systemCode(error) === 'ENOENT' ? `Create it: weft user add NAME --file ${path}` : '';
    const message = `cannot read users file ${path}: ${describeSystemError(error)}`;
    throw new WeftError('WEFT_USERS_FILE_UNREADABLE', message, remedy, error);
  }
  try {
    return await readOpened(handle, path);
  } finally {
    await handle.close();
  }
}

async function openNew(path: string, newPath: string): Promise<FileHandle> {
  try {
    return await open(newPath, 'wx', 0o600);
  } catch (error) {
    const remedy =
      systemCode(error) === 'EEXIST'
        ? `Another change is under way. If none is, remove what it left: rm ${newPath}`
        : 'The folder must exist and be writable: the file is replaced as a whole.';
    const message = `cannot write users file ${path}: ${newPath}: ${describeSystemError(error)}`;
    throw new WeftError('WEFT_USERS_FILE_UNWRITABLE', message, remedy, error);
  }
}

/** Whose file it is, null when there is none yet. */
async function ownerOf(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw new WeftError(
      'WEFT_USERS_FILE_UNREADABLE',
      `cannot read users file ${path}: ${describeSystemError(error)}`,
      '',
      error,
    );
  }
}

/**
 * Changes a users file, which is created when missing. `change` may throw: nothing is written then. The new file also
 * serves as the lock against a second change at the same time. Throws WEFT_USERS_FILE_UNWRITABLE and what
 * {@link readUsersFile} throws.
 */
export async function changeUsersFile(path: string, change: (table: UserTable) => void): Promise<void> {
  const target = await realpath(path).catch(() => path); // a link stays a link
  const newPath = `${target}.new`;
  const handle = await openNew(path, newPath);
  try {
    try {
      const owner = await ownerOf(target);
      const table = owner === null ? UserTable.parse('', path) : await readUsersFile(target);
      change(table);
      // Run by root for a router that is not root, the file must stay that router's.
      if (owner !== null && process.getuid?.() === 0) await handle.chown(owner.uid, owner.gid);
      await handle.writeFile(table.format());
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(newPath, target);
  } catch (error) {
    await unlink(newPath).catch(() => undefined); // the error at hand matters more
    throw error;
  }
}
