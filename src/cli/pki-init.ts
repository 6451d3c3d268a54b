// `weft pki init`: makes the certificate authority of a mesh.
import { Command } from 'commander';
import { initPki } from '../pki/init.ts';
import { limits } from '../pki/limits.ts';
import { wholeNumber } from './option-values.ts';
import { type DirOption, dayOf, dirWords, withDir } from './pki-options.ts';

interface InitCommandOptions extends DirOption {
  readonly leafDays: number;
  readonly caDays: number;
}

export function pkiInitCommand(): Command {
  const command = new Command('init').argument('<mesh>', 'the name of the mesh: the domain of its SPIFFE ids');
  return withDir(command)
    .description('make the certificate authority of a mesh')
    .option(
      '--leaf-days <days>',
      'how long certificates of routers and applications are good',
      wholeNumber(1, limits.leafDaysMax),
      limits.leafDays,
    )
    .option(
      '--ca-days <days>',
      'how long the authority is good',
      wholeNumber(1, limits.authorityDaysMax),
      limits.authorityDays,
    )
    .action(init);
}

async function init(mesh: string, { dir, leafDays, caDays }: InitCommandOptions): Promise<void> {
  const { authorities } = await initPki(dir, { mesh, leafDays, authorityDays: caDays });
  const end = dayOf(authorities[0]?.certificate.validTo ?? '');
  process.stderr.write(`made the certificate authority of ${mesh} in ${dir}, good until ${end}\n`);
  process.stderr.write(
    `Keep a copy of ${dir}/ca, where nobody else reads it: who has its key can make certificates.\n`,
  );
  process.stderr.write(`Next: weft pki issue router NAME --host HOST${dirWords(dir)}\n`);
}
