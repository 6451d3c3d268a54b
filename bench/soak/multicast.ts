// Multicast: two publishers, subscribers that stay and subscribers that come and go, all outcomes.
import type { Random } from '../../src/kit/random.ts';
import { type Actor, pace, pause, stopper, until, visits } from './actor.ts';
import { outcomePatienceMs } from './churn.ts';
import { close, cut, open, receive, Settler, SoakSender, type Stage } from './clients.ts';
import { Consumer, type Outcome } from './ledger.ts';

const address = 'soak/multicast/news';
const odds: readonly Outcome[] = [...Array<Outcome>(17).fill('accepted'), 'rejected', 'released', 'modified'];

async function subscribe(stage: Stage, random: Random, signal: AbortSignal, stays: boolean): Promise<void> {
  const connection = await open(stage, 'subscriber');
  const consumer = new Consumer(stays ? 'steady subscriber' : 'subscriber', address);
  const settler = new Settler(stage.ledger, consumer);
  receive(stage, connection, { source: { address }, credit: 100 }, consumer, 'multicast', (number, context) => {
    settler.settle(number, context.delivery!, random.pick(odds));
  });
  await (stays ? pause(2 ** 31 - 1, signal) : pause(random.between(300, 5_000), signal));
  stage.ledger.losing(consumer, stage.now());
  if (!stays && random.chance(0.4)) cut(connection);
  else await close(connection);
}

async function publish(stage: Stage, signal: AbortSignal, settled: boolean): Promise<void> {
  const connection = await open(stage, 'publisher');
  const sender = new SoakSender(stage, connection, address, settled);
  await pace(50, Number.POSITIVE_INFINITY, signal, () => sender.send('multicast', address, { body: 'news' }));
  const concluded = await until(() => sender.waiting === 0, outcomePatienceMs);
  if (!concluded) stage.ledger.report(6, `${sender.waiting} multicast messages wait for an outcome`);
  await close(connection);
}

export function multicast(stage: Stage, random: Random, staying: number, coming: number): Actor {
  return {
    name: 'multicast',
    run: async (signal) => {
      const end = stopper();
      const subscribing = [
        ...Array.from({ length: staying }, () => subscribe(stage, random, end.signal, true)),
        ...Array.from({ length: coming }, () =>
          visits(random, end.signal, stage.trouble, () => subscribe(stage, random, end.signal, false)),
        ),
      ];
      await Promise.all([publish(stage, signal, false), publish(stage, signal, true)]);
      end.abort();
      await Promise.all(subscribing);
    },
  };
}
