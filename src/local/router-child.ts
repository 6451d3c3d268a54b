// One router as a child process: `weft router` with a configuration, on a port that is free.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const startPatienceMs = 15_000;
const stopPatienceMs = 10_000;
/** Enough for the message and stack of a crash. */
const logLinesKept = 20;

export interface RouterChildOptions {
  /** The folder with bin/ and examples/. */
  readonly root: string;
  /** A .conf file with one listener. */
  readonly configuration: string;
  /** The router ended though nobody stopped it; the reason is a sentence. */
  readonly ended: (reason: string) => void;
}

export class RouterChild {
  readonly url: string;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #isStopping = false;

  private constructor(child: ChildProcess, folder: string, port: string) {
    this.#child = child;
    this.#folder = folder;
    this.pid = child.pid as number;
    this.url = `amqp://127.0.0.1:${port}`;
  }

  /** Waits until the router is operational. Throws an Error with its last log lines when it does not become so. */
  static async start({ root, configuration, ended }: RouterChildOptions): Promise<RouterChild> {
    const folder = await mkdtemp(join(tmpdir(), 'weft-samples-'));
    const text = await readFile(configuration, 'utf8');
    const file = join(folder, 'router.conf');
    // Port 0: the system chooses a free one, and the router's log tells which.
    await writeFile(file, text.replace(/^(\s*port:\s*)\S+/m, '$10'));
    // A process group of its own: Ctrl-C is for us, who then stop the applications first.
    const child = spawn(process.execPath, [join(root, 'bin/weft.js'), 'router', '-c', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: process.platform !== 'win32',
    });
    const killNow = (): void => void child.kill('SIGKILL');
    process.once('exit', killNow);
    const log: string[] = [];
    let router: RouterChild | null = null;
    child.once('close', (code, signal) => {
      process.off('exit', killNow);
      if (router === null || router.#isStopping) return;
      ended(`the router ended by itself (${signal ?? `exit code ${code}`}):\n${log.join('\n')}`);
    });
    try {
      router = new RouterChild(child, folder, await listeningPort(child, log));
      return router;
    } catch (error) {
      killNow();
      await rm(folder, { recursive: true, force: true });
      throw new Error(`the router did not start: ${(error as Error).message}\n${log.join('\n')}`.trimEnd(), {
        cause: error,
      });
    }
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Drains it. Returns what went wrong, '' for nothing. */
  async stop(): Promise<string> {
    const child = this.#child;
    const wasRunning = this.isRunning;
    this.#isStopping = true;
    if (wasRunning) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopPatienceMs);
      await exited;
      clearTimeout(timer);
    }
    await rm(this.#folder, { recursive: true, force: true });
    return !wasRunning || child.exitCode === 0
      ? ''
      : `the router did not stop well (${child.signalCode ?? `exit code ${child.exitCode}`})`;
  }
}

/** Reads the router's log for ever, so that its pipe never fills; resolves with the port once it is operational. */
function listeningPort(child: ChildProcess, log: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`not operational after ${startPatienceMs / 1000} s`)),
      startPatienceMs,
    );
    let port = '';
    const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream });
    lines.on('line', (line) => {
      log.push(line);
      if (log.length > logLinesKept) log.shift();
      port = /Listening on .*:(\d+)$/.exec(line)?.[1] ?? port;
      if (!line.includes('Operational, ') || port === '') return;
      clearTimeout(timer);
      resolve(port);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`it ended (${signal ?? `exit code ${code}`})`));
    });
  });
}
