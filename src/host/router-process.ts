// The life of a router that has the process to itself: signals, reloads, the exit code.
//
//   SIGTERM, SIGINT, SIGQUIT   drain, then exit 0; a second one: exit 1 at once
//   SIGHUP                     read the configuration again
import { type LogLevel as Level, LogLevel } from '../router/ports.ts';
import type { Configuration } from '../schema/configuration.ts';
import { readConfigurationFile } from './configuration-file.ts';
import { WeftError } from './errors.ts';
import type { NodeRouter } from './node-router.ts';
import type { SavedConfiguration } from './saved-configuration.ts';
import { type StartOptions, startRouter } from './start-router.ts';

export interface RouterProcessOptions extends StartOptions {
  readonly configuration: Configuration;
  /** What SIGHUP reads again, and where management saves; null: there is none. */
  readonly file: SavedConfiguration | null;
}

const endingSignals = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;

/** Runs a router until a signal ends it. The exit code: 0 drained, 1 forced. Throws what `NodeRouter.start` throws. */
export async function runRouterProcess(options: RouterProcessOptions): Promise<number> {
  let isForced = false;
  let isSignalled = false;
  let node: NodeRouter | null = null;
  const onEndingSignal = (signal: NodeJS.Signals): void => {
    isForced = isSignalled;
    isSignalled = true;
    node?.log.write('SERVER', LogLevel.Notice, isForced ? `${signal} again: stopping at once` : `${signal}: draining`);
    if (isForced && node === null) process.exit(1);
    if (isForced) node?.kill();
    else void node?.stop();
  };
  // Before the start: a signal that comes while ports are bound must not be lost.
  for (const signal of endingSignals) process.on(signal, onEndingSignal);
  const starting = startRouter(options.configuration, options);
  const stopReloading = reloadOnHangup(starting, options.file?.path ?? null);
  node = await starting;
  if (options.file !== null) node.file = options.file;
  const { log } = node;
  const onCrash = (error: Error): void => {
    log.write('SERVER', LogLevel.Critical, `Weft has a bug and ends: ${error.message}`);
    log.writeNow(); // Node then prints the stack and exits
  };
  process.on('uncaughtExceptionMonitor', onCrash);
  if (isSignalled) void node.stop();
  await node.ended;
  stopReloading();
  await log.close();
  process.off('uncaughtExceptionMonitor', onCrash);
  for (const signal of endingSignals) process.off(signal, onEndingSignal);
  return isForced ? 1 : 0;
}

/** One reload after the other, the first one after the start; hang-ups during one make one more. */
function reloadOnHangup(starting: Promise<NodeRouter>, file: string | null): () => void {
  let wanted = false;
  let isUnderWay = false;
  const onHangup = async (): Promise<void> => {
    wanted = true;
    if (isUnderWay) return;
    isUnderWay = true;
    while (wanted) {
      wanted = false;
      const node = await starting.catch(() => null); // a start that fails is told by whoever awaits it
      if (node !== null) await reload(node, file);
    }
    isUnderWay = false;
  };
  process.on('SIGHUP', onHangup);
  return () => process.off('SIGHUP', onHangup);
}

async function reload(node: NodeRouter, file: string | null): Promise<void> {
  if (file === null) node.log.write('SERVER', LogLevel.Warning, 'SIGHUP: there is no configuration file to read again');
  else await reloadFile(node, file, 'SIGHUP').catch(ignoreTold);
}

/** The log has it; anything else is a bug. */
function ignoreTold(error: unknown): void {
  if (!(error instanceof WeftError)) throw error;
}

/** Lines that tell what was done; the log has them, too. Throws a WeftError when the file was not applied: all is as before then. */
export async function reloadFile(node: NodeRouter, file: string, cause: string): Promise<string[]> {
  const say = (level: Level, line: string): void => node.log.write('SERVER', level, line);
  try {
    const { configuration, warnings, file: saved } = await readConfigurationFile(file);
    for (const line of warnings) say(LogLevel.Warning, line);
    const changes = await node.reload(configuration, saved);
    say(LogLevel.Notice, `${cause}: read ${file} again`);
    for (const line of changes) say(LogLevel.Notice, line);
    return changes;
  } catch (error) {
    if (!(error instanceof WeftError)) throw error;
    for (const line of `${error.message}\n${error.remedy}`.trimEnd().split('\n')) {
      say(line.includes(': warning: ') ? LogLevel.Warning : LogLevel.Error, line);
    }
    say(LogLevel.Error, `${cause}: ${file} was not applied; the router goes on as before`);
    throw error;
  }
}
