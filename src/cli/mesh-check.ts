// `weft mesh check`: all that is wrong with a mesh, at once.
import { Command } from 'commander';
import pc from 'picocolors';
import { WeftError } from '../host/errors.ts';
import { checkFiles } from '../mesh/check/check-mesh.ts';
import { formatMeshFault, type MeshFault, shownFaults } from '../mesh/model/faults.ts';
import type { Mesh } from '../mesh/model/mesh.ts';
import { readMesh } from '../mesh/model/read-mesh.ts';
import { readMeshFiles } from './mesh-files.ts';
import { formatCount } from './progress.ts';

interface CheckOptions {
  readonly strict?: true;
  readonly json?: true;
}

const notes = `
FILE is the platform's file (default: mesh.yaml); the files of the teams are those that it includes.

Faults: what is written wrongly; an interior router or connection whose loss cuts an environment or an edge off (each
single failure is tried); a use without grant; listeners and links that cannot be reached; channels that overlap.
Warnings: fewer than two interior routers; an application with a single endpoint; a channel without publisher, consumer
or owner; a grant that nobody uses; a name that routers read differently.

Each is FILE:LINE:COLUMN PATH: what is wrong; what is allowed; what to do.
Exit code 0: no faults. 1: faults, or warnings with --strict. 2: wrong usage.`;

export function meshCheckCommand(): Command {
  return new Command('check')
    .description('Tell all that is wrong with a mesh, at once.')
    .argument('[file]', "the platform's file, or its folder", 'mesh.yaml')
    .option('--strict', 'warnings count as faults')
    .option('--json', 'print one JSON object')
    .addHelpText('after', notes)
    .action((file: string, options: CheckOptions) => {
      process.exitCode = checkAndTell(file, options);
    });
}

function checkAndTell(file: string, { strict, json }: CheckOptions): number {
  const { mesh, faults } = checkFiles(readMeshFiles(file));
  const warnings = faults.filter(({ severity }) => severity === 'warning').length;
  const isGood = faults.length === warnings && (warnings === 0 || strict !== true);
  if (json) {
    const told = faults.map((fault) => (strict ? { ...fault, severity: 'fault' } : fault));
    process.stdout.write(`${JSON.stringify({ ok: isGood, faults: told, mesh: mesh && countsOf(mesh) }, null, 2)}\n`);
    return isGood ? 0 : 1;
  }
  for (const line of faultLines(faults)) process.stdout.write(`${line}\n`);
  process.stdout.write(`${summary(file, mesh, faults.length - warnings, warnings, strict === true)}\n`);
  return isGood ? 0 : 1;
}

/** Throws WeftError with all faults of form, names and references; whether the mesh is a good one does not matter here. */
export function readMeshOrThrow(file: string): Mesh {
  const { mesh, faults } = readMesh(readMeshFiles(file));
  if (mesh === null) throw new WeftError('WEFT_MESH_INVALID', faultLines(faults).join('\n'));
  return mesh;
}

/** Faults as lines, in colour on a terminal; what is too much is counted. */
export function faultLines(faults: readonly MeshFault[]): string[] {
  const colours = pc.createColors(process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined);
  const shown = shownFaults(faults);
  const lines = shown.map((fault) => {
    const line = formatMeshFault(fault);
    const end = line.indexOf(' ');
    const colour = fault.severity === 'warning' ? colours.yellow : colours.red;
    return `${colour(line.slice(0, end))}${line.slice(end)}`;
  });
  if (shown.length < faults.length) lines.push(`and ${formatCount(faults.length - shown.length)} more`);
  return lines;
}

function summary(file: string, mesh: Mesh | null, faults: number, warnings: number, isStrict: boolean): string {
  const counts = mesh && countsOf(mesh);
  const what = counts
    ? `${plural(counts.environments, 'environment')}, ${plural(counts.routers, 'router')}, ${plural(counts.channels, 'channel')}, ${plural(counts.applications, 'application')}: `
    : '';
  if (faults + warnings === 0) return `${file}: ${what}nothing is wrong`;
  const told = [
    ...(faults > 0 ? [plural(faults, 'fault')] : []),
    ...(warnings > 0 ? [`${plural(warnings, 'warning')}${isStrict ? ', which count as faults (--strict)' : ''}`] : []),
  ];
  const rest = mesh === null ? '; mend them, then the mesh as a whole is checked' : '';
  return `${file}: ${what}${told.join(' and ')}${rest}`;
}

function countsOf({ name, environments, routers, channels, applications, teams }: Mesh) {
  return {
    name,
    environments: environments.size,
    routers: routers.size,
    teams: teams.size,
    channels: channels.size,
    applications: applications.size,
  };
}

/** `1 fault`, `2 faults` */
export function plural(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}
