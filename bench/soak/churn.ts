// Anycast traffic between clients that come and go: senders settled and unsettled, with an address and anonymous;
// consumers with every outcome, quick and slow, leaving politely or cut off in the middle.
import type { Random } from '../../src/kit/random.ts';
import { type Actor, pace, pause, stopper, until, visits } from './actor.ts';
import { close, cut, open, receive, Settler, SoakSender, type Stage } from './clients.ts';
import { Consumer, type Outcome } from './ledger.ts';

const addresses = 6;
const outcomeOdds: readonly Outcome[] = [
  ...(['accepted', 'accepted', 'accepted', 'accepted', 'accepted'] as const),
  ...(['rejected', 'released', 'modified'] as const),
];
/** How long a sender that leaves politely waits for its outcomes before it calls them stuck. */
export const outcomePatienceMs = 20_000;

/** Consumers of `taken` addresses attach pre-settled. */
const chooseAddress = (random: Random, pattern: 'anycast' | 'taken') =>
  `soak/${pattern === 'taken' ? 'taken' : random.pick(['balanced', 'closest'])}/${random.below(addresses)}`;

async function consume(stage: Stage, random: Random, signal: AbortSignal): Promise<void> {
  const pattern = random.pick(['anycast', 'anycast', 'anycast', 'taken'] as const);
  const address = chooseAddress(random, pattern);
  const consumer = new Consumer(`consumer of ${address}`, address);
  const settler = new Settler(stage.ledger, consumer);
  const slow = random.chance(0.2);
  const connection = await open(stage, 'consumer');
  const options = { source: { address }, settled: pattern === 'taken', credit: random.pick([1, 10, 100, 1_000]) };
  receive(stage, connection, options, consumer, pattern, (number, context) => {
    const delivery = context.delivery!;
    const outcome = random.pick(outcomeOdds);
    if (slow) setTimeout(() => settler.settle(number, delivery, outcome), random.below(300));
    else settler.settle(number, delivery, outcome);
  });
  await pause(random.between(300, 6_000), signal);
  stage.ledger.losing(consumer, stage.now());
  if (random.chance(0.4)) cut(connection);
  else await close(connection);
}

async function produce(stage: Stage, random: Random, signal: AbortSignal): Promise<void> {
  const pattern = random.pick(['anycast', 'anycast', 'anycast', 'taken'] as const);
  const address = chooseAddress(random, pattern);
  const [settled, anonymous] = [random.chance(0.25), random.chance(0.3)];
  const connection = await open(stage, 'sender');
  const sender = new SoakSender(stage, connection, anonymous ? null : address, settled);
  const message = { body: 'x'.repeat(random.pick([0, 10, 100, 1_000, 30_000])), ...(anonymous ? { to: address } : {}) };
  await pace(random.between(20, 300), random.between(300, 6_000), signal, () => sender.send(pattern, address, message));
  if (random.chance(0.3)) {
    sender.forget();
    cut(connection);
    return;
  }
  const concluded = await until(() => sender.waiting === 0, outcomePatienceMs);
  if (!concluded)
    stage.ledger.report(
      6,
      `${sender.waiting} messages to ${address} wait for an outcome since ${outcomePatienceMs} ms`,
    );
  await close(connection);
}

/** `consumers` and `senders` places, each taken by one client after the other. */
export function churn(stage: Stage, random: Random, consumers: number, senders: number): Actor {
  return {
    name: 'churn',
    run: async (signal) => {
      // Consumers stay until the last sender has its outcomes: "no consumer any more" is not what is tested at the end.
      const consumersEnd = stopper();
      const consuming = Array.from({ length: consumers }, () =>
        visits(random, consumersEnd.signal, stage.trouble, () => consume(stage, random, consumersEnd.signal)),
      );
      await Promise.all(
        Array.from({ length: senders }, () =>
          visits(random, signal, stage.trouble, () => produce(stage, random, signal)),
        ),
      );
      consumersEnd.abort();
      await Promise.all(consuming);
    },
  };
}
