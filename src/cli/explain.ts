// `weft explain`: who gets what is published to a channel, over which way, by which grant, or why nobody does, and what to do: by the
// files of a mesh, on the running network, or on it with what the files know of it.
import { Command } from 'commander';
import { explanationText } from '../mesh/explain/explanation-text.ts';
import { explainByFiles } from './explain/by-files.ts';
import { explainRunning } from './explain/running.ts';
import { paperOf, type WalkFlags } from './explain/walking.ts';
import { addConnectionFlags } from './management/connection-flags.ts';
import { readMeshOrThrow } from './mesh-check.ts';
import { UsageError } from './usage-error.ts';

const notes = `
Without --mesh the running network is asked: every router that can be reached, no message is sent. With --mesh FILE the files of a mesh are:
ways are computed as routers compute them. With --mesh FILE and -b URL it is the running network, and the files say by which grant each
application may use the channel, which grant is missing, and whom to ask for it. All three say it in the same form. --bundle DIR is a
running network, too.

Exit code 0: a message would reach a consumer (of a running network: one with credit). 1: it would not.

  weft explain orders -b amqp://127.0.0.1:5672
  weft explain orders --from B                     for a sender at router B
  weft explain shop.orders --mesh mesh.yaml --from shop/web
  weft explain shop.orders --mesh mesh.yaml -b amqps://aws-1.example.com --ssl-certificate …`;

interface ExplainFlags extends WalkFlags {
  readonly mesh?: string;
}

/** Options that a running network needs, and files do not. */
const filesNeed = new Set(['mesh', 'from', 'json']);

export function explainCommand(): Command {
  const command = new Command('explain')
    .description('Tell who gets what is published to a channel, over which way, by which grant; or why nobody does.')
    .argument('<channel>', 'the channel: an address')
    .option('--from <name>', 'an application (TEAM/NAME) or a router that sends (default: all that publish)')
    .option('--mesh <file>', "the files of a mesh (the platform's file, or its folder)")
    .option('--json', 'print everything as JSON')
    .action(explain);
  return addConnectionFlags(command).addHelpText('after', notes);
}

async function explain(channel: string, flags: ExplainFlags, command: Command): Promise<void> {
  const mesh = flags.mesh === undefined ? null : readMeshOrThrow(flags.mesh);
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
  const isRunning = mesh === null || isGiven('bus') || isGiven('bundle');
  if (!isRunning) refuseOthers(command, isGiven);
  const { explanation, json } = isRunning
    ? await explainRunning(channel, flags, mesh, isGiven('timeout'))
    : explainByFiles(channel, mesh, flags.from);
  process.stdout.write(flags.json ? json : explanationText(explanation, paperOf(process.stdout)));
  process.exitCode = explanation.flows ? 0 : 1;
}

function refuseOthers(command: Command, isGiven: (name: string) => boolean): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (filesNeed.has(name) || !isGiven(name)) continue;
    throw new UsageError(
      `${option.long ?? name} is for a running network: add -b URL or --bundle DIR; --mesh alone asks the files only`,
    );
  }
}
