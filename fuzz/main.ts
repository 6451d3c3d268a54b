// `npm run fuzz`: see options.ts.
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseInputs, readCorpus, writeCoverageInputs, writeFind } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { examine, type Find } from './find.ts';
import { Fuzzer } from './fuzzer.ts';
import { minimise } from './minimise.ts';
import { type Options, parseOptions, type TargetName, usage } from './options.ts';
import type { Target } from './target.ts';

const isOurs = (url: string): boolean => /\/dist\/src\//.test(url);

/** Imported only now: code is counted block by block only when counting began before it was loaded. */
async function load(name: TargetName): Promise<Target> {
  if (name === 'codec') return (await import('./codec/codec-target.ts')).codecTarget();
  return (await import('./router/router-target.ts')).routerTarget();
}

/** How many inputs share a look at coverage: as many as cost about ten looks. */
const rhythm = { codec: { batchSize: 512, singles: 6 }, router: { batchSize: 96, singles: 4 } };

/** Heap growth over a run, after collecting garbage, that counts as a leak. */
const growthMaxBytes = 64 * 1024 * 1024;
/** Until then code is compiled and caches fill. */
const warmUpExecutions = 3_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const count = (number: number): string => Math.round(number).toLocaleString('en-US');

/** Returns whether all went well. */
async function fuzz(name: TargetName, options: Options): Promise<boolean> {
  const coverage = new Coverage(isOurs);
  const target = await load(name);
  const corpus = readCorpus(name).flatMap(({ inputs }) => inputs);
  const fuzzer = new Fuzzer(target, { ...rhythm[name], seed: options.seed, coverage, corpus });
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1000;
  const line = (): string => {
    const { functions, neverRunPieces } = coverage.summary;
    const rate = count(fuzzer.executions / elapsed());
    return (
      `${name.padEnd(6)} ${elapsed().toFixed(0).padStart(4)} s  ${count(fuzzer.executions).padStart(11)} executions  ` +
      `${rate.padStart(7)}/s  corpus ${fuzzer.corpus.length}  functions ${functions}  blocks not reached ${neverRunPieces}  finds ${fuzzer.finds.length}`
    );
  };
  fuzzer.start();
  let heapBefore = 0;
  for (let printAt = 0; !fuzzer.isDone && elapsed() < options.seconds && fuzzer.executions < options.executions; ) {
    fuzzer.round();
    if (heapBefore === 0 && fuzzer.executions >= warmUpExecutions) heapBefore = heapBytes();
    if (elapsed() < printAt) continue;
    print(line());
    printAt = elapsed() + 10;
  }
  print(line());
  coverage.stop();
  const hasGrown = reportGrowth(heapBefore, fuzzer.corpus);
  for (const find of fuzzer.finds) reportFind(target, find);
  if (options.keeps) await keep(name, target, fuzzer.corpus);
  return fuzzer.finds.length === 0 && !hasGrown;
}

function reportGrowth(before: number, corpus: readonly Uint8Array[]): boolean {
  if (before === 0) return false;
  const kept = corpus.reduce((sum, input) => sum + input.length + 100, 0);
  const growth = heapBytes() - before - kept;
  print(`heap ${count(before / 1024)} kB after the warm-up, ${growth < 0 ? '' : '+'}${count(growth / 1024)} kB since`);
  if (growth > growthMaxBytes) print('FOUND growth: memory does not return');
  return growth > growthMaxBytes;
}

function reportFind(target: Target, find: Find): void {
  const isSame = (input: Uint8Array): boolean => examine(target, input)?.signature === find.signature;
  // Hangs cost their whole time at every attempt.
  const attempts = find.signature === 'hang' ? 20 : 3000;
  const input = isSame(find.input) ? minimise(find.input, target.split, isSame, attempts) : find.input;
  const path = writeFind(target, { ...find, input });
  print(`\nFOUND ${find.signature}\n${find.report}\n  npm run fuzz -- --target ${target.name} --replay ${path}\n`);
}

/** Of the corpus, what is needed to reach the code that it reaches, short inputs first. */
async function keep(name: TargetName, target: Target, corpus: readonly Uint8Array[]): Promise<void> {
  const coverage = new Coverage(isOurs);
  const kept = [...corpus]
    .sort((a, b) => a.length - b.length)
    .filter((input) => {
      coverage.look();
      if (examine(target, input) !== null) return false;
      return coverage.add(coverage.look()) > 0;
    });
  coverage.stop();
  writeCoverageInputs(target, kept);
  print(`kept ${kept.length} of ${corpus.length} inputs in fuzz/corpus/${name}`);
}

async function replay(name: TargetName, file: string): Promise<boolean> {
  const target = await load(name);
  const inputs = parseInputs(readFileSync(file, 'utf8'));
  const finds = inputs.map((input) => examine(target, input)).filter((find) => find !== null);
  for (const { signature, report } of finds) print(`FOUND ${signature}\n${report}\n`);
  print(`${inputs.length} inputs, ${finds.length} finds`);
  return finds.length === 0;
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), Date.now() % 1_000_000_000);
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  if (options.replay !== null) return (await replay(options.targets[0] as TargetName, options.replay)) ? 0 : 1;
  print(`seed ${options.seed}`);
  let isWell = true;
  for (const name of options.targets) isWell = (await fuzz(name, options)) && isWell;
  return isWell ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 2;
}
