// `weft trace`: asks each router on the way of a message for its decision, and tells how long each answer took.
import { Command } from 'commander';
import { traceText } from './explain/trace-text.ts';
import { agentOfBus, agentsOf, paperOf, type WalkFlags, Walks, walkJson } from './explain/walking.ts';
import { addConnectionFlags } from './management/connection-flags.ts';

const notes = `
Nothing is delivered to a consumer: routers are asked, no message is sent. Round trips are those of a question to the router and its
answer, from here.

Exit code 0: the way leads to a consumer with credit. 1: it does not.`;

export function traceCommand(): Command {
  const command = new Command('trace')
    .description('Ask each router on the way of a message for its decision, and for its round trip.')
    .argument('<address>', 'the address of the message')
    .option('--from <router>', 'where the sender is (default: at the router connected to)')
    .option('--json', 'print everything as JSON')
    .action(trace);
  return addConnectionFlags(command).addHelpText('after', notes);
}

async function trace(address: string, flags: WalkFlags, command: Command): Promise<void> {
  const isTimeoutGiven = command.getOptionValueSource('timeout') !== 'default';
  const walks = await Walks.open(address, flags, false, isTimeoutGiven);
  try {
    const walked = await walks.from(flags.from === undefined ? [agentOfBus(flags)] : agentsOf(flags.from));
    const { walk, verdict } = walked;
    process.stdout.write(flags.json ? walkJson(walked) : traceText(walk, verdict, paperOf(process.stdout)));
    process.exitCode = verdict.cause === 'flows' ? 0 : 1;
  } finally {
    walks.close();
  }
}
