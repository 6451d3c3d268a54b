// `weft router`: one router in the foreground, from a file or from a few options.
import { Command, Option } from 'commander';
import { type ReadConfiguration, readConfigurationFile } from '../host/configuration-file.ts';
import { runRouterProcess } from '../host/router-process.ts';
import { ENTITIES } from '../schema/entities.ts';
import { logSettings } from '../schema/log-levels.ts';
import { readConfiguration } from '../schema/read-configuration.ts';
import { repeated } from './option-values.ts';
import { UsageError } from './usage-error.ts';
import { readVersion } from './version.ts';

interface RouterOptions {
  readonly config?: string;
  readonly listen?: string[];
  readonly id?: string;
  readonly mode?: string;
}

const sections = ENTITIES.filter(({ section, support }) => section !== null && support === 'full').map(
  ({ section }) => section,
);

const notes = `
Sections of a configuration: ${sections.join(', ')}.

Without a file everybody who reaches the port may send and receive: keep it to 127.0.0.1, or configure authentication.

Signals:
  SIGTERM, SIGINT   stop: deliveries in flight may settle for drainSeconds, then exit 0; a second one: exit 1 at once
  SIGHUP            read the file again; the log tells what was applied, and what needs a restart`;

export function routerCommand(): Command {
  return new Command('router')
    .description('Run one router in the foreground.')
    .option('-c, --config <file>', "configuration: qdrouterd's .conf or .json, or YAML")
    .option(
      '-l, --listen <host:port>',
      'without a file: listen here (may be given several times; unix:/path too)',
      repeated,
    )
    .option('--id <id>', 'without a file: the name of the router in its network')
    .addOption(new Option('--mode <mode>', 'without a file: what it is in its network').choices(['standalone']))
    .addHelpText('after', notes)
    .action(async (options: RouterOptions) => {
      const read = await configurationOf(options);
      printWarnings(read);
      process.exitCode = await runRouterProcess({ ...read, version: readVersion() });
    });
}

async function configurationOf({ config, listen, id, mode }: RouterOptions): Promise<ReadConfiguration> {
  if (config === undefined) return withoutFile(listen ?? [], id, mode);
  if (listen ?? id ?? mode) {
    throw new UsageError('--listen, --id and --mode are for a start without a file: put them into the file');
  }
  return readConfigurationFile(config);
}

/** Read as if it were a file, so that the same rules hold. */
function withoutFile(places: readonly string[], id?: string, mode?: string): ReadConfiguration {
  if (places.length === 0) {
    throw new UsageError('give a configuration with -c FILE, or a place to listen on with --listen HOST:PORT');
  }
  const sections = [['router', { id, mode }], ...places.map((place) => ['listener', parsePlace(place)])];
  const { configuration, faults } = readConfiguration(JSON.stringify(sections), 'options.json');
  if (configuration === null) throw new UsageError(faults.map(({ message }) => message).join('\n'));
  return { configuration, warnings: [], file: null };
}

/** Warnings are logged; where nobody would see that on the terminal they are printed, too. */
function printWarnings({ configuration, warnings }: ReadConfiguration): void {
  if (logSettings(configuration.logs).get('SERVER')?.outputFile === 'stderr') return;
  for (const line of warnings) process.stderr.write(`${line}\n`);
}

/** `127.0.0.1:5672`, `[::1]:5672`, `:5672` and `5672` (every interface), `unix:/path`. */
export function parsePlace(place: string): { host: string; port?: string } {
  if (place.startsWith('unix:')) return { host: place };
  const match = /^(?:\[([^\]]*)\]:|([^:]*):)?([^:]+)$/.exec(place);
  if (match === null) {
    throw new UsageError(`cannot listen on ${place}: give HOST:PORT, [IPV6]:PORT, :PORT or unix:/path`);
  }
  return { host: match[1] ?? match[2] ?? '', port: match[3] as string };
}
