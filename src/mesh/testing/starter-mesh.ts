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

/** The starter with other words in its files. Throws when one of the words to replace is not there. */
export function changedStarter(...edits: readonly (readonly [string, string])[]): Mesh {
  const { platform, teams, notFound } = starterSources();
  for (const [from] of edits) {
    if (![platform, ...teams].some(({ text }) => text.includes(from))) throw new Error(`the starter has no ${from}`);
  }
  const edit = ({ name, text }: { name: string; text: string }) => ({
    name,
    text: edits.reduce((all, [from, to]) => all.replace(from, to), text),
  });
  return meshOf({ platform: edit(platform), teams: teams.map(edit), notFound });
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
