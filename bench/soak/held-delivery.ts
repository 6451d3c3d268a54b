// One delivery is left unsettled while ten million pass behind it on the same session, settled backwards in batches of a
// hundred, each in a disposition of its own. Then it is settled after all, and its outcome must reach its sender.
import { SteadyPair } from './steady-pair.ts';

/** How many messages pass behind each held delivery; a shorter run holds one for as many as fit. */
const behind = 10_000_000;

/** Not the first one: neighbours on both sides are settled around it. */
const held = 7;

export class HeldDelivery extends SteadyPair {
  /** What is known about each held delivery. */
  readonly rounds: { readonly passed: number; readonly reached: boolean }[] = [];

  static readonly receiver = [
    '--hold',
    String(held),
    '--held-outcome',
    'rejected',
    '--settle',
    'backwards',
    '--settle-batch',
    '100',
  ];

  override async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const [sent, received] = await this.runPair(signal, behind);
        const reached = sent.rejected === 1 && sent.firstNotAccepted === received.heldNumber;
        this.rounds.push({ passed: sent.sent - held - 1, reached });
        if (!reached)
          this.breach(3, `the late outcome of the held delivery ${received.heldNumber} did not reach its sender`);
      } catch (error) {
        this.breach(6, (error as Error).message);
        return;
      }
    }
  }
}
