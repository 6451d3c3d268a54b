// What `weft send` and `weft receive` have in common: whom they talk to, Ctrl-C, where text goes.
import { type Command, Option } from 'commander';
import { type AmqpTarget, defaultBus, parseTarget } from './amqp-target.ts';
import { type BundleFolder, readBundle } from './bundle-folder.ts';
import { askPassword } from './prompt.ts';
import { UsageError } from './usage-error.ts';

export interface BusOptions {
  readonly bus?: string;
  readonly address?: string;
  readonly bundle?: string;
}

const targetNotes = `
The address is given as a URL, amqp://USER:PASSWORD@HOST:PORT/ADDRESS (without a user: SASL ANONYMOUS), or as an address
on the router given by --bus, or on the first endpoint of --bundle that answers. A password that is left out is taken from WEFT_PASSWORD, or asked for.`;

export function addBusOptions(command: Command): Command {
  return command
    .option('-b, --bus <url>', `the router (default: ${defaultBus})`)
    .addOption(bundleOption(['bus']))
    .option('-a, --address <address>', 'the address, instead of the first argument')
    .addHelpText('after', targetNotes);
}

/** Not together with what it says already. */
export function bundleOption(conflicts: string[]): Option {
  const about = 'the folder that `weft mesh bundle` wrote: endpoints, tried in order, and our certificate';
  return new Option('--bundle <dir>', about).conflicts(conflicts);
}

/** The target, and the arguments behind it. */
export async function takeTarget(words: readonly string[], options: BusOptions): Promise<[AmqpTarget, string[]]> {
  const [text, ...rest] = options.address === undefined ? words : [options.address, ...words];
  if (text === undefined || text === '') throw new UsageError('give an address, such as amqp://127.0.0.1/greetings');
  if (options.bundle !== undefined) return [await bundleTarget(text, options.bundle), rest];
  const target = parseTarget(text, options.bus);
  if (target.user === '' || target.password !== null) return [target, rest];
  return [{ ...target, password: await missingPassword(target.user) }, rest];
}

async function bundleTarget(address: string, folder: string): Promise<AmqpTarget> {
  if (/^amqps?:\/\//.test(address)) throw new UsageError('give the address alone: --bundle names the routers');
  const bundle = await readBundle(folder);
  const [{ host, port }] = bundle.endpoints as [BundleFolder['endpoints'][0]];
  return { host, port, isTls: true, user: '', password: null, address, bundle };
}

async function missingPassword(user: string): Promise<string> {
  const fromEnvironment = process.env['WEFT_PASSWORD'];
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (process.stdin.isTTY) return askPassword(`Password for ${user}`, { confirm: false });
  throw new UsageError(`no password for ${user}: set WEFT_PASSWORD`);
}

/** Runs until it ends by itself or by Ctrl-C, which ends it gently the first time and at once the second time. */
export async function runInterruptibly(client: {
  run(): Promise<string>;
  stop(reason: string): void;
}): Promise<string> {
  const onSignal = (): void => {
    process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
    client.stop(interrupted);
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await client.run();
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** The reason for an end by Ctrl-C. */
export const interrupted = 'interrupted';
