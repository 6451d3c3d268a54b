// The command line of `npm run fuzz`.
import { parseArgs } from 'node:util';

export const targetNames = ['codec', 'router'] as const;
export type TargetName = (typeof targetNames)[number];

export interface Options {
  readonly targets: readonly TargetName[];
  /** Each target ends after so long, or after so many executions, whatever comes first. */
  readonly seconds: number;
  readonly executions: number;
  readonly seed: number;
  readonly replay: string | null;
  readonly keeps: boolean;
}

export const usage = `npm run fuzz -- [options]

  --target codec|router   only this one
  --seconds N             end each target after N seconds (default 30)
  --executions N          end each target after N executions
  --seed N                throw the same dice again (the run prints its seed)
  --replay FILE           run the inputs of a corpus file, and nothing else (needs --target)
  --keep                  write the inputs that reach new code to the corpus

Exit code 1 when something was found; each find is made small and written to fuzz/corpus.
`;

/** Throws an Error with a sentence for people. */
export function parseOptions(words: readonly string[], randomSeed: number): Options | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...words],
    options: {
      ...{ target: text, seconds: text, executions: text, seed: text, replay: text },
      ...{ keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    },
  });
  if (values.help === true) return 'help';
  const target = targetNames.find((name) => name === values.target);
  if (values.target !== undefined && target === undefined) throw new Error(`there is no target ${values.target}`);
  if (values.replay !== undefined && target === undefined) throw new Error('--replay wants --target');
  return {
    targets: target === undefined ? targetNames : [target],
    // Bounded by executions alone when only they are given.
    seconds: wholeNumber(values.seconds, 'seconds', values.executions === undefined ? 30 : Number.POSITIVE_INFINITY),
    executions: wholeNumber(values.executions, 'executions', Number.POSITIVE_INFINITY),
    seed: wholeNumber(values.seed, 'seed', randomSeed),
    replay: values.replay ?? null,
    keeps: values.keep === true,
  };
}

function wholeNumber(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} wants a whole number`);
  return number;
}
