// `weft receive`: receives messages from an address and prints them.
import { Command } from 'commander';
import type { Message } from 'rhea';
import { addBusOptions, type BusOptions, interrupted, runInterruptibly, takeTarget } from './client-options.ts';
import { bodyText, messageJson } from './message-text.ts';
import { positiveNumber, wholeNumber } from './option-values.ts';
import { formatCount, formatShort, Progress } from './progress.ts';
import { Receiving } from './receiving.ts';
import { UsageError } from './usage-error.ts';

interface ReceiveOptions extends BusOptions {
  readonly count?: number;
  readonly timeout?: number;
  readonly credit: number;
  readonly settled?: true;
  readonly echo?: true;
  readonly reply?: string;
  readonly quiet?: true;
  readonly json?: true;
}

const notes = `
Messages go to standard output, one a line; the summary goes to standard error (with --json, to standard output as last line).
Exit code 0: all messages asked for came; without --count: it was ended by Ctrl-C or --timeout. 1: not so.`;

export function receiveCommand(): Command {
  const command = new Command('receive')
    .description('Receive messages from an address, accept and print them.')
    .argument('[address]', 'where from, as URL or on --bus')
    .option('-n, --count <count>', 'end after so many messages', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--timeout <seconds>', 'end when none came for so long', positiveNumber)
    .option('--credit <count>', 'how many may be on their way', wholeNumber(1, 2048), 100)
    .option('--settled', 'ask for pre-settled messages: faster, and not accepted one by one')
    .option('--echo', 'answer each request with its own body')
    .option('--reply <body>', 'answer each request with this body')
    .option('-q, --quiet', 'do not print messages')
    .option('--json', 'print messages and summary as JSON, one a line')
    .action(receive);
  return addBusOptions(command).addHelpText('after', notes);
}

async function receive(_address: unknown, options: ReceiveOptions, command: Command): Promise<void> {
  const [target, excess] = await takeTarget(command.args, options);
  if (excess.length > 0) throw new UsageError(`too many arguments: ${excess.join(' ')}`);
  const receiving = new Receiving({
    target,
    count: options.count ?? null,
    credit: options.credit,
    timeoutMs: options.timeout === undefined ? null : options.timeout * 1000,
    isSettled: options.settled === true,
    onMessage: options.quiet ? () => undefined : (message) => print(message, options.json === true),
    makeReply: replyMaker(options),
  });
  const progress = new Progress(process.stderr, () => `received ${formatCount(receiving.received)}`);
  // On a terminal the messages themselves show that it goes on; a line between them would only disturb.
  if (!options.quiet && process.stdout.isTTY) progress.stop();
  const reason = await runInterruptibly(receiving).finally(() => progress.stop());
  if (options.json) process.stdout.write(summaryJson(receiving, reason));
  else process.stderr.write(summaryText(receiving, reason));
  process.exitCode = isWell(receiving, options, reason) ? 0 : 1;
}

function isWell({ received, isTimedOut }: Receiving, { count }: ReceiveOptions, reason: string): boolean {
  if (count !== undefined) return received >= count;
  return reason === interrupted || isTimedOut;
}

function print(message: Message, asJson: boolean): void {
  process.stdout.write(`${asJson ? messageJson(message) : bodyText(message['body'])}\n`);
}

function replyMaker({ echo, reply }: ReceiveOptions): ((message: Message) => Partial<Message>) | null {
  if (reply !== undefined) return () => ({ body: reply });
  return echo ? (message) => ({ body: message['body'] as unknown }) : null;
}

/** Between the first and the last message: waiting for the first one says nothing about speed. */
function perSecond({ received, firstAt, lastAt }: Receiving): number {
  return received < 2 || lastAt === firstAt ? 0 : ((received - 1) * 1000) / (lastAt - firstAt);
}

function summaryText(receiving: Receiving, reason: string): string {
  const rate = perSecond(receiving);
  const spread =
    rate === 0 ? '' : ` in ${formatShort((receiving.lastAt - receiving.firstAt) / 1000)} s (${formatCount(rate)}/s)`;
  const replied = receiving.replied === 0 ? '' : `, answered ${formatCount(receiving.replied)}`;
  const ended = reason === '' || reason === interrupted ? '' : `; ended: ${reason}`;
  return `received ${formatCount(receiving.received)}${spread}${replied}${ended}\n`;
}

function summaryJson(receiving: Receiving, reason: string): string {
  const { received, replied, startedAt, firstAt, lastAt } = receiving;
  const summary = {
    received,
    replied,
    seconds: (lastAt - firstAt) / 1000,
    perSecond: perSecond(receiving),
    waitedSeconds: received === 0 ? null : (firstAt - startedAt) / 1000,
    ...(reason === '' ? {} : { ended: reason }),
  };
  return `${JSON.stringify(summary)}\n`;
}
