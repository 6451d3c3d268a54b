// What `npm run soak -- …` understands.
import { parseArgs } from 'node:util';
import { UsageError } from '../options.ts';

export interface SoakOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly heldRate: number;
  readonly json: boolean;
}

export const usage = `npm run soak -- [options]

  --for SECONDS      how long (default 600)
  --seed N           repeats the same comings and goings (default: drawn, and printed)
  --held-rate N      messages a second behind the held delivery (default 100000)
  --json             the verdict as JSON on standard output
  --help

Exit codes: 0 all promises kept, 1 a breach was seen, 2 usage, or no C compiler.
`;

function number(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new UsageError(`--${name} must be a number above 0, not “${text}”`);
  return value;
}

/** Options from the words of the command line; null: help was asked for. Throws UsageError. */
export function readOptions(args: readonly string[]): SoakOptions | null {
  let values: { for: string; seed?: string | undefined; 'held-rate': string; json: boolean; help: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        for: { type: 'string', default: '600' },
        seed: { type: 'string' },
        'held-rate': { type: 'string', default: '100000' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values.help) return null;
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : number('seed', values.seed);
  return {
    seconds: number('for', values.for),
    seed,
    heldRate: number('held-rate', values['held-rate']),
    json: values.json,
  };
}
