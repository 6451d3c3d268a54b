// `npm run bench -- large`: networks of 128 and 1,000 routers in the simulator: how fast they converge, and what it costs to compute.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { describeCommit, describeMachine } from './environment.ts';
import { UsageError } from './options.ts';
import { formatNumber } from './report.ts';
import { type Part, writeSection } from './results-file.ts';
import { root } from './root.ts';

const largeUsage = `npm run bench -- large [options]

  --only N       128 (seconds) or 1000 (minutes); default: 128
  --out FILE     whose section is written (default: bench/results.md)
`;

interface Phase {
  readonly ms: number;
  readonly messages: number;
  readonly bytes: number;
}

/** The line of `weft sim --json` for a large network. */
interface Outcome {
  readonly routers: number;
  readonly links: number;
  readonly ok: boolean;
  readonly coldStart: Phase;
  readonly loss: Phase;
  readonly seconds: number;
  readonly megabytes: number;
}

function readLargeOptions(args: readonly string[]) {
  try {
    const options = { only: { type: 'string' }, out: { type: 'string' } } as const;
    const { only = '128', out = 'bench/results.md' } = parseArgs({ args: [...args], options, strict: true }).values;
    if (only !== '128' && only !== '1000') throw new Error(`--only is 128 or 1000, not “${only}”`);
    return { size: only, out } as const;
  } catch (error) {
    throw new UsageError((error as Error).message, largeUsage);
  }
}

/** Exit code 0: every router found the shortest paths. */
export function benchLarge(args: readonly string[]): number {
  const { size, out } = readLargeOptions(args);
  const command = ['bin/weft.js', 'sim', '--topology', size, '--seeds', '1', '--json'];
  const output = execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
  const outcome = JSON.parse(output) as Outcome;
  writeSection(out, `large-${size}` satisfies Part, report(outcome));
  return outcome.ok ? 0 : 1;
}

function report({ routers, links, coldStart, loss, seconds, megabytes }: Outcome): string {
  const { cpu, cores } = describeMachine();
  const row = (what: string, { ms, messages, bytes }: Phase) =>
    `| ${what} | ${formatNumber(ms)} ms | ${formatNumber(messages)} | ${formatNumber(bytes / 1e6)} MB |`;
  return `# ${formatNumber(routers)} routers in the simulator

Written by \`npm run bench -- large --only ${routers}\`. ${formatNumber(routers)} interior routers, ${formatNumber(links)} links; time is that of the simulated network, in
which every router knows every shortest path at the end of a phase.

* ${new Date().toISOString().slice(0, 10)}, commit ${describeCommit()}, Node ${process.version}
* ${cpu}, ${cores} cores; computed in ${formatNumber(Math.round(seconds))} s with at most ${formatNumber(megabytes)} MiB

| phase | mesh time until it is quiet | messages between routers | bytes |
| --- | ---: | ---: | ---: |
${row('cold start of all', coldStart)}
${row('loss of one router', loss)}
`;
}
