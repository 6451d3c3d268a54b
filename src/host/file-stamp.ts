// Tells whether a file is still the one that was read.
import { stat } from 'node:fs/promises';

/** Changes whenever the file does: a rename gives a new inode, an edit in place a new time, chmod a new change time. */
export async function stampOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(path);
    return `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`;
  } catch {
    return 'absent'; // why, tells the attempt to read it
  }
}
