// `weft explain`: who receives what is published to a channel, over which way, by which grant; and if nobody, why not.
import { Command } from 'commander';
import { type ExplainMeshOptions, explainByFiles } from './explain-mesh.ts';

const notes = `
Ways are computed as routers compute them: the least sum of costs; where several ways cost the same, the same one as theirs. An
application is at the first of its endpoints, an edge at the first of its uplinks.
Exit code 0: somebody receives something. 1: nobody does, and it is told why. 2: wrong usage.`;

export function explainCommand(): Command {
  return new Command('explain')
    .description(
      'Tell who receives what is published to a channel, over which way, by which grant; or why nobody does.',
    )
    .argument('<channel>', 'a channel, or an address below a prefix')
    .option(
      '--from <application>',
      'what happens to messages of this application, or of whoever publishes at this router',
    )
    .requiredOption('--mesh <file>', "by the files of a mesh: the platform's file, or its folder")
    .option('--json', 'print one JSON object')
    .addHelpText('after', notes)
    .action((channel: string, options: ExplainMeshOptions) => {
      process.exitCode = explainByFiles(channel, options);
    });
}
