// Runs something that may never come back. JavaScript cannot be stopped from within, but V8 can stop it: `vm` does so with a timer
// on another thread.
import { Script } from 'node:vm';

const place = '__weftFuzzRun';
const script = new Script(`globalThis.${place}()`);
const globals = globalThis as unknown as Record<string, () => void>;

/** Calls `run`; false when it had to be stopped. What it throws goes on. Starting the timer costs a thread: do not call it for little. */
export function endsWithin(timeoutMs: number, run: () => void): boolean {
  globals[place] = run;
  try {
    script.runInThisContext({ timeout: timeoutMs });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  }
}
