// `weft mesh plan`: what rendering a mesh would change, and what that does to traffic.
import { Command } from 'commander';
import { WeftError } from '../host/errors.ts';
import { planChanges, removesWhatIsUsed } from '../mesh/plan/plan.ts';
import { planText } from '../mesh/plan/plan-text.ts';
import { goodMeshOrThrow, renderedFiles } from './mesh-render.ts';
import { RenderedFolder } from './rendered-folder.ts';
import type { FileChanges } from './written-folder.ts';

interface PlanOptions {
  readonly against: string;
  readonly allowRemoval?: true;
  readonly json?: true;
}

const notes = `
DIR is a folder that \`weft mesh render\` wrote. Nothing is written.
Exit code 0: it can be rendered. 1: the mesh has faults, or channels or rights that applications use would go, without
--allow-removal. 2: wrong usage.`;

export function meshPlanCommand(): Command {
  return new Command('plan')
    .description('Tell what rendering a mesh would create, change and remove, and what that does to traffic.')
    .argument('[file]', "the platform's file, or its folder", 'mesh.yaml')
    .requiredOption('--against <folder>', 'what was rendered last')
    .option('--allow-removal', 'exit with 0 also when a channel or right in use is taken away')
    .option('--json', 'print one JSON object')
    .addHelpText('after', notes)
    .action(tellPlan);
}

function tellPlan(file: string, { against, allowRemoval, json }: PlanOptions): void {
  const folder = new RenderedFolder(against);
  const before = folder.mesh();
  if (before === null || folder.manifest === null) {
    const remedy = 'Name a folder that `weft mesh render` wrote; the first rendering needs no plan.';
    throw new WeftError(
      'WEFT_MESH_UNREADABLE',
      `nothing that this version of Weft knows was rendered to ${against}`,
      remedy,
    );
  }
  const mesh = goodMeshOrThrow(file);
  const plan = planChanges(before, mesh);
  const files = folder.compare(renderedFiles(mesh, folder.manifest));
  const isAllowed = allowRemoval === true || !removesWhatIsUsed(plan);
  if (json) process.stdout.write(`${JSON.stringify({ ok: isAllowed, ...plan, files }, null, 2)}\n`);
  else process.stdout.write(`${planText(plan)}${filesText(against, files)}`);
  process.exitCode = isAllowed ? 0 : 1;
}

function filesText(against: string, { created, changed, removed }: FileChanges): string {
  if (created.length + changed.length + removed.length === 0) return `No file in ${against} would change.\n`;
  return `In ${against}: ${created.length} files to create, ${changed.length} to change, ${removed.length} to remove.\n`;
}
