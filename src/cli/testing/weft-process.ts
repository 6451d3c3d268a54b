// Runs the built command as a process of its own, as people do. `npm test` builds first.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../../bin/weft.js', import.meta.url));
if (!existsSync(new URL('../../../dist/src/cli/main.js', import.meta.url))) {
  throw new Error('not built: run `npm run build` (or `npm test`, which does) before these tests');
}

export class WeftProcess {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;

  constructor(words: readonly string[], environment: Record<string, string> = {}) {
    this.#child = spawn(process.execPath, [command, ...words], {
      env: { ...process.env, NO_COLOR: '1', ...environment },
    });
    this.#exit = once(this.#child, 'close');
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#child.stdin?.on('error', () => undefined); // a command that reads no input may end before it is written
  }

  /** Ends standard input with `text`. */
  type(text = ''): this {
    this.#child.stdin?.end(text);
    return this;
  }

  /** Waits until standard error has the text, and gives what matched. Throws when the process ends without it. */
  told(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#appears(pattern, 'stderr');
  }

  /** As {@link told}, of standard output. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#appears(pattern, 'stdout');
  }

  async #appears(pattern: RegExp, where: 'stdout' | 'stderr'): Promise<RegExpExecArray> {
    let isOver = false;
    void this.#exit.then(() => {
      isOver = true;
    });
    for (;;) {
      const match = pattern.exec(this[where]);
      if (match !== null) return match;
      if (isOver) throw new Error(`ended without ${pattern}:\n${this.stdout}${this.stderr}`);
      await Promise.race([once(this.#child[where] as NodeJS.ReadableStream, 'data'), this.#exit]);
    }
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** Nobody reads its standard output any more. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** The exit code, or the signal that ended the process. */
  async ended(): Promise<unknown> {
    const [code, signal] = await this.#exit;
    return code ?? signal;
  }
}

/** Runs a command to its end. */
export async function weft(...words: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const process_ = new WeftProcess(words).type();
  return { code: await process_.ended(), stdout: process_.stdout, stderr: process_.stderr };
}
