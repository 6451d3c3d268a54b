// `weft pki issue`: certificates for routers and applications. What is good is kept, so it may run from a timer.
import { Command } from 'commander';
import { type Issued, type IssueOptions, issueAll, issueDue } from '../pki/issue.ts';
import { limits } from '../pki/limits.ts';
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
  return withCommon(
    new Command('router').argument('<id...>', 'the ids of routers'),
    'for a router, both to dial and to listen',
  )
    .option('--host <host>', 'a name or address by which others dial it (may be given several times)', repeated)
    .option('--renew', 'make a new one even if the one that is there is good')
    .action(async (ids: string[], options: IssueCommandOptions) => {
      const hosts = options.host === undefined ? {} : { hosts: options.host };
      const issued = await issueAll(
        options.dir,
        ids.map((name) => ({ kind: 'router', name, ...hosts })),
        choices(options),
      );
      report(issued, options);
      for (const { name } of issued.filter(({ hosts }) => hosts.length === 0)) {
        process.stderr.write(`router ${name} has no --host: it can dial, but who checks names will not dial it\n`);
      }
    });
}

function issueAppCommand(): Command {
  return withCommon(new Command('app').argument('<team/app...>', 'applications'), 'for an application')
    .option('--renew', 'make a new one even if the one that is there is good')
    .action(async (names: string[], options: IssueCommandOptions) => {
      report(
        await issueAll(
          options.dir,
          names.map((name) => ({ kind: 'app', name })),
          choices(options),
        ),
        options,
      );
    });
}

function issueDueCommand(): Command {
  return withCommon(new Command('due'), 'renew all that are in the last third of their time').action(
    async (options: IssueCommandOptions) => {
      report(await issueDue(options.dir, choices(options)), options);
    },
  );
}

function withCommon(command: Command, summary: string): Command {
  return withDir(command)
    .description(summary)
    .option('--days <days>', 'how long new ones are good', wholeNumber(1, limits.leafDaysMax))
    .option('--json', 'print what was done as JSON');
}

function choices({ days, renew }: IssueCommandOptions): IssueOptions {
  return { ...(days === undefined ? {} : { days }), ...(renew === undefined ? {} : { renew }) };
}

function report(issued: readonly Issued[], { json }: IssueCommandOptions): void {
  if (json) process.stdout.write(`${JSON.stringify(issued, null, 2)}\n`);
  else process.stderr.write(issuedLines(issued).join('') || 'there are no certificates\n');
}
