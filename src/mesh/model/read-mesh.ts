// The files of a mesh → the mesh, or all that is wrong with their form, names and references, at once.
//
//   mesh.yaml ──▶ YAML ─▶ form ─┐
//   teams/*.yaml ▶ YAML ─▶ form ─┴▶ declarations ─▶ names and references ─▶ Mesh
import { addMeshFile, addTeamFile, emptyDeclarations } from './declarations.ts';
import { type MeshFault, MeshFaults } from './faults.ts';
import type { Mesh } from './mesh.ts';
import { type MeshFile, meshFileSchema, teamFileSchema } from './mesh-schema.ts';
import { isMap, readForm } from './read-form.ts';
import { resolveMesh } from './resolve-mesh.ts';
import { checkTeamFile, teamOfFile } from './team-file.ts';
import { type SourceText, YamlSource } from './yaml-source.ts';

export interface ReadMesh {
  /** Null if, and only if, something is wrong. */
  readonly mesh: Mesh | null;
  /** By file, then by place. There are no warnings among them. */
  readonly faults: readonly MeshFault[];
}

/**
 * The patterns of files to include, as the platform's file says them: relative to it, with * for any part of a name. Empty when
 * there are none, or when the file cannot be read; {@link readMesh} tells why.
 */
export function includesOf(platform: SourceText): string[] {
  const { value } = new YamlSource(platform, new MeshFaults(platform.name));
  const include = isMap(value) ? value['include'] : undefined;
  return (Array.isArray(include) ? include : [include]).filter((one) => typeof one === 'string' && one !== '');
}

/** The files of a mesh, as they were read. */
export interface MeshFiles {
  readonly platform: SourceText;
  /** What {@link includesOf} asked for. */
  readonly teams: readonly SourceText[];
  /** Patterns of `include` for which there was no file. */
  readonly notFound: readonly string[];
}

export function readMesh({ platform, teams, notFound }: MeshFiles): ReadMesh {
  const faults = new MeshFaults(platform.name);
  const declarations = emptyDeclarations();
  const source = new YamlSource(platform, faults);
  const file = readForm(meshFileSchema, source, ['mesh', 'unnamed'], faults);
  addMeshFile(declarations, file, source);
  for (const pattern of notFound) {
    const message = `there is no file ${pattern}; names are relative to ${platform.name}, and * is any part of a name; add the file, or remove it here`;
    faults.fault('reference', { file: source, path: ['include'] }, message);
  }
  for (const team of teams) {
    const teamSource = new YamlSource(team, faults);
    const teamFile = readForm(teamFileSchema, teamSource, ['team', teamOfFile(team.name)], faults);
    if (teamFile !== null) checkTeamFile(teamFile, teamSource, spacesOf(file, teamFile.team), faults);
    addTeamFile(declarations, teamFile, teamFile?.team ?? teamOfFile(team.name), teamSource);
  }
  const mesh = resolveMesh(
    { name: file?.mesh ?? '', operators: [...new Set(file?.operators ?? [])] },
    declarations,
    faults,
  );
  return { mesh: faults.hasFaults ? null : mesh, faults: faults.inOrder() };
}

function spacesOf(file: MeshFile | null, team: string): readonly string[] {
  return file?.teams[team]?.names ?? [];
}
