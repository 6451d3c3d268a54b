// Reads the files of a mesh: the platform's, and those that it includes.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeSystemError, WeftError } from '../host/errors.ts';
import { filesMax } from '../mesh/limits.ts';
import { includesOf, type MeshFiles } from '../mesh/model/read-mesh.ts';
import type { SourceText } from '../mesh/model/yaml-source.ts';

/** @param place the platform's file, or the folder that has it as mesh.yaml. Throws WeftError when a file cannot be read. */
export function readMeshFiles(place: string): MeshFiles {
  const platform = readText(isFolder(place) ? join(place, 'mesh.yaml') : place);
  const names = new Set<string>();
  const notFound: string[] = [];
  for (const pattern of includesOf(platform)) {
    const found = filesOf(dirname(platform.name), pattern).filter((name) => name !== platform.name);
    if (found.length === 0) notFound.push(pattern);
    for (const name of found) names.add(name);
  }
  if (names.size > filesMax) {
    const what = `${platform.name} includes ${names.size} files; ${filesMax} are allowed`;
    throw new WeftError('WEFT_MESH_TOO_LARGE', what, 'Give its include patterns that match fewer files.');
  }
  return { platform, teams: [...names].map(readText), notFound };
}

/** The files that a pattern means, sorted; `*` stands for any part of a name, but not for a leading dot. */
function filesOf(folder: string, pattern: string): string[] {
  let places = [pattern.startsWith('/') ? '/' : folder];
  for (const part of pattern.split('/').filter((one) => one !== '' && one !== '.')) {
    const isPattern = part.includes('*');
    const match = new RegExp(`^${part.split('*').map(escaped).join('.*')}$`);
    places = places.flatMap((place) => {
      if (!isPattern) return [join(place, part)];
      const names = namesIn(place).filter(
        (name) => match.test(name) && (part.startsWith('.') || !name.startsWith('.')),
      );
      return names.sort().map((name) => join(place, name));
    });
  }
  return places.filter(isFile);
}

const escaped = (text: string): string => text.replace(/[\\^$.|?+()[\]{}]/g, '\\$&');

function readText(name: string): SourceText {
  try {
    return { name, text: readFileSync(name, 'utf8').replace(/^\ufeff/, '') };
  } catch (error) {
    const what = `cannot read the mesh ${name}: ${describeSystemError(error)}`;
    throw new WeftError('WEFT_MESH_UNREADABLE', what, 'Name the file of the mesh, or make one: weft mesh init', error);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no such folder: there are no such files, and that is told
  }
}

const isFolder = (place: string): boolean => statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
const isFile = (place: string): boolean => statSync(place, { throwIfNoEntry: false })?.isFile() === true;
