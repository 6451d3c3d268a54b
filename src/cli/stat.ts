// `weft stat`: tables of what a running router does, with the flags and columns of qdstat; also as JSON and CSV, and again and again.
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { addTargetFlags, agentAddressOf, type TargetFlags } from './management/connection-flags.ts';
import { ManagementSession } from './management/management-session.ts';
import { positiveNumber, wholeNumber } from './option-values.ts';
import { makeReport, type ReportOptions, timeLine } from './stat/report.ts';
import type { View } from './stat/view.ts';
import { allEntities, viewFlags } from './stat/views.ts';
import { UsageError } from './usage-error.ts';
import { readVersion } from './version.ts';

interface StatOptions extends TargetFlags {
  readonly allEntities?: true;
  readonly allRouters?: true;
  readonly limit: number;
  readonly csv?: true;
  readonly json?: true;
  readonly watch?: number | true;
  readonly verbose?: true;
  readonly [flag: string]: unknown;
}

const notes = `
Exit code 0: shown. 1: a router did not answer. With --watch it goes on until Ctrl-C.

  weft stat -c -b amqp://127.0.0.1:5672
  weft stat --stuck --all-routers              who holds deliveries, anywhere in the network
  weft stat -l --json | jq '.links[]'          attributes as management names them`;

export function statCommand(): Command {
  const command = new Command('stat').description('Show what a running router does, as qdstat does.');
  for (const [flags, about] of viewFlags) command.option(flags, about);
  command
    .option('--all-entities', 'links, addresses, connections and everything else, one after the other')
    .option('--all-routers', 'of every interior router of the network')
    .option('--limit <rows>', 'show so many rows at most; 0: all', wholeNumber(0, 2 ** 31 - 1), 0)
    .option('-v, --verbose', 'more columns')
    .option('--csv', 'tables as CSV')
    .option('--json', 'entities as JSON, a router a line')
    .addOption(
      new Option('--watch [seconds]', 'show it again every so many seconds').argParser(positiveNumber).preset(2),
    )
    .version(readVersion(), '--version', 'print the version')
    .action(stat);
  return addTargetFlags(command).addHelpText('after', notes);
}

async function stat(options: StatOptions): Promise<void> {
  const report = reportOf(options);
  const address = agentAddressOf(options);
  if (options.csv && options.json) throw new UsageError('give --csv or --json, not both');
  if (options.allRouters && (options.router ?? options.edgeRouter) !== undefined) {
    throw new UsageError('give --all-routers, or one router, not both');
  }
  const session = await ManagementSession.open(options);
  try {
    if (options.watch === undefined) process.stdout.write(await makeOne(session, address, options, report));
    else await watch(session, address, options, report, Number(options.watch));
  } catch (error) {
    throw await session.explain(error, address);
  } finally {
    session.close();
  }
}

function reportOf(options: StatOptions): ReportOptions {
  const asked = viewFlags.filter(([flags]) => options[nameOf(flags)] === true).map(([, , view]) => view);
  if (asked.length + (options.allEntities ? 1 : 0) > 1)
    throw new UsageError('show one thing at a time, or --all-entities');
  const views: readonly View[] = options.allEntities ? allEntities : asked;
  return {
    views: views.length === 0 ? [(viewFlags[0] as (typeof viewFlags)[0])[2]] : views,
    isVerbose: options.verbose === true,
    limit: options.limit,
    format: options.json ? 'json' : options.csv ? 'csv' : 'text',
    hasHead: true,
    isSpaced: options.allEntities === true,
  };
}

/** `-g, --general` → `general` */
const nameOf = (flags: string): string => flags.slice(flags.indexOf('--') + 2);

async function makeOne(
  session: ManagementSession,
  address: string,
  options: StatOptions,
  report: ReportOptions,
): Promise<string> {
  if (!options.allRouters) return makeReport(session.node(address), report);
  const agents = (await session.node(address).managementNodes()).map((node) => node.replace(/^amqp:\//, ''));
  if (agents.length < 2) return makeReport(session.node(address), report);
  const pieces = report.format === 'json' ? [] : [timeLine()];
  for (const agent of agents) pieces.push(await makeForRouter(session, agent, report));
  return pieces.join('');
}

/** One that does not answer is told, and does not keep the others from being shown. */
async function makeForRouter(session: ManagementSession, agent: string, report: ReportOptions): Promise<string> {
  const id = agent.split('/')[2] ?? agent;
  try {
    const text = await makeReport(session.node(agent), { ...report, hasHead: false });
    return report.format === 'json' ? text : `Router  ${id}\n\n${text}\n`;
  } catch (error) {
    const { message } = (await session.explain(error, agent)) as Error;
    process.stderr.write(`router ${id}: ${message}\n`);
    process.exitCode = 1;
    return '';
  }
}

async function watch(
  session: ManagementSession,
  address: string,
  options: StatOptions,
  report: ReportOptions,
  seconds: number,
): Promise<void> {
  let isOver = false;
  const over = new AbortController();
  process.once('SIGINT', () => {
    isOver = true;
    over.abort();
  });
  const clear = process.stdout.isTTY && report.format === 'text' ? '\u001b[H\u001b[2J\u001b[3J' : '';
  for (let isFirst = true; !isOver; isFirst = false) {
    const text = await makeOne(session, address, options, report);
    const gap = isFirst || clear !== '' || report.format === 'json' ? '' : '\n';
    process.stdout.write(clear + gap + text);
    await sleep(seconds * 1000, undefined, { signal: over.signal }).catch(() => undefined);
  }
}
