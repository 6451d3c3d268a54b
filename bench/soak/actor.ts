// An actor is one piece of the soak's traffic. It runs until it is told to stop, then finishes what it began.
import { setMaxListeners } from 'node:events';
import type { Random } from '../../src/kit/random.ts';

export interface Actor {
  readonly name: string;
  /** Resolves when the actor has stopped and nothing of it is left. */
  run(signal: AbortSignal): Promise<void>;
}

/** What tells many actors to stop: Node warns about more than ten listeners unless it is told that they are meant. */
export function stopper(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** Waits; an abort ends the wait early, without an error. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}

/** Calls `act` about `rate` times a second until the signal, or for `ms`. */
export async function pace(rate: number, ms: number, signal: AbortSignal, act: () => void): Promise<void> {
  const began = performance.now();
  for (let done = 0; !signal.aborted; await pause(10, signal)) {
    const elapsed = performance.now() - began;
    if (elapsed > ms) return;
    // Late by more than a second (the machine was busy): what was missed is not made up for.
    const due = Math.floor((elapsed / 1000) * rate);
    if (due - done > rate) done = due - 1;
    for (; done < due; done++) act();
  }
}

/** Waits until `condition` holds, looking every 20 ms, at most `ms`. Says whether it holds. */
export async function until(condition: () => boolean, ms: number): Promise<boolean> {
  for (const began = performance.now(); !condition(); await pause(20)) if (performance.now() - began > ms) return false;
  return true;
}

/** Runs `visit` again and again, with pauses between, each as its own short life. Errors are told, never thrown. */
export async function visits(
  random: Random,
  signal: AbortSignal,
  trouble: (what: string) => void,
  visit: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await visit();
    } catch (error) {
      if (!signal.aborted) trouble((error as Error).message);
    }
    await pause(random.between(50, 1_000), signal);
  }
}
