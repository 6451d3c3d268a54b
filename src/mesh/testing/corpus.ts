// The meshes of src/mesh/corpus: good ones, ones with warnings only, bad ones. A mesh is a file, or a folder with mesh.yaml.
import { readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMeshFiles } from '../../cli/mesh-files.ts';
import type { MeshFiles } from '../model/read-mesh.ts';
import type { SourceText } from '../model/yaml-source.ts';

const folder = fileURLToPath(new URL('../corpus/', import.meta.url));

export type Kind = 'good' | 'warned' | 'bad';

export interface CorpusMesh {
  readonly name: string;
  readonly kind: Kind;
  /** With names as seen from the folder of its kind. */
  readonly files: MeshFiles;
}

export function corpus(...kinds: Kind[]): CorpusMesh[] {
  return kinds.flatMap((kind) =>
    readdirSync(`${folder}${kind}`)
      .filter((name) => !name.endsWith('.txt'))
      .sort()
      .map((name) => ({ kind, name: name.replace('.yaml', ''), files: filesOf(`${folder}${kind}`, name) })),
  );
}

function filesOf(base: string, name: string): MeshFiles {
  const { platform, teams, notFound } = readMeshFiles(`${base}/${name}`);
  const renamed = (file: SourceText): SourceText => ({ name: relative(base, file.name), text: file.text });
  return { platform: renamed(platform), teams: teams.map(renamed), notFound };
}
