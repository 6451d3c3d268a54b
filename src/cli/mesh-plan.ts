// `weft mesh plan`: what would change, and what that does to traffic: against what was rendered last, or against the running mesh.
import { Command, Option } from 'commander';
import { WeftError } from '../host/errors.ts';
import type { Survey } from '../management/client/survey.ts';
import { type Plan, planChanges, removesWhatIsUsed } from '../mesh/plan/plan.ts';
import { planText } from '../mesh/plan/plan-text.ts';
import { planAgainstRunning } from '../mesh/plan/running-plan.ts';
import { placementOf, type Target, targets } from '../mesh/render/rendering.ts';
import { addConnectionFlags, type ConnectionFlags } from './management/connection-flags.ts';
import { surveyOf } from './management/surveying.ts';
import { goodMeshOrThrow, renderedFiles } from './mesh-render.ts';
import { RenderedFolder } from './rendered-folder.ts';
import { UsageError } from './usage-error.ts';
import type { FileChanges } from './written-folder.ts';

interface PlanOptions extends ConnectionFlags {
  readonly against?: string;
  readonly target?: Target;
  readonly allowRemoval?: true;
  readonly json?: true;
}

const notes = `
DIR is a folder that \`weft mesh render\` wrote. URL is a router of the running mesh: it and all others are asked, through it, how they are
configured and who is attached to them. Hosts, ports and paths of files are compared only when --target says how the routers are run.
Nothing is written or changed. Dispatch's routers are compared as far as their management shows what they have.

Exit code 0: it can be rendered. 1: the mesh has faults; or channels or rights that applications use would go, without --allow-removal; or a
router of the running mesh does not answer. 2: wrong usage.

  weft mesh plan my-mesh --against rendered
  weft mesh plan my-mesh -b amqps://aws-1.example.com --ssl-trustfile ca.pem --ssl-certificate cert.pem --ssl-key key.pem`;

export function meshPlanCommand(): Command {
  const command = new Command('plan')
    .description('Tell what rendering a mesh would create, change and remove, and what that does to traffic.')
    .argument('[file]', "the platform's file, or its folder", 'mesh.yaml')
    .option('--against <folder>', 'compare with what was rendered last')
    .addOption(new Option('--target <target>', 'how the running routers are run; with -b').choices(targets))
    .option('--allow-removal', 'exit with 0 also when a channel or right in use is taken away')
    .option('--json', 'print one JSON object')
    .action(tellPlan);
  return addConnectionFlags(command).addHelpText('after', notes);
}

async function tellPlan(file: string, options: PlanOptions, command: Command): Promise<void> {
  const isRunning = command.getOptionValueSource('bus') === 'cli';
  if (isRunning === (options.against !== undefined))
    throw new UsageError(
      'say what to compare with: --against DIR (what was rendered last), or -b URL (the running mesh)',
    );
  if (!isRunning && options.target !== undefined) throw new UsageError('--target is for the running mesh: -b URL');
  const { plan, isWhole, more, text } = isRunning
    ? await againstRunning(file, options)
    : againstFolder(file, options.against as string);
  const isAllowed = isWhole && (options.allowRemoval === true || !removesWhatIsUsed(plan));
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: isAllowed, ...plan, ...more }, null, 2)}\n`);
  else process.stdout.write(`${planText(plan)}${text}`);
  process.exitCode = isAllowed ? 0 : 1;
}

interface Compared {
  readonly plan: Plan;
  /** Nothing was left out. */
  readonly isWhole: boolean;
  /** What else the JSON says, and the text. */
  readonly more: object;
  readonly text: string;
}

// --- what was rendered last --------------------------------------------------------------------------------------------

function againstFolder(file: string, against: string): Compared {
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
  const files = folder.compare(renderedFiles(mesh, folder.manifest));
  return { plan: planChanges(before, mesh), isWhole: true, more: { files }, text: filesText(against, files) };
}

function filesText(against: string, { created, changed, removed }: FileChanges): string {
  if (created.length + changed.length + removed.length === 0) return `No file in ${against} would change.\n`;
  return `In ${against}: ${created.length} files to create, ${changed.length} to change, ${removed.length} to remove.\n`;
}

// --- what runs ---------------------------------------------------------------------------------------------------------

async function againstRunning(file: string, options: PlanOptions): Promise<Compared> {
  const mesh = goodMeshOrThrow(file);
  const survey = await surveyOf(options, [...mesh.routers.values()]);
  const silent = new Set(survey.silent.map(({ id }) => id));
  const placement = options.target === undefined ? null : placementOf(mesh, options.target);
  const plan = planAgainstRunning(mesh, survey.routers, silent, placement);
  const unseen = survey.routers.flatMap(({ id, unseen: tables }) =>
    Object.entries(tables).map(([table, message]) => ({ router: id, table, message })),
  );
  const more = { asked: survey.routers.map(({ id }) => id), silent: survey.silent, unseen };
  return { plan, isWhole: silent.size === 0, more, text: askedText(survey, unseen) };
}

function askedText(
  { routers, silent }: Survey,
  unseen: readonly { router: string; table: string; message: string }[],
): string {
  const lines = [
    `Asked ${routers.length} ${routers.length === 1 ? 'router' : 'routers'}.`,
    ...silent.map(({ id, message }) => `NO ANSWER from ${id}, of which nothing is said here: ${message}`),
    ...unseen.map(({ router, table, message }) => `NOT SHOWN by ${router}: ${table} (${message})`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
