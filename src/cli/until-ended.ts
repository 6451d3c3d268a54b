// When a command that runs on and on is to end: a signal, a reader of its output that is gone, npm that was killed.
import { spawnSync } from 'node:child_process';

/** How often we look whether npm is still there. */
const lookMs = 1000;

export interface Ending {
  /** Resolves when it is time. */
  readonly isDue: Promise<void>;
  end(): void;
}

/** Signals ask to end, SIGINT, SIGTERM and SIGHUP alike; a second one ends the process at once, with exit code 1. */
export function untilEnded(): Ending {
  let end = (): void => undefined;
  const isDue = new Promise<void>((resolve) => {
    end = resolve;
  });
  process.stdout.on('error', end); // `weft up | head`
  if (process.env['npm_lifecycle_event'] !== undefined) endWithNpm(end);
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => (++signals === 1 ? end() : process.exit(1)));
  return { isDue, end };
}

/** When npm is killed it goes without a word to us; the shell that it made, our parent, may go or stay. */
function endWithNpm(end: () => void): void {
  const { ppid } = process;
  // Where there is no `ps` only the shell is watched.
  const npm = Number(spawnSync('ps', ['-o', 'ppid=', '-p', String(ppid)], { encoding: 'utf8' }).stdout) || process.pid;
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  };
  setInterval(() => (process.ppid === ppid && isAlive(npm)) || end(), lookMs).unref();
}
