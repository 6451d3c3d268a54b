// `weft up`: a whole mesh on this machine, from its files.
import { Command } from 'commander';
import pc from 'picocolors';
import { WeftError } from '../host/errors.ts';
import { busiest, type LossPlan } from '../local/losses.ts';
import { MeshRun } from '../local/mesh-run.ts';
import { JsonView, LinesView, TerminalView, type View } from '../local/view/view.ts';
import { WorkFolder } from '../local/work-folder.ts';
import { checkFiles } from '../mesh/check/check-mesh.ts';
import type { Mesh } from '../mesh/model/mesh.ts';
import type { MeshFiles } from '../mesh/model/read-mesh.ts';
import { faultLines } from './mesh-check.ts';
import { readMeshFiles } from './mesh-files.ts';
import { positiveNumber, repeated } from './option-values.ts';
import { untilEnded } from './until-ended.ts';
import { UsageError } from './usage-error.ts';
import { readVersion } from './version.ts';

/** How often what runs is shown. */
const showMs = 1000;

interface UpOptions {
  readonly for?: number;
  readonly traffic?: true;
  readonly json?: true;
  readonly lose?: readonly string[];
  readonly after?: number;
  readonly every?: number;
  readonly dir?: string;
  readonly allowRemoval?: true;
  readonly strict?: true;
}

const notes = `
Each router is a process of its own that runs what \`weft router\` runs, on 127.0.0.1, at ports that are free; one that ends is started again.
Certificates are made on the way: apps/TEAM/APP/ in the folder of certificates has those of an application.

While it runs:
  Files of the mesh change     applied at once, without touching connections that they do not mean; what has faults, or takes away what
                               applications use, is told and not applied
  weft pki rotate --dir DIR    replaces the authority, step by step (DIR: the folder of certificates): routers are drained and started anew,
                               one at a time, until no connection of the former authority is left
  Ctrl-C, SIGTERM              drains all routers and ends; a second one ends at once

--lose kills a router, to watch the mesh heal: ${busiest} is the interior router that carries most at that moment. With --every the routers named
are lost one after the other, over and over; without it each once, all at the same time.
--traffic imitates the applications of the mesh: each connects with its own certificate, and publishes, consumes, asks and answers what its
file says. \`traffic\` of an application in the file says how fast, how slow, and how often it rejects.
Exit code 0: all went well. 1: the mesh has faults, or something went wrong: a router ended by itself, an application was refused, a
message has no outcome, … 2: wrong usage.`;

export function upCommand(): Command {
  return new Command('up')
    .description('Run a whole mesh on this machine, from its files: a process for each router.')
    .argument('[mesh]', "the platform's file, or its folder", 'mesh.yaml')
    .option('--for <seconds>', 'end by itself', positiveNumber)
    .option('--traffic', 'run sample applications')
    .option('--json', 'print one JSON object a second')
    .option('--lose <router>', 'kill this router on the way (may be given several times)', repeated)
    .option('--after <seconds>', 'when it is lost (default: 5)', positiveNumber)
    .option('--every <seconds>', 'and again and again, so often', positiveNumber)
    .option('--dir <folder>', 'keep certificates, configurations, ports and logs (default: all is gone at the end)')
    .option('--allow-removal', 'apply changes also when a channel or right in use is taken away')
    .option('--strict', 'warnings about the mesh count as faults')
    .addHelpText('after', notes)
    .action(async (place: string, options: UpOptions) => {
      process.exitCode = await up(place, options);
    });
}

async function up(place: string, options: UpOptions): Promise<number> {
  const ending = untilEnded();
  const read = (): MeshFiles => readMeshFiles(place);
  const files = read();
  const mesh = goodMesh(files, options.strict === true);
  const losses = lossesOf(options, mesh);
  const folder = WorkFolder.open(options.dir ?? null, files.platform.name);
  if (process.stdout.isTTY) process.stderr.write(`Starting ${mesh.name}: ${mesh.routers.size} routers …\n`);
  const run = await MeshRun.start(mesh, files, {
    ...{ folder, version: readVersion(), read, losses, hasTraffic: options.traffic === true, broken: ending.end },
    rules: { allowsRemoval: options.allowRemoval === true, isStrict: options.strict === true },
  });
  if (options.for !== undefined) setTimeout(ending.end, options.for * 1000).unref();
  const view = chooseView(options.json === true);
  view.show(run.snapshot);
  const timer = setInterval(() => view.show(run.snapshot), showMs);
  await ending.isDue;
  clearInterval(timer);
  const last = await run.stop();
  view.end(last);
  return last.problems.length === 0 ? 0 : 1;
}

function chooseView(isJson: boolean): View {
  const { stdout } = process;
  const write = (text: string): void => void stdout.write(text);
  if (isJson) return new JsonView(write);
  return stdout.isTTY ? new TerminalView(stdout, pc.isColorSupported) : new LinesView(write);
}

/** Warnings are told. Throws WeftError with all faults. */
function goodMesh(files: MeshFiles, isStrict: boolean): Mesh {
  const { mesh, faults } = checkFiles(files);
  const serious = faults.filter(({ severity }) => isStrict || severity === 'fault');
  if (mesh === null || serious.length > 0) throw new WeftError('WEFT_MESH_INVALID', faultLines(faults).join('\n'));
  for (const line of faultLines(faults)) process.stderr.write(`${line}\n`);
  return mesh;
}

function lossesOf({ lose = [], after, every }: UpOptions, mesh: Mesh): LossPlan {
  if (lose.length === 0 && (after ?? every) !== undefined)
    throw new UsageError('--after and --every say when a router is lost: name it with --lose');
  const unknown = lose.filter((name) => name !== busiest && !mesh.routers.has(name));
  if (unknown.length > 0) {
    const names = [...mesh.routers.keys()].sort().join(', ');
    throw new UsageError(`there is no router ${unknown.join(', ')} to lose; there are ${names}, and ${busiest}`);
  }
  return { routers: lose, afterSeconds: after ?? 5, everySeconds: every ?? null };
}
