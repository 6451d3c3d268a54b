// Child processes that never outlive the bench. Three walls: `close` at the end of their use, a sweep when this process
// exits in whatever orderly way, and (for what runs `under` the generator) the kernel when it is killed outright.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { root } from './root.ts';

const running = new Set<ChildProcess>();

/** Starts a program in the repository's folder. Standard input and output are pipes; errors go to `log` or to ours. */
export function start(command: string, args: readonly string[], log?: string): ChildProcess {
  const errors = log === undefined ? 'inherit' : openSync(log, 'a');
  const child = spawn(command, args, { cwd: root, stdio: ['pipe', 'pipe', errors] });
  if (typeof errors === 'number') closeSync(errors);
  running.add(child);
  child.once('exit', () => running.delete(child));
  // A child that dies while we write to it is noticed by its exit, not by our broken pipe.
  child.stdin!.on('error', () => undefined);
  return child;
}

/** Asks a child to end and waits for it; after `patienceMs` it is killed. */
export async function stop(child: ChildProcess, patienceMs = 3_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await ended;
  clearTimeout(timer);
}

function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Call once, first: from then on no exit of this process leaves a child behind. */
export function guardChildren(): void {
  process.once('exit', killAll);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }
}
