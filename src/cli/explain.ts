// `weft explain`: where a message would go now on the running network, who would get it, or why nobody would, and what to do.
import { Command } from 'commander';
import { explainText } from './explain/explain-text.ts';
import { paperOf, type WalkFlags, walkFrom, walkJson } from './explain/walking.ts';
import { addConnectionFlags } from './management/connection-flags.ts';

const notes = `
It sends no message: routers are asked for their decision, hop by hop. Where nobody on the way consumes, all other routers are asked,
too. Routers of Dispatch are read from their tables.

Exit code 0: a message would reach a consumer with credit. 1: it would not.

  weft explain orders -b amqp://127.0.0.1:5672
  weft explain orders --from B                     for a sender at router B`;

export function explainCommand(): Command {
  const command = new Command('explain')
    .description('Tell where a message to a channel would go now, who would get it, or why nobody would.')
    .argument('<channel>', 'the channel: an address')
    .option('--from <router>', 'where the sender is (default: at the router connected to)')
    .option('--json', 'print everything as JSON')
    .action(explain);
  return addConnectionFlags(command).addHelpText('after', notes);
}

async function explain(channel: string, flags: WalkFlags, command: Command): Promise<void> {
  const isTimeoutGiven = command.getOptionValueSource('timeout') !== 'default';
  const walked = await walkFrom(channel, flags, isTimeoutGiven);
  const { walk, verdict } = walked;
  process.stdout.write(flags.json ? walkJson(walked) : explainText(walk, verdict, paperOf(process.stdout)));
  process.exitCode = verdict.cause === 'flows' ? 0 : 1;
}
