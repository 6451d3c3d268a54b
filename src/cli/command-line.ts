// Runs one command line, and turns every way in which it can end into an exit code: 0 well, 1 failed, 2 wrong usage.
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { WeftError } from '../host/errors.ts';
import { PkiError } from '../pki/errors.ts';
import { commands } from './commands.ts';
import { UsageError } from './usage-error.ts';
import { readVersion } from './version.ts';

const about = `Weft carries AMQP 1.0 messages between applications, from router to router, without a broker in the middle.`;

const examples = `
Try it:
  weft router --listen 127.0.0.1:5672         a router, in one terminal
  weft receive amqp://127.0.0.1/greetings     a consumer, in another
  weft send amqp://127.0.0.1/greetings hello  and a producer

\`weft help COMMAND\` tells more about one of them.`;

export async function runCommandLine(words: readonly string[]): Promise<number> {
  const program = new Command('weft')
    .description(about)
    .version(readVersion(), '--version', 'print the version')
    .addHelpText('after', examples);
  await addCommands(program, words);
  configure(program);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return explain(error);
  }
}

/** Adds all commands by name; the one that is called (or asked about) with its options. */
async function addCommands(program: Command, words: readonly string[]): Promise<void> {
  const called = words.filter((word) => !word.startsWith('-')).slice(0, 2);
  const wanted = called[0] === 'help' ? called[1] : called[0];
  for (const [name, entry] of Object.entries(commands)) {
    const command = name === wanted ? await entry.load() : new Command(name);
    program.addCommand(command.summary(entry.summary).description(command.description() || entry.summary));
  }
}

function configure(command: Command): void {
  command.helpOption('-h, --help', 'print this help');
  if (command.commands.length > 0) command.helpCommand('help [command]', 'tell more about a command');
  command.exitOverride().showHelpAfterError(`Run \`${pathOf(command)} --help\` for what is possible.`);
  command.configureOutput({
    writeErr: (text) => void process.stderr.write(text),
    outputError: (text, write) => write(`${prefix()}${text.replace(/^error: /, '')}`),
  });
  for (const child of command.commands) configure(child);
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

const prefix = (): string =>
  `${pc.createColors(process.stderr.isTTY === true && !process.env['NO_COLOR']).red('weft:')} `;

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // told already
  if (error instanceof UsageError) {
    process.stderr.write(`${prefix()}${error.message}\n`);
    return 2;
  }
  if (error instanceof WeftError || error instanceof PkiError) {
    process.stderr.write(describeFault(error));
    return 1;
  }
  process.stderr.write(`${prefix()}this is a bug of Weft, please report it\n`);
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}

/** A list of faults with file and line stands for itself; a sentence gets the name of the program. */
function describeFault({ message, remedy }: { message: string; remedy: string }): string {
  const isList = /^\S+:\d+:\d+:? /.test(message);
  return `${isList ? '' : prefix()}${message}\n${remedy === '' ? '' : `${remedy}\n`}`;
}
