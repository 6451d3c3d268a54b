// The folder that a mesh is rendered to.
//
//   .weft/rendered.json   { target, engine, image, files }
//   .weft/mesh.json       the mesh that was rendered, for the next plan
import type { Mesh } from '../mesh/model/mesh.ts';
import { meshFromJson } from '../mesh/plan/mesh-json.ts';
import type { Engine, Target } from '../mesh/render/rendering.ts';
import { type FileChanges, type FolderKind, WrittenFolder } from './written-folder.ts';

const kind: FolderKind = {
  command: 'weft mesh render',
  manifest: '.weft/rendered.json',
  isPrivate: false,
  mayLeave: () => false,
};
const meshFile = '.weft/mesh.json';

/** What the folder was rendered with. */
export interface RenderSettings {
  readonly target: Target;
  readonly engine: Engine;
  readonly image: string;
}

export class RenderedFolder extends WrittenFolder<RenderSettings> {
  /** Throws WeftError when there is a manifest that cannot be read. */
  constructor(folder: string) {
    super(folder, kind);
  }

  /** The mesh that was rendered here; null when there is none, or of another version of Weft. */
  mesh(): Mesh | null {
    const text = this.read(meshFile);
    return text === null ? null : meshFromJson(text.toString('utf8'));
  }

  /** Throws as {@link writeAll} does. */
  write(files: ReadonlyMap<string, string>, mesh: string, { target, engine, image }: RenderSettings): FileChanges {
    return this.writeAll(files, { target, engine, image }, [[meshFile, mesh]]);
  }
}
