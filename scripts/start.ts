// `npm start`: a mesh of routers and sample applications, with live figures. See examples/ for the applications.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { SampleRun } from '../src/local/sample-run.ts';
import { JsonView, LinesView, TerminalView, type View } from '../src/local/view.ts';

const usage = `npm start -- [--for SECONDS] [--no-kill] [--json]

Runs a mesh of six routers in two clouds with sample applications, and shows what they do. Now and then it kills a router.
Ctrl-C ends it.
  --for SECONDS   end by itself; exit code 1 when something went wrong
  --no-kill       let all routers live
  --json          one JSON object a second on standard output
`;

interface Options {
  readonly forSeconds: number | null;
  readonly kills: boolean;
  readonly isJson: boolean;
}

function readOptions(): Options | null {
  try {
    const options = {
      for: { type: 'string' },
      'no-kill': { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    } as const;
    const { values } = parseArgs({ options });
    if (values.help) return null;
    const forSeconds = values.for === undefined ? null : Number(values.for);
    if (forSeconds !== null && !(forSeconds > 0 && forSeconds < 2 ** 31 / 1000))
      throw new Error('--for wants a number of seconds');
    return { forSeconds, kills: values['no-kill'] !== true, isJson: values.json === true };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

function chooseView(isJson: boolean): View {
  const { stdout } = process;
  const write = (text: string): void => void stdout.write(text);
  if (isJson) return new JsonView(write);
  return stdout.isTTY ? new TerminalView(stdout, pc.isColorSupported) : new LinesView(write);
}

/** Resolves when the run is to end: `end` was called, a signal came, npm or who reads the figures is gone, or it is broken. */
function endOf(): { promise: Promise<void>; end: () => void } {
  let end = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    end = resolve;
  });
  process.stdout.on('error', end); // `npm start | head`
  if (process.env['npm_lifecycle_event'] !== undefined) endWithNpm(end);
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => (++signals === 1 ? end() : process.exit(1)));
  return { promise, end };
}

/** When npm is killed it goes without a word to us; the shell that it made, our parent, may go or stay. */
function endWithNpm(end: () => void): void {
  const { ppid } = process;
  // Where there is no `ps` only the shell is watched.
  const npm = Number(spawnSync('ps', ['-o', 'ppid=', '-p', String(ppid)], { encoding: 'utf8' }).stdout) || process.pid;
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  };
  setInterval(() => (process.ppid === ppid && isAlive(npm)) || end(), 1000).unref();
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) {
    process.stdout.write(usage);
    return 0;
  }
  const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
  const { promise, end } = endOf();
  const run = await SampleRun.start({ root, kills: options.kills, broken: end });
  if (options.forSeconds !== null) setTimeout(end, options.forSeconds * 1000).unref();
  const view = chooseView(options.isJson);
  view.show(run.snapshot);
  const timer = setInterval(() => view.show(run.snapshot), 1000);
  await promise;
  clearInterval(timer);
  await run.stop();
  view.end(run.snapshot);
  return run.problems.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
