// The file of a Unix socket. A process that died leaves its file behind, and bind fails on it; but the file of a living
// process must not be taken away. Who answers a connection lives.
import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { systemCode, WeftError } from './errors.ts';
import { limits } from './limits.ts';

/** Makes way for a listener on `path`. Throws WEFT_CANNOT_LISTEN when something living or no socket is in the way. */
export async function clearUnixPath(path: string): Promise<void> {
  if (path === '' || Buffer.byteLength(path) > limits.unixPathBytesMax) {
    throw new WeftError(
      'WEFT_CANNOT_LISTEN',
      `cannot listen on unix:${path}: the path must have 1 to ${limits.unixPathBytesMax} bytes`,
      'Choose a shorter path, such as one in /run or /tmp.',
    );
  }
  const stats = await lstat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (stats === null) return;
  if (!stats.isSocket()) {
    throw new WeftError(
      'WEFT_CANNOT_LISTEN',
      `cannot listen on unix:${path}: a file that is no socket is there`,
      'Move it away.',
    );
  }
  if (await isAnswered(path)) {
    throw new WeftError(
      'WEFT_CANNOT_LISTEN',
      `cannot listen on unix:${path}: another process listens there`,
      'Stop that process, or choose another path.',
    );
  }
  await unlink(path);
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error) => {
      const code = systemCode(error);
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve(false);
      // EAGAIN: its queue of connections is full, so somebody holds it.
      else if (code === 'EAGAIN') resolve(true);
      else reject(error);
    });
  });
}
