// Senders that die in the middle of a message: processes of the load generator, killed while they send 8 MiB messages.
// The consumer stays. It must see whole messages and aborted ones, nothing else, and never be stuck with half of one.
import type { Random } from '../../src/kit/random.ts';
import { LoadReceiver, LoadSender } from '../load-generator.ts';
import { type Actor, pause, until } from './actor.ts';
import type { Ledger } from './ledger.ts';

export interface KilledOptions {
  readonly program: string;
  readonly common: readonly string[];
  readonly ledger: Ledger;
  readonly random: Random;
}

const breach = (options: KilledOptions, promise: 4 | 6, what: string) =>
  options.ledger.report(promise, `killed senders: ${what}`);

async function sendAndDie(options: KilledOptions, stream: number, signal: AbortSignal): Promise<void> {
  const args = ['--size', String(8 << 20), '--rate', '40', '--stream', String(stream)];
  const sender = new LoadSender(options.program, [...options.common, ...args]);
  await sender.ready();
  sender.go();
  await pause(options.random.between(20, 400), signal);
  await sender.kill();
}

/** A last sender that lives: what it sends must still arrive, whole, after all the killed ones. */
async function sendAndLive(options: KilledOptions, stream: number, receiver: LoadReceiver): Promise<void> {
  const before = receiver.progress?.received ?? 0;
  const args = ['--size', '1000000', '--count', '20', '--stream', String(stream)];
  const sender = new LoadSender(options.program, [...options.common, ...args]);
  await sender.ready();
  sender.go();
  const result = await sender.result();
  if (!result.complete || result.accepted !== 20)
    breach(options, 6, `the consumer took only ${result.accepted} of 20 messages afterwards`);
  const arrived = await until(() => (receiver.progress?.received ?? 0) >= before + 20, 5_000);
  if (!arrived) breach(options, 6, 'the consumer did not see the last messages');
  await sender.close();
}

export class KilledSenders implements Actor {
  readonly name = 'killed senders';
  killed = 0;
  readonly #options: KilledOptions;

  constructor(options: KilledOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const options = this.#options;
    const receiver = new LoadReceiver(options.program, [...options.common, '--credit', '20', '--progress']);
    try {
      await receiver.ready();
      for (; !signal.aborted; this.killed++) {
        await sendAndDie(options, this.killed, signal);
        await pause(options.random.between(200, 1_500), signal);
      }
      await sendAndLive(options, this.killed, receiver);
      const { duplicates, corrupt } = receiver.progress!;
      if (duplicates > 0) breach(options, 4, `${duplicates} messages came twice`);
      if (corrupt > 0) breach(options, 4, `${corrupt} messages came changed or cut short`);
    } catch (error) {
      breach(options, 6, (error as Error).message);
    } finally {
      await receiver.close();
    }
  }
}
