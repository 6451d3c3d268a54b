// Files of httpRootDir. Only regular files below that folder are served, symbolic links followed as far as they stay in it; names that
// begin with a dot are not there.
import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ListenerEntity } from '../../schema/configuration.ts';
import { describeSystemError, systemCode, WeftError } from '../errors.ts';
import { limits } from '../limits.ts';
import { type Exchange, replyText, startReply } from './reply.ts';

const mediaTypes: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** What a path that leads nowhere, or where it may not, fails with. */
const absent = ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG', 'EISDIR', 'ENXIO', 'EINVAL'];

export class StaticFiles {
  readonly #root: string;
  #underWay = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** `path` is decoded and begins with a slash. False when there is no such file. */
  async serve(exchange: Exchange, path: string): Promise<boolean> {
    if (this.#underWay >= limits.httpFilesAtOnceMax) {
      replyText(exchange, 503, 'too many ask at once\n', { 'retry-after': '1' });
      return true;
    }
    this.#underWay++;
    try {
      const file = await this.#open(path);
      if (file === null) return false;
      await send(exchange, file.handle, mediaTypes[extname(file.path).toLowerCase()] ?? 'application/octet-stream');
      return true;
    } finally {
      this.#underWay--;
    }
  }

  async #open(path: string): Promise<{ handle: FileHandle; path: string } | null> {
    const words = path.split('/');
    if (words.some((word) => word.startsWith('.')) || path.includes('\\')) return null;
    const name = path.endsWith('/') ? `${path}index.html` : path;
    let handle: FileHandle | null = null;
    try {
      const root = await realpath(this.#root);
      const real = await realpath(join(root, name));
      if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
      // Without O_NONBLOCK a named pipe would hold a thread until somebody writes.
      handle = await open(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      if ((await handle.stat()).isFile()) return { handle, path: real };
    } catch (error) {
      await handle?.close();
      if (absent.includes(systemCode(error))) return null;
      throw error;
    }
    await handle.close();
    return null;
  }
}

/** Throws WEFT_CANNOT_LISTEN when httpRootDir is given and is no folder. */
export async function checkRootFolder({ name, httpRootDir }: ListenerEntity): Promise<void> {
  if (httpRootDir === '') return;
  let why = 'it is not a folder';
  try {
    if ((await stat(httpRootDir)).isDirectory()) return;
  } catch (error) {
    why = describeSystemError(error);
  }
  const message = `listener ${name}: cannot serve httpRootDir ${httpRootDir}: ${why}`;
  throw new WeftError('WEFT_CANNOT_LISTEN', message, 'Give the path of a folder, or leave httpRootDir out.');
}

/** Closes the file. */
async function send(exchange: Exchange, handle: FileHandle, type: string): Promise<void> {
  const { size } = await handle.stat();
  startReply(exchange, 200, { 'content-type': type, 'content-length': size });
  const { request, response } = exchange;
  if (request.method === 'HEAD' || size === 0) {
    await handle.close();
    response.end();
    return;
  }
  try {
    await pipeline(handle.createReadStream({ start: 0, end: size - 1 }), response);
  } catch (error) {
    // The reader went away or fell asleep; a file that shrank cannot be told any more, for its length is.
    response.destroy(error instanceof Error ? error : undefined);
  }
}
