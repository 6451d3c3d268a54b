// Volume: one sender and one receiver of the load generator, which check every number and every byte themselves.

import { LoadReceiver, LoadSender, type ReceiverResult, type SenderResult } from '../load-generator.ts';
import { type Actor, pause } from './actor.ts';
import type { Ledger } from './ledger.ts';

/** Nothing may move for so long while there is traffic. */
const stallPatienceMs = 15_000;

export interface PairOptions {
  readonly program: string;
  readonly common: readonly string[];
  readonly ledger: Ledger;
  readonly name: string;
  readonly sender: readonly string[];
  readonly receiver: readonly string[];
  readonly settled: boolean;
}

/** A pair that runs until told to stop; `sent` is for the progress line. */
export class SteadyPair implements Actor {
  readonly name: string;
  protected readonly options: PairOptions;
  /** Of the pairs of this actor that have ended. */
  protected sentBefore = 0;
  protected current: LoadSender | null = null;

  constructor(options: PairOptions) {
    this.name = options.name;
    this.options = options;
  }

  get sent(): number {
    return this.sentBefore + (this.current?.progress?.sent ?? 0);
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.runPair(signal, Number.POSITIVE_INFINITY);
    } catch (error) {
      this.breach(6, (error as Error).message);
    }
  }

  /** One pair until the signal, or until `count` messages are through. */
  protected async runPair(signal: AbortSignal, count: number): Promise<[SenderResult, ReceiverResult]> {
    const { program, common } = this.options;
    const receiver = new LoadReceiver(program, [...common, '--progress', ...this.options.receiver]);
    const sender = new LoadSender(program, [...common, '--progress', ...this.options.sender]);
    this.current = sender;
    try {
      await Promise.all([receiver.ready(), sender.ready()]);
      sender.go();
      await this.#watch(sender, signal, count);
      sender.stop();
      receiver.expect(await sender.sent());
      const results = await Promise.all([sender.result(), receiver.result()]);
      this.sentBefore += results[0].sent;
      this.check(...results);
      return results;
    } finally {
      this.current = null;
      await Promise.all([sender.close(), receiver.close()]);
    }
  }

  /** Waits for the end of the sending; a standstill is a breach. */
  async #watch(sender: LoadSender, signal: AbortSignal, count: number): Promise<void> {
    let [last, movedAt] = [-1, performance.now()];
    while (!signal.aborted && sender.isRunning) {
      await pause(500, signal);
      const sent = sender.progress?.sent ?? 0;
      if (sent >= count) return;
      if (sent !== last) [last, movedAt] = [sent, performance.now()];
      if (performance.now() - movedAt < stallPatienceMs) continue;
      this.breach(6, `nothing moved for ${stallPatienceMs / 1000} s after ${sent} messages`);
      return;
    }
  }

  protected check(sent: SenderResult, received: ReceiverResult): void {
    const missing = this.options.settled
      ? 'not all left the sender'
      : `${sent.sent - sent.outcomes} never got an outcome`;
    if (!sent.complete) this.breach(6, `of ${sent.sent} messages ${missing} ${sent.error}`);
    if (!received.complete)
      this.breach(4, `only ${received.received} of ${sent.sent} messages arrived ${received.error}`);
    if (sent.secondOutcomes > 0) this.breach(3, `${sent.secondOutcomes} messages got a second outcome`);
    if (sent.unknownOutcomes > 0)
      this.breach(3, `${sent.unknownOutcomes} outcomes came for messages that were not sent`);
    if (received.duplicates > 0) this.breach(4, `${received.duplicates} messages came twice`);
    if (received.corrupt > 0) this.breach(4, `${received.corrupt} messages came changed`);
    if (this.options.settled) return;
    for (const outcome of ['accepted', 'rejected', 'released', 'modified'] as const) {
      if (sent[outcome] === received[outcome]) continue;
      this.breach(3, `the receiver ${outcome} ${received[outcome]} messages, the sender heard of ${sent[outcome]}`);
    }
  }

  protected breach(promise: 3 | 4 | 6, what: string): void {
    this.options.ledger.report(promise, `${this.name}: ${what}`);
  }
}
