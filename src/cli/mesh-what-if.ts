// `weft mesh what-if`: what the loss of routers, links or environments does to applications.
import { Command } from 'commander';
import type { Mesh } from '../mesh/model/mesh.ts';
import { UnknownLoss } from '../mesh/what-if/losses.ts';
import { type WhatIf, whatIf } from '../mesh/what-if/what-if.ts';
import { whatIfText } from '../mesh/what-if/what-if-text.ts';
import { readMeshOrThrow } from './mesh-check.ts';
import { repeated } from './option-values.ts';
import { UsageError } from './usage-error.ts';

interface WhatIfOptions {
  readonly lose?: string[];
  readonly json?: true;
}

const notes = `
NAME is a router (aws-1, shop-aws), a connection (azure-1:aws-1), all connections between two environments (azure:aws), or
an environment. Everything that is named is lost at once.
Exit code 0: no two applications lose each other. 1: some do. 2: wrong usage.`;

export function meshWhatIfCommand(): Command {
  return new Command('what-if')
    .description('Tell what the loss of routers, links or environments does to applications.')
    .argument('[file]', "the platform's file, or its folder", 'mesh.yaml')
    .option('--lose <name>', 'what is lost (may be given several times)', repeated)
    .option('--json', 'print one JSON object')
    .addHelpText('after', notes)
    .action((file: string, { lose = [], json }: WhatIfOptions) => {
      if (lose.length === 0) throw new UsageError('say what is lost: --lose ROUTER, LINK or ENVIRONMENT');
      const result = asked(readMeshOrThrow(file), lose);
      process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : whatIfText(result));
      process.exitCode = result.cut.length > 0 ? 1 : 0;
    });
}

function asked(mesh: Mesh, lose: readonly string[]): WhatIf {
  try {
    return whatIf(mesh, lose);
  } catch (error) {
    if (error instanceof UnknownLoss) throw new UsageError(error.message);
    throw error;
  }
}
