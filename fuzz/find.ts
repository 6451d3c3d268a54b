// What an input did that it must not.
import type { Target } from './target.ts';
import { endsWithin } from './time-limit.ts';

export interface Find {
  readonly input: Uint8Array;
  /** Finds with the same signature are one. */
  readonly signature: string;
  /** For people: message and stack. */
  readonly report: string;
}

/** An input that takes longer than this hangs. */
export const hangMs = 2_000;

/** Bytes outside the JavaScript heap (buffers) that one input may take. */
const outsideBytesMax = 64 * 1024 * 1024;

/** Runs one input by itself; what is wrong with it, or null. */
export function examine(target: Target, input: Uint8Array): Find | null {
  const outsideBefore = process.memoryUsage().arrayBuffers;
  try {
    if (!endsWithin(hangMs, () => target.run(input, true)))
      return { input, signature: 'hang', report: `did not end within ${hangMs} ms` };
  } catch (error) {
    return findOf(input, error);
  }
  const took = process.memoryUsage().arrayBuffers - outsideBefore;
  if (took < outsideBytesMax) return null;
  return { input, signature: 'memory', report: `took ${Math.round(took / 2 ** 20)} MiB of buffers` };
}

function findOf(input: Uint8Array, error: unknown): Find {
  if (!(error instanceof Error)) return { input, signature: `threw ${String(error)}`, report: String(error) };
  // Numbers and data differ from input to input; so does what follows a colon.
  const what = error.message
    .replace(/^our bug: /, '')
    .split(':', 1)[0]
    ?.replace(/[0-9a-f]*\d[0-9a-f]*/g, '#');
  const where = /at (\S+) \(?.*\/(?:src|fuzz)\//.exec(error.stack ?? '')?.[1] ?? '';
  return { input, signature: `${error.name} ${what} at ${where}`, report: error.stack ?? String(error) };
}
