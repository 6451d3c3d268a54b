// The mesh that `weft mesh init` writes, read.

import type { Mesh } from '../model/mesh.ts';
import type { MeshFiles } from '../model/read-mesh.ts';
import { readMesh } from '../model/read-mesh.ts';
import { starterFiles } from '../starter.ts';

export function starterSources(): MeshFiles {
  const source = (name: string) => ({ name, text: starterFiles().get(name) ?? '' });
  return {
    platform: source('mesh.yaml'),
    teams: [source('teams/shop.yaml'), source('teams/warehouse.yaml')],
    notFound: [],
  };
}

export function starterMesh(): Mesh {
  return meshOf(starterSources());
}

/** A mesh in one file. Throws when it has a fault of form. */
export function meshOfText(text: string): Mesh {
  return meshOf({ platform: { name: 'mesh.yaml', text }, teams: [], notFound: [] });
}

export function meshOf(files: MeshFiles): Mesh {
  const { mesh, faults } = readMesh(files);
  if (mesh === null) throw new Error(faults.map(({ path, message }) => `${path} ${message}`).join('\n'));
  return mesh;
}
