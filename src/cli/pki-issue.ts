// `weft pki issue`: certificates for routers and applications. What is good is kept, so it may run from a timer.
import { Command } from 'commander';
import { type Issued, type IssueOptions, issueAll } from '../pki/issue.ts';
import { limits } from '../pki/limits.ts';
import { issueDue } from '../pki/renew.ts';
import { repeated, wholeNumber } from './option-values.ts';
import { type DirOption, issuedLines, withDir } from './pki-options.ts';

interface IssueCommandOptions extends DirOption {
  readonly days?: number;
  readonly renew?: boolean;
  readonly host?: string[];
  readonly json?: boolean;
}

const notes = `
A certificate is kept as it is while its hosts are those given, the authority that signs made it, and a third of its time is
left. A running router reads a new one within seconds; connections that are open go on.`;

export function pkiIssueCommand(): Command {
  return new Command('issue')
    .description('make or renew certificates of routers and applications')
    .addCommand(issueRouterCommand())
    .addCommand(issueAppCommand())
    .addCommand(issueDueCommand())
    .addHelpText('after', notes);
}

function issueRouterCommand(): Command {
  const command = new Command('router').argument('<id>', 'the id of a router');
  return withCommon(command, 'for a router, both to dial and to listen')
    .option('--host <host>', 'a name or address by which others dial it (may be given several times)', repeated)
    .action(async (name: string, options: IssueCommandOptions) => {
      const hosts = options.host === undefined ? {} : { hosts: options.host };
      const issued = await issueAll(options.dir, [{ kind: 'router', name, ...hosts }], choices(options));
      report(issued, options);
      if (issued.some(({ hosts }) => hosts.length > 0)) return;
      process.stderr.write(`router ${name} has no --host: it can dial, but who checks names will not dial it\n`);
    });
}

function issueAppCommand(): Command {
  const command = new Command('app').argument('<team/app...>', 'applications');
  return withCommon(command, 'for applications').action(async (names: string[], options: IssueCommandOptions) => {
    const list = names.map((name) => ({ kind: 'app', name }) as const);
    report(await issueAll(options.dir, list, choices(options)), options);
  });
}

function issueDueCommand(): Command {
  const summary = 'renew all that are in the last third of their time';
  return withCommon(new Command('due'), summary).action(async (options: IssueCommandOptions) => {
    report(await issueDue(options.dir, choices(options)), options);
  });
}

function withCommon(command: Command, summary: string): Command {
  return withDir(command)
    .description(summary)
    .option('--days <days>', 'how long new ones are good', wholeNumber(1, limits.leafDaysMax))
    .option('--renew', 'make new ones of those that are good, too')
    .option('--json', 'print what was done as JSON');
}

function choices({ days, renew }: IssueCommandOptions): IssueOptions {
  return { ...(days === undefined ? {} : { days }), ...(renew === undefined ? {} : { renew }) };
}

function report(issued: readonly Issued[], { json }: IssueCommandOptions): void {
  if (json) process.stdout.write(`${JSON.stringify(issued, null, 2)}\n`);
  else process.stderr.write(issuedLines(issued).join('') || 'there are no certificates\n');
  if (issued.some(({ outcome }) => outcome === 'left')) process.exitCode = 1;
}
