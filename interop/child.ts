// Child processes that never outlive the suite: each is killed at the end of its use, all of them when this process exits in
// whatever orderly way, and by the kernel when it is killed (Linux). Their output arrives line by line.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { root } from './places.ts';

const running = new Set<ChildProcess>();

export interface ChildHooks {
  onLine(line: string): void;
  onErrorLine(line: string): void;
  onExit(code: number | null, signal: NodeJS.Signals | null): void;
}

/** Where it runs; the repository's folder and our environment otherwise. */
export interface ChildSurroundings {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Words before a command that let it die with us. */
const dyingWithUs = ((): readonly string[] => {
  const [program, ...words] = ['setpriv', '--pdeathsig', 'KILL'] as [string, ...string[]];
  return spawnSync(program, [...words, 'true']).status === 0 ? [program, ...words] : [];
})();

/** Starts a program in the repository's folder, with pipes. `onExit` is called once, also when it cannot be started. */
export function startChild(
  command: string,
  args: readonly string[],
  hooks: ChildHooks,
  surroundings: ChildSurroundings = {},
): ChildProcess {
  const [program, ...words] = [...dyingWithUs, command, ...args] as [string, ...string[]];
  const child = spawn(program, words, { cwd: root, ...surroundings, stdio: 'pipe' });
  running.add(child);
  let isOver = false;
  const end = (code: number | null, signal: NodeJS.Signals | null): void => {
    running.delete(child);
    if (isOver) return;
    isOver = true;
    hooks.onExit(code, signal);
  };
  child.once('error', (error) => {
    hooks.onErrorLine(`${command} cannot be run: ${error.message}`);
    end(127, null);
  });
  // `close` comes after the last line of output, `exit` may come before it.
  child.once('close', end);
  // A child that dies while we write to it is noticed by its end, not by our broken pipe.
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stdout }).on('line', hooks.onLine);
  createInterface({ input: child.stderr }).on('line', hooks.onErrorLine);
  return child;
}

/** Call once, first: from then on no exit of this process leaves a child behind. */
export function guardChildren(): void {
  process.once('exit', () => {
    for (const child of running) child.kill('SIGKILL');
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }
}
