// `npm run bench -- management`: how long it takes to ask a router for everything that it knows, and how far that delays messages.
import { parseArgs } from 'node:util';
import { guardChildren, stop } from '../children.ts';
import { compileLoadGenerator } from '../compiler.ts';
import { describeCommit, describeMachine } from '../environment.ts';
import type { Scenario, TrafficSample } from '../figures.ts';
import { LoadIdle } from '../load-generator.ts';
import { measureTraffic } from '../measure.ts';
import { UsageError } from '../options.ts';
import { formatNumber } from '../report.ts';
import { writeSection } from '../results-file.ts';
import { median } from '../statistics.ts';
import { defaultRouterCommand, startRouter } from '../targets.ts';
import { type Asked, Asker } from './asker.ts';
import { populate } from './population.ts';

const usage = `npm run bench -- management [options]

  --addresses N    default 100000
  --connections N  idle ones, with one link each (default 5000)
  --seconds S      of traffic, with queries and without (default 10)
  --rate N         messages a second meanwhile (default 2000)
  --out FILE       whose part “management” is written (default: bench/results.md)
`;

const pageRows = 500;
const types = ['router.address', 'connection', 'router.link'] as const;
const say = (line: string) => process.stderr.write(`${line}\n`);

function readOptionsOf(args: readonly string[]) {
  const number = (preset: string) => ({ type: 'string', default: preset }) as const;
  try {
    const options = {
      ...{ addresses: number('100000'), connections: number('5000'), seconds: number('10'), rate: number('2000') },
      out: { type: 'string', default: 'bench/results.md' },
    } as const;
    const { out, ...rest } = parseArgs({ args: [...args], options, strict: true }).values;
    const numbers = Object.entries(rest).map(([name, text]) => [name, Number(text)] as const);
    for (const [name, value] of numbers) if (!(value > 0)) throw new Error(`--${name} is a number above 0`);
    const { addresses, connections, seconds, rate } = Object.fromEntries(numbers) as Record<keyof typeof rest, number>;
    return { addresses, connections, seconds, rate, out };
  } catch (error) {
    throw new UsageError((error as Error).message, usage);
  }
}

/** What was asked, how often, and how long it took. */
interface Line {
  readonly what: string;
  readonly asked: Asked[];
}

/** Asks all types unpaged, then all paged, until `isOver`; every kind at least once. */
async function askOnAndOn(asker: Asker, lines: readonly Line[], isOver: () => boolean): Promise<void> {
  do {
    for (const [at, type] of types.entries()) {
      lines[at]!.asked.push(await asker.query(type));
      lines[types.length + at]!.asked.push(await askInPages(asker, type));
    }
  } while (!isOver());
}

async function askInPages(asker: Asker, type: string): Promise<Asked> {
  const sum = { rows: 0, bytes: 0, ms: 0 };
  for (let page = pageRows; page === pageRows; ) {
    const asked = await asker.query(type, sum.rows, pageRows);
    page = asked.rows;
    sum.rows += asked.rows;
    sum.bytes += asked.bytes;
    sum.ms += asked.ms;
  }
  return sum;
}

/** Exit code: 1 when a query took 2 s or longer, or messages were delayed by more than 20 ms. */
export async function benchManagement(args: readonly string[]): Promise<number> {
  guardChildren();
  const options = readOptionsOf(args);
  const program = compileLoadGenerator();
  const router = await startRouter(program, defaultRouterCommand);
  const scenario = {
    ...{ name: 'steady', kind: 'traffic', bodyBytes: 100, settled: false, rate: options.rate },
    ...{ senders: 1, consumers: 1 },
  } as const satisfies Scenario;
  const traffic = (seconds: number) =>
    measureTraffic(scenario, router, { program, sasl: 'anonymous', secondsPerRun: seconds, idleSettleMs: 0 });
  const idleArgs = ['--host', router.host, '--port', String(router.port), '--address', 'idle', '--address-per-link'];
  const idle = new LoadIdle(program, [...idleArgs, '--connections', String(options.connections)]);
  await idle.ready();
  const population = await populate(router, options.addresses);
  const asker = await Asker.open(router.host, router.port);
  say(`${options.addresses} addresses and ${options.connections} connections are there`);
  await traffic(2); // warms up
  const quiet = await traffic(options.seconds);
  const lines: Line[] = [
    ...types.map((type) => ({ what: `${type}, in one reply`, asked: [] })),
    ...types.map((type) => ({ what: `${type}, ${pageRows} a page`, asked: [] })),
  ];
  let isOver = false;
  const busy = traffic(options.seconds).finally(() => (isOver = true));
  await askOnAndOn(asker, lines, () => isOver);
  const report = compose(options, quiet, await busy, lines);
  asker.close();
  for (const endpoint of population) endpoint.close();
  await idle.close();
  await stop(router.child);
  writeSection(options.out, 'management', report.text);
  process.stdout.write(report.text);
  return report.isMet ? 0 : 1;
}

type Figures = Omit<TrafficSample, 'round'>;

function compose(
  { addresses, connections, rate }: ReturnType<typeof readOptionsOf>,
  quiet: Figures,
  busy: Figures,
  lines: readonly Line[],
) {
  const { cpu, cores } = describeMachine();
  const longest = Math.max(...lines.slice(0, types.length).flatMap(({ asked }) => asked.map(({ ms }) => ms)));
  const delayMs = (busy.p99 - quiet.p99) / 1000;
  const isMet = longest < 2_000 && delayMs <= 20;
  const ms = (microseconds: number) => `${formatNumber(microseconds / 1000)} ms`;
  const rows = lines.map(({ what, asked }) => {
    const { rows: count, bytes } = asked.at(-1)!;
    const times = asked.map((one) => one.ms);
    return (
      `| ${what} | ${formatNumber(count)} | ${formatNumber(bytes / 1e6)} MB | ${asked.length} | ` +
      `${formatNumber(median(times))} ms | ${formatNumber(Math.max(...times))} ms |`
    );
  });
  const text = `# Management of a full router

Written by \`npm run bench -- management\`. One router with ${formatNumber(addresses)} addresses and ${formatNumber(connections)} idle connections beside those of
their consumers; ${formatNumber(rate)} unsettled messages of 100 bytes a second, and a client that asks for everything again and again.

* ${new Date().toISOString().slice(0, 10)}, commit ${describeCommit()}, Node ${process.version}
* ${cpu}, ${cores} cores, which clients, queries and traffic share

| asked for | rows | bytes | times | median | longest |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

| messages | p50 | p99 | p999 |
| --- | ---: | ---: | ---: |
| alone | ${ms(quiet.p50)} | ${ms(quiet.p99)} | ${ms(quiet.p999)} |
| while all is asked for | ${ms(busy.p50)} | ${ms(busy.p99)} | ${ms(busy.p999)} |

Goals: everything in less than 2 s, messages delayed by at most 20 ms at p99: ${isMet ? 'met' : '**missed**'}.
`;
  return { text, isMet };
}
