// `weft mesh init`: writes a mesh to begin with.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { describeSystemError, WeftError } from '../host/errors.ts';
import { starterFiles } from '../mesh/starter.ts';

const notes = `
Writes mesh.yaml, teams/*.yaml (two clouds, two teams, with comments) and .weft/*.schema.json, by which editors know
what may stand where. Nothing that is there is overwritten, but for .weft, which is always this version's.`;

export function meshInitCommand(): Command {
  return new Command('init')
    .description('Write a commented mesh of two clouds and two teams to begin with.')
    .argument('[folder]', 'where to; it is made if need be', '.')
    .addHelpText('after', notes)
    .action((folder: string) => {
      for (const name of writeStarter(folder)) process.stdout.write(`wrote ${join(folder, name)}\n`);
      const file = join(folder, 'mesh.yaml');
      process.stdout.write(`\nNow:\n  weft mesh check ${file}\n  weft explain shop.orders --mesh ${file}\n`);
    });
}

/** The names of what was written. Throws WeftError when there is a mesh already, or the folder cannot be written. */
function writeStarter(folder: string): string[] {
  const files = [...starterFiles()];
  const isMade = ([name]: readonly [string, string]): boolean => name.startsWith('.weft/');
  const there = files
    .filter((file) => !isMade(file) && existsSync(join(folder, file[0])))
    .map(([name]) => join(folder, name));
  if (there.length > 0) {
    throw new WeftError(
      'WEFT_MESH_EXISTS',
      `there is ${there.join(', ')} already, and nothing was written`,
      'Name another folder: weft mesh init FOLDER',
    );
  }
  try {
    for (const [name, text] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  } catch (error) {
    const what = `cannot write to ${folder}: ${describeSystemError(error)}`;
    throw new WeftError('WEFT_MESH_UNWRITABLE', what, 'Name a folder that can be written.', error);
  }
  return files.map(([name]) => name);
}
