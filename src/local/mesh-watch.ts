// Looks whether the files of a mesh have changed. A poll that reads them all: it sees files that a pattern matches anew, editors that rename
// over, network file systems. What has changed counts when two looks in a row see the same: nobody takes half a file.
import { createHash } from 'node:crypto';
import { WeftError } from '../host/errors.ts';
import type { MeshFiles } from '../mesh/model/read-mesh.ts';
import { limits } from './limits.ts';

export class MeshWatch {
  readonly #read: () => MeshFiles;
  readonly #changed: (files: MeshFiles | WeftError) => Promise<void>;
  /** What was acted upon, and what the last look saw. */
  #known: string;
  #seen: string;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /**
   * @param read throws WeftError when a file cannot be read
   * @param known what runs
   * @param changed awaited before the next look
   */
  constructor(read: () => MeshFiles, known: MeshFiles, changed: (files: MeshFiles | WeftError) => Promise<void>) {
    this.#read = read;
    this.#changed = changed;
    this.#known = this.#seen = fingerprintOf(known);
    this.#schedule(0);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const startedAt = performance.now();
    const found = this.#readAll();
    const tookMs = performance.now() - startedAt;
    const fingerprint = fingerprintOf(found);
    const isSteady = fingerprint === this.#seen;
    this.#seen = fingerprint;
    if (isSteady && fingerprint !== this.#known) {
      this.#known = fingerprint;
      await this.#changed(found);
    }
    this.#schedule(tookMs);
  }

  /** A large mesh is looked at less often: at most a twentieth of the time goes into it. */
  #schedule(tookMs: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#look(), Math.max(limits.filesPollMs, 20 * tookMs));
  }

  #readAll(): MeshFiles | WeftError {
    try {
      return this.#read();
    } catch (error) {
      if (error instanceof WeftError) return error;
      throw error;
    }
  }
}

function fingerprintOf(files: MeshFiles | WeftError): string {
  if (files instanceof WeftError) return files.message;
  const { platform, teams, notFound } = files;
  return createHash('sha256')
    .update(JSON.stringify([platform, teams, notFound]))
    .digest('hex');
}
