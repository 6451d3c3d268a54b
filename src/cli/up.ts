// `weft up`: a whole mesh on this machine, from its files.
import { Command } from 'commander';
import { WeftError } from '../host/errors.ts';
import { RunningMesh } from '../local/running-mesh.ts';
import { WorkFolder } from '../local/work-folder.ts';
import { checkFiles } from '../mesh/check/check-mesh.ts';
import type { Mesh } from '../mesh/model/mesh.ts';
import type { MeshFiles } from '../mesh/model/read-mesh.ts';
import { faultLines } from './mesh-check.ts';
import { readMeshFiles } from './mesh-files.ts';
import { positiveNumber } from './option-values.ts';
import { untilEnded } from './until-ended.ts';
import { readVersion } from './version.ts';

interface UpOptions {
  readonly for?: number;
  readonly dir?: string;
  readonly strict?: true;
}

export function upCommand(): Command {
  return new Command('up')
    .description('Run a whole mesh on this machine: a process for each router, mutual TLS, the policy of the grants.')
    .argument('[mesh]', "the platform's file, or its folder", 'mesh.yaml')
    .option('--for <seconds>', 'end by itself; exit code 1 when something went wrong', positiveNumber)
    .option(
      '--dir <folder>',
      'keep certificates, configurations, ports and logs there (default: a folder that is gone at the end)',
    )
    .option('--strict', 'warnings about the mesh count as faults')
    .action(async (place: string, options: UpOptions) => {
      process.exitCode = await up(place, options);
    });
}

async function up(place: string, options: UpOptions): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const ending = untilEnded();
  const files = readMeshFiles(place);
  const mesh = goodMesh(files, options.strict === true, say);
  const problems: string[] = [];
  const failed = (problem: string): void => {
    problems.push(problem);
    say(problem);
  };
  const folder = WorkFolder.open(options.dir ?? null, files.platform.name);
  const running = await RunningMesh.start(mesh, { folder, version: readVersion(), events: { failed } });
  if (options.for !== undefined) setTimeout(ending.end, options.for * 1000).unref();
  for (const { id, mode, environment, url, pid } of running.figures(performance.now()).routers)
    say(`${id}  ${mode}  ${environment}  ${url ?? '-'}  process ${pid}`);
  say(`certificates: ${folder.pki}`);
  await ending.isDue;
  for (const problem of await running.stop()) failed(problem);
  return problems.length === 0 ? 0 : 1;
}

/** Warnings are told. Throws WeftError with all faults. */
function goodMesh(files: MeshFiles, isStrict: boolean, say: (line: string) => void): Mesh {
  const { mesh, faults } = checkFiles(files);
  const serious = faults.filter(({ severity }) => isStrict || severity === 'fault');
  if (mesh === null || serious.length > 0) throw new WeftError('WEFT_MESH_INVALID', faultLines(faults).join('\n'));
  for (const line of faultLines(faults)) say(line);
  return mesh;
}
