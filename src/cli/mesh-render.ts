// `weft mesh render`: the files that each router of a mesh needs.
import { Command, Option } from 'commander';
import { WeftError } from '../host/errors.ts';
import { checkFiles } from '../mesh/check/check-mesh.ts';
import type { Mesh } from '../mesh/model/mesh.ts';
import { meshToJson } from '../mesh/plan/mesh-json.ts';
import { planChanges, removesWhatIsUsed } from '../mesh/plan/plan.ts';
import { planText } from '../mesh/plan/plan-text.ts';
import { CannotRender } from '../mesh/render/cannot-render.ts';
import { builtImage } from '../mesh/render/compose.ts';
import { type Engine, engines, render, type Target, targets } from '../mesh/render/rendering.ts';
import { faultLines } from './mesh-check.ts';
import { readMeshFiles } from './mesh-files.ts';
import { RenderedFolder, type RenderSettings } from './rendered-folder.ts';
import { UsageError } from './usage-error.ts';
import { readVersion } from './version.ts';
import { type FileChanges, hashOf } from './written-folder.ts';

interface RenderCommandOptions {
  readonly target: Target;
  readonly out: string;
  readonly engine: Engine;
  readonly image?: string;
  readonly allowRemoval?: true;
  readonly json?: true;
}

const notes = `
  local        routers/ID.yaml, everything on 127.0.0.1
  systemd      ENVIRONMENT/ID/etc/…: configuration and unit for the machine of each router
  compose      compose.yaml and routers/ID.yaml: every router a container of this machine
  kubernetes   ENVIRONMENT.yaml: the manifests for the cluster of each environment
Each router lets in who has a certificate of the mesh, and allows what the grants say. Certificates are named by their paths; README.md
in the folder says where they go. Rendering twice gives the same bytes. Files that are not of this command's making are never
overwritten or removed, nor those that somebody has changed.
What takes away a channel or right that an application uses is refused without --allow-removal; see \`weft mesh plan\`.
Exit code 0: rendered. 1: the mesh has faults, or it is refused. 2: wrong usage.`;

export function meshRenderCommand(): Command {
  return new Command('render')
    .description('Write the files that each router of a mesh needs.')
    .argument('[file]', "the platform's file, or its folder", 'mesh.yaml')
    .addOption(new Option('-t, --target <target>', 'how routers are run').choices(targets).makeOptionMandatory())
    .requiredOption('-o, --out <folder>', 'where to')
    .addOption(new Option('--engine <engine>', 'what runs the routers').choices(engines).default('weft'))
    .option(
      '--image <name>',
      'container image, for compose and kubernetes (default: weft:VERSION, made by the Dockerfile)',
    )
    .option('--allow-removal', 'also when a channel or right in use is taken away')
    .option('--json', 'print one JSON object')
    .addHelpText('after', notes)
    .action((file: string, options: RenderCommandOptions) => {
      const mesh = goodMeshOrThrow(file);
      const changes = renderTo(mesh, options);
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ ok: true, out: options.out, ...changes }, null, 2)}\n`
          : summary(options.out, changes),
      );
    });
}

/** Throws WeftError with all faults; warnings do not count. */
export function goodMeshOrThrow(file: string): Mesh {
  const { mesh, faults } = checkFiles(readMeshFiles(file));
  const serious = faults.filter(({ severity }) => severity === 'fault');
  if (mesh === null || serious.length > 0) throw new WeftError('WEFT_MESH_INVALID', faultLines(serious).join('\n'));
  return mesh;
}

/** The files by path. Throws UsageError, or WeftError when the mesh cannot be rendered so. */
export function renderedFiles(mesh: Mesh, settings: RenderSettings): Map<string, string> {
  try {
    return render(mesh, { ...settings, version: readVersion(), hash: (text) => hashOf(text).slice(0, 16) });
  } catch (error) {
    if (error instanceof CannotRender) throw new WeftError('WEFT_MESH_INVALID', error.message);
    throw error;
  }
}

function renderTo(mesh: Mesh, options: RenderCommandOptions): FileChanges {
  const settings = { target: options.target, engine: options.engine, image: imageOf(options) };
  const folder = new RenderedFolder(options.out);
  const { manifest } = folder;
  if (manifest !== null && (manifest.target !== settings.target || manifest.engine !== settings.engine)) {
    const remedy = 'Name another folder with --out, or remove that one.';
    throw new WeftError(
      'WEFT_MESH_UNWRITABLE',
      `${options.out} holds a mesh for ${manifest.target} with ${manifest.engine}`,
      remedy,
    );
  }
  const before = folder.mesh();
  const plan = before === null ? null : planChanges(before, mesh);
  if (plan !== null && removesWhatIsUsed(plan) && !options.allowRemoval) {
    process.stderr.write(planText({ ...plan, changes: plan.changes.filter(({ isRemovalInUse }) => isRemovalInUse) }));
    throw new WeftError('WEFT_MESH_REMOVAL', 'nothing was written', 'If that is meant, add --allow-removal.');
  }
  return folder.write(renderedFiles(mesh, settings), meshToJson(mesh), settings);
}

function imageOf({ target, engine, image }: RenderCommandOptions): string {
  const isContainer = target === 'compose' || target === 'kubernetes';
  if (!isContainer && image !== undefined) throw new UsageError('--image is for compose and kubernetes');
  if (!isContainer) return '';
  if (image === undefined && engine === 'qdrouterd') throw new UsageError('name an image of qdrouterd with --image');
  return image ?? builtImage(readVersion());
}

function summary(out: string, { created, changed, removed, same }: FileChanges): string {
  const parts = [
    `${created.length} new`,
    `${changed.length} changed`,
    `${removed.length} removed`,
    `${same.length} as they were`,
  ];
  return `${out}: ${created.length + changed.length + same.length} files: ${parts.join(', ')}; see ${out}/README.md\n`;
}
