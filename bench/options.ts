// What `npm run bench -- …` understands.
import { parseArgs } from 'node:util';
import { defaultRouterCommand } from './targets.ts';

export interface BenchOptions {
  readonly rounds: number;
  readonly only: string | null;
  readonly quick: boolean;
  readonly json: boolean;
  /** Where the report goes; null: nowhere but the terminal. */
  readonly out: string | null;
  readonly seconds: number;
  readonly router: string;
  readonly sasl: 'anonymous' | 'none';
  readonly peer: { readonly host: string; readonly port: number; readonly pid: number; readonly name: string } | null;
}

/** Wrong options: the message is shown with the usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'WEFT_BENCH_USAGE';
  /** What is shown beside the message. */
  readonly usage: string;

  constructor(message: string, shown: string = usage) {
    super(message);
    this.usage = shown;
  }
}

export const usage = `npm run bench -- [options]
npm run bench -- failover|mesh|large|policy|management [options]

  --rounds N            interleaved rounds (default 5)
  --only TEXT           only the scenarios with TEXT in their name
  --seconds S           length of each run (default 2.5)
  --quick               toy sizes, one round: shows that the bench works, in about half a minute
  --peer HOST:PORT      measure another router too …
  --peer-pid PID        … whose process is this one
  --peer-name TEXT      … and what the report calls it (default: HOST:PORT)
  --json                environment and all samples as JSON on standard output
  --out FILE            where to write the report (default for a whole bench: bench/results.md)
  --router COMMAND      how to start the router (default: ${defaultRouterCommand})
  --sasl none           no SASL layer (default: anonymous)
  --help

Scenarios: {100B,1KiB,60KiB}-{unsettled,settled}-{saturation,20000,2000}, 1000-senders, 100-consumers, idle.
Exit codes: 0 measured (goals may be missed), 1 a run failed, 2 usage, or no C compiler.
`;

const definition = {
  rounds: { type: 'string' },
  only: { type: 'string' },
  seconds: { type: 'string' },
  quick: { type: 'boolean', default: false },
  peer: { type: 'string' },
  'peer-pid': { type: 'string' },
  'peer-name': { type: 'string' },
  json: { type: 'boolean', default: false },
  out: { type: 'string' },
  router: { type: 'string', default: defaultRouterCommand },
  sasl: { type: 'string', default: 'anonymous' },
  help: { type: 'boolean', default: false },
} as const;

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new UsageError(`--${name} must be a number above 0, not “${text}”`);
  return value;
}

function positiveInteger(name: string, text: string): number {
  const value = positive(name, text);
  if (!Number.isInteger(value)) throw new UsageError(`--${name} must be a whole number, not “${text}”`);
  return value;
}

function readPeer(peer: string | undefined, pid: string | undefined, name = peer): BenchOptions['peer'] {
  if (peer === undefined && pid === undefined) return null;
  if (peer === undefined || pid === undefined) throw new UsageError('--peer and --peer-pid belong together');
  const colon = peer.lastIndexOf(':');
  if (colon < 1) throw new UsageError(`--peer must be HOST:PORT, not “${peer}”`);
  const host = peer.slice(0, colon).replace(/^\[|\]$/g, '');
  const port = positiveInteger('peer', peer.slice(colon + 1));
  return { host, port, pid: positiveInteger('peer-pid', pid), name: name ?? peer };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: definition, strict: true }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Options from the words of the command line; null: help was asked for. Throws UsageError. */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const values = parse(args);
  if (values.help) return null;
  const { quick, json, router, sasl } = values;
  if (sasl !== 'anonymous' && sasl !== 'none') throw new UsageError(`--sasl must be anonymous or none, not “${sasl}”`);
  const only = values.only ?? null;
  const whole = only === null && !quick;
  return {
    ...{ only, quick, json, router, sasl },
    rounds: values.rounds === undefined ? (quick ? 1 : 5) : positiveInteger('rounds', values.rounds),
    seconds: values.seconds === undefined ? (quick ? 0.3 : 2.5) : positive('seconds', values.seconds),
    // A part of the bench, or a toy, must not overwrite the whole one's results unasked.
    out: values.out ?? (whole ? 'bench/results.md' : null),
    peer: readPeer(values.peer, values['peer-pid'], values['peer-name']),
  };
}
