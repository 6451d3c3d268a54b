// `weft up`: a whole mesh on this machine, from its files.
import { Command } from 'commander';
import pc from 'picocolors';
import { WeftError } from '../host/errors.ts';
import { busiest, type LossPlan } from '../local/loss-schedule.ts';
import { MeshRun } from '../local/mesh-run.ts';
import { JsonView, LinesView, TerminalView, type View } from '../local/view/view.ts';
import { WorkFolder } from '../local/work-folder.ts';
import { checkFiles } from '../mesh/check/check-mesh.ts';
import type { Mesh } from '../mesh/model/mesh.ts';
import type { MeshFiles } from '../mesh/model/read-mesh.ts';
import { suggestion } from '../schema/names.ts';
import { faultLines } from './mesh-check.ts';
import { readMeshFiles } from './mesh-files.ts';
import { positiveNumber, repeated } from './option-values.ts';
import { untilEnded } from './until-ended.ts';
import { UsageError } from './usage-error.ts';
import { readVersion } from './version.ts';

interface UpOptions {
  readonly for?: number;
  readonly traffic?: true;
  readonly lose?: string[];
  readonly after?: number;
  readonly every?: number;
  readonly json?: true;
  readonly dir?: string;
  readonly strict?: true;
}

const notes = `
MESH is the platform's file, or its folder. Everything is on loopback, at ports that are free, as \`weft mesh render --target local\`
renders it; a router that ends is started again. Ctrl-C ends it and leaves nothing behind.

--traffic imitates the applications of the mesh: each connects with its own certificate and publishes, consumes, asks and answers what
its file says. \`traffic\` of an application in the file says how fast, how slow, and how often it rejects.
--lose kills routers (SIGKILL) to watch how the mesh heals; ${busiest} is the interior router that carries most at that moment.

Exit code 0: well. 1: something went wrong: a router ended by itself, an application was refused, a channel did not resume after a loss,
a message without an outcome. 2: wrong usage.`;

export function upCommand(): Command {
  return new Command('up')
    .description('Run a whole mesh on this machine: a process for each router, mutual TLS, the policy of the grants.')
    .argument('[mesh]', "the platform's file, or its folder", 'mesh.yaml')
    .option('--for <seconds>', 'end by itself', positiveNumber)
    .option('--traffic', 'run sample applications')
    .option(
      '--lose <router>',
      `kill it on the way (may be given several times; ${busiest}: who carries most)`,
      repeated,
    )
    .option('--after <seconds>', 'when to kill it (default: 5)', positiveNumber)
    .option('--every <seconds>', 'and again every so many seconds', positiveNumber)
    .option('--json', 'print one JSON object a second')
    .option(
      '--dir <folder>',
      'keep certificates, configurations, ports and logs there (default: a folder that is gone at the end)',
    )
    .option('--strict', 'warnings about the mesh count as faults')
    .addHelpText('after', notes)
    .action(async (place: string, options: UpOptions) => {
      process.exitCode = await up(place, options);
    });
}

async function up(place: string, options: UpOptions): Promise<number> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const ending = untilEnded();
  const files = readMeshFiles(place);
  const mesh = goodMesh(files, options.strict === true, say);
  const losses = lossPlanOf(options, mesh);
  say(`Starting ${mesh.name}: ${mesh.routers.size} routers …`);
  const folder = WorkFolder.open(options.dir ?? null, files.platform.name);
  const hasTraffic = options.traffic === true;
  const run = await MeshRun.start(mesh, { folder, version: readVersion(), hasTraffic, losses, broken: ending.end });
  if (options.for !== undefined) setTimeout(ending.end, options.for * 1000).unref();
  const view = chooseView(options.json === true);
  view.show(run.snapshot);
  const timer = setInterval(() => view.show(run.snapshot), 1000);
  await ending.isDue;
  clearInterval(timer);
  const last = await run.stop();
  view.end(last);
  return last.problems.length === 0 ? 0 : 1;
}

/** Throws UsageError. */
function lossPlanOf({ lose, after, every }: UpOptions, mesh: Mesh): LossPlan | null {
  if (lose === undefined) {
    if (after === undefined && every === undefined) return null;
    throw new UsageError('--after and --every say when a router is killed: name it with --lose');
  }
  const known = [...mesh.routers.keys()];
  const unknown = lose.find((name) => name !== busiest && !mesh.routers.has(name));
  if (unknown !== undefined)
    throw new UsageError(
      `--lose: there is no router '${unknown}'${suggestion(unknown, [...known.slice(0, 20), busiest])}`,
    );
  return { routers: lose, afterSeconds: after ?? 5, everySeconds: every ?? null };
}

function chooseView(isJson: boolean): View {
  const { stdout } = process;
  const write = (text: string): void => void stdout.write(text);
  if (isJson) return new JsonView(write);
  return stdout.isTTY ? new TerminalView(stdout, pc.isColorSupported) : new LinesView(write);
}

/** Warnings are told. Throws WeftError with all faults. */
function goodMesh(files: MeshFiles, isStrict: boolean, say: (line: string) => void): Mesh {
  const { mesh, faults } = checkFiles(files);
  const serious = faults.filter(({ severity }) => isStrict || severity === 'fault');
  if (mesh === null || serious.length > 0) throw new WeftError('WEFT_MESH_INVALID', faultLines(faults).join('\n'));
  for (const line of faultLines(faults)) say(line);
  return mesh;
}
