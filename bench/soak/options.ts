// What `npm run soak -- …` understands.
import { parseArgs } from 'node:util';
import { UsageError } from '../options.ts';

export interface SoakOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly heldRate: number;
  /** Names of actors that stay at home: to find out which of them a fault belongs to. */
  readonly without: readonly string[];
  readonly json: boolean;
}

const actorNames = [
  ...['churn', 'request/reply', 'multicast', 'large messages', 'settled', 'mixed outcomes', 'many links', '60 KiB'],
  ...['held delivery', 'killed senders'],
] as const;

export const usage = `npm run soak -- [options]

  --for SECONDS      how long (default 600)
  --seed N           repeats the same comings and goings (default: drawn, and printed)
  --held-rate N      messages a second behind the held delivery (default 100000)
  --without NAME     leaves an actor out (repeatable): ${actorNames.join(', ')}
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
  let values: {
    for: string;
    seed?: string | undefined;
    'held-rate': string;
    without: string[];
    json: boolean;
    help: boolean;
  };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        for: { type: 'string', default: '600' },
        seed: { type: 'string' },
        'held-rate': { type: 'string', default: '100000' },
        without: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values.help) return null;
  const unknown = values.without.find((name) => !(actorNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw new UsageError(`--without: there is no actor “${unknown}”`);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : number('seed', values.seed);
  return {
    seconds: number('for', values.for),
    seed,
    heldRate: number('held-rate', values['held-rate']),
    without: values.without,
    json: values.json,
  };
}
