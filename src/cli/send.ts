// `weft send`: sends messages to an address and tells what became of them.
import { Command } from 'commander';
import rhea, { type Message } from 'rhea';
import { addBusOptions, type BusOptions, runInterruptibly, takeTarget } from './client-options.ts';
import { bodyText, messageJson } from './message-text.ts';
import { positiveNumber, repeated, wholeNumber } from './option-values.ts';
import { formatCount, formatShort, Progress } from './progress.ts';
import { outcomes, Sending } from './sending.ts';
import { UsageError } from './usage-error.ts';

interface SendOptions extends BusOptions {
  readonly count: number;
  readonly size?: number;
  readonly rate?: number;
  readonly settled?: true;
  readonly request?: true;
  readonly property?: string[];
  readonly subject?: string;
  readonly priority?: number;
  readonly durable?: true;
  readonly json?: true;
}

const notes = `
Exit code 0: every message was accepted (with --settled: sent; with --request: answered). 1: not so.`;

export function sendCommand(): Command {
  const command = new Command('send')
    .description('Send messages to an address, and tell what became of them.')
    .argument('[address]', 'where to, as URL or on --bus')
    .argument('[body]', 'the text to send (default: hello)')
    .allowExcessArguments()
    .option('-n, --count <count>', 'how many messages', wholeNumber(1, Number.MAX_SAFE_INTEGER), 1)
    .option('--size <bytes>', 'a body of so many bytes instead', wholeNumber(0, 1024 * 1024 * 1024))
    .option('--rate <count>', 'so many a second (default: as fast as it goes)', positiveNumber)
    .option('--settled', 'send pre-settled: faster, and no outcome comes back')
    .option('--request', 'ask for replies, wait for them and print them')
    .option('--property <name=value>', 'an application property (may be given several times)', repeated)
    .option('--subject <text>', 'the subject')
    .option('--priority <0..9>', 'the priority', wholeNumber(0, 9))
    .option('--durable', 'mark messages as durable')
    .option('--json', 'print the summary as JSON')
    .action(send);
  return addBusOptions(command).addHelpText('after', notes);
}

async function send(_address: unknown, _body: unknown, options: SendOptions, command: Command): Promise<void> {
  const [target, [body, ...excess]] = await takeTarget(command.args, options);
  if (excess.length > 0)
    throw new UsageError(`too many arguments: ${excess.join(' ')} (quote a body of several words)`);
  if (body !== undefined && options.size !== undefined) throw new UsageError('give a body or --size, not both');
  const sending = new Sending({
    target,
    count: options.count,
    rate: options.rate ?? null,
    isSettled: options.settled === true,
    makeMessage: messageMaker(body ?? 'hello', options),
    onReply: options.request ? (reply) => printReply(reply, options.json === true) : null,
  });
  const progress = new Progress(process.stderr, () => describeProgress(sending, options.count));
  const reason = await runInterruptibly(sending).finally(() => progress.stop());
  const isDone = reason === '' && (options.settled || sending.counts.accepted === options.count);
  process.stdout.write(options.json ? summaryJson(sending, reason) : summaryText(sending, options, reason));
  process.exitCode = isDone ? 0 : 1;
}

function messageMaker(text: string, options: SendOptions): (index: number, replyTo: string | null) => Partial<Message> {
  const body: unknown = options.size === undefined ? text : rhea.message.data_section(Buffer.alloc(options.size, 'x'));
  const common = {
    body,
    ...(options.subject === undefined ? {} : { subject: options.subject }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
    ...(options.durable ? { durable: true } : {}),
    ...(options.property === undefined ? {} : { application_properties: parseProperties(options.property) }),
  };
  return (index, replyTo) =>
    replyTo === null ? common : { ...common, message_id: `request-${index + 1}`, reply_to: replyTo };
}

function parseProperties(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1) throw new UsageError(`${pair} is no property: give NAME=VALUE`);
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

function printReply(reply: Message, asJson: boolean): void {
  process.stdout.write(`${asJson ? messageJson(reply) : bodyText(reply['body'])}\n`);
}

function describeProgress(sending: Sending, count: number): string {
  if (sending.startedAt === 0) return 'connecting …';
  const done = `sent ${formatCount(sending.sent)} of ${formatCount(count)}, settled ${formatCount(sending.settled)}`;
  const isWaiting = sending.sent < count && !sending.hasCredit;
  return isWaiting ? `${done}; waiting for credit: no consumer takes messages from this address now` : done;
}

const secondsOf = (sending: Sending): number => (performance.now() - sending.startedAt) / 1000;

function summaryText(sending: Sending, { settled, request }: SendOptions, reason: string): string {
  const { sent, counts, latency } = sending;
  const seconds = secondsOf(sending);
  const told = outcomes.filter((outcome) => counts[outcome] > 0).map((one) => `${formatCount(counts[one])} ${one}`);
  if (sent > sending.settled) told.push(`${formatCount(sent - sending.settled)} without outcome`);
  if (request) told.push(`${formatCount(sending.replies)} answered`);
  const lines = [
    `sent ${formatCount(sent)} in ${formatShort(seconds)} s (${formatCount(sent / seconds)}/s): ` +
      (settled ? 'pre-settled' : told.join(', ') || 'nothing settled'),
  ];
  if (latency.count > 1) {
    const figures = [latency.percentileMs(0.5), latency.percentileMs(0.99), latency.maxMs].map(formatShort);
    lines.push(`outcome after p50 ${figures[0]} ms, p99 ${figures[1]} ms, at most ${figures[2]} ms`);
  }
  if (sending.refusal !== '') lines.push(`rejected: ${sending.refusal}`);
  if (reason !== '') lines.push(`ended early: ${reason}`);
  return lines.map((line) => `${line}\n`).join('');
}

function summaryJson(sending: Sending, reason: string): string {
  const { sent, counts, latency, replies, settled } = sending;
  const seconds = secondsOf(sending);
  const summary = {
    sent,
    ...counts,
    unsettled: sent - settled,
    replies,
    seconds,
    perSecond: sent / seconds,
    latencyMs: { p50: latency.percentileMs(0.5), p99: latency.percentileMs(0.99), max: latency.maxMs },
    ...(sending.refusal === '' ? {} : { rejection: sending.refusal }),
    ...(reason === '' ? {} : { endedEarly: reason }),
  };
  return `${JSON.stringify(summary)}\n`;
}
