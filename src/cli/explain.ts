// `weft explain`: where a message would go, who would get it, or why nobody would, and what to do: now on the running network, or by
// the files of a mesh.
import { Command } from 'commander';
import { explainText } from './explain/explain-text.ts';
import { paperOf, type WalkFlags, walkFrom, walkJson } from './explain/walking.ts';
import { explainByFiles } from './explain-mesh.ts';
import { addConnectionFlags } from './management/connection-flags.ts';
import { UsageError } from './usage-error.ts';

const notes = `
It sends no message: routers are asked for their decision, hop by hop. Where nobody on the way consumes, all other routers are asked,
too. Routers of Dispatch are read from their tables. With --mesh no router is asked: ways are computed as routers compute them, and it
is told by which grant an application may use the channel, or which one is missing and whom to ask for it.

Exit code 0: a message would reach a consumer (of a running network: one with credit). 1: it would not.

  weft explain orders -b amqp://127.0.0.1:5672
  weft explain orders --from B                     for a sender at router B
  weft explain shop.orders --mesh mesh.yaml --from shop/web`;

interface ExplainFlags extends WalkFlags {
  readonly mesh?: string;
}

/** Options that a running network needs, and files do not. */
const filesNeed = new Set(['mesh', 'from', 'json']);

export function explainCommand(): Command {
  const command = new Command('explain')
    .description('Tell where a message to a channel would go, who would get it, or why nobody would.')
    .argument('<channel>', 'the channel: an address')
    .option(
      '--from <router>',
      'where the sender is (default: at the router connected to); with --mesh an application, too',
    )
    .option('--mesh <file>', "by the files of a mesh (the platform's file, or its folder), not by the running network")
    .option('--json', 'print everything as JSON')
    .action(explain);
  return addConnectionFlags(command).addHelpText('after', notes);
}

async function explain(channel: string, flags: ExplainFlags, command: Command): Promise<void> {
  const { mesh, from, json } = flags;
  if (mesh !== undefined) {
    refuseOthers(command);
    process.exitCode = explainByFiles(channel, {
      mesh,
      ...(from === undefined ? {} : { from }),
      ...(json ? { json } : {}),
    });
    return;
  }
  const isTimeoutGiven = command.getOptionValueSource('timeout') !== 'default';
  const walked = await walkFrom(channel, flags, isTimeoutGiven);
  const { walk, verdict } = walked;
  process.stdout.write(json ? walkJson(walked) : explainText(walk, verdict, paperOf(process.stdout)));
  process.exitCode = verdict.cause === 'flows' ? 0 : 1;
}

function refuseOthers(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (filesNeed.has(name) || command.getOptionValueSource(name) !== 'cli') continue;
    throw new UsageError(`${option.long ?? name} is for a running network; --mesh asks the files only`);
  }
}
