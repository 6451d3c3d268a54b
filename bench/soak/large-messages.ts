// Large messages of a rhea client, checked byte by byte at the other end (by their hash), a few a second.
import { createHash } from 'node:crypto';
import type { Random } from '../../src/kit/random.ts';
import { type Actor, pace, until } from './actor.ts';
import { outcomePatienceMs } from './churn.ts';
import { close, open, receive, Settler, SoakSender, type Stage } from './clients.ts';
import { Consumer } from './ledger.ts';

const address = 'soak/large';
const hashOf = (body: Uint8Array) => createHash('sha256').update(body).digest('hex');

export function largeMessages(stage: Stage, random: Random, rate: number): Actor {
  return {
    name: 'large messages',
    run: async (signal) => {
      const [sending, receiving] = await Promise.all([open(stage, 'large sender'), open(stage, 'large consumer')]);
      const consumer = new Consumer('large consumer', address);
      const settler = new Settler(stage.ledger, consumer);
      receive(stage, receiving, { source: { address }, credit: 5 }, consumer, 'anycast', (number, context) => {
        const { body, correlation_id } = context.message!;
        const same = hashOf(body.content ?? body) === correlation_id;
        if (!same) stage.ledger.report(4, `the large message ${number} came changed`);
        settler.settle(number, context.delivery!, 'accepted');
      });
      const sender = new SoakSender(stage, sending, address, false);
      await pace(rate, Number.POSITIVE_INFINITY, signal, () => {
        if (!sender.sender.sendable()) return;
        const body = Buffer.alloc(random.between(100_000, 3_000_000), random.bytes(997));
        sender.send('anycast', address, { body, correlation_id: hashOf(body) });
      });
      const concluded = await until(() => sender.waiting === 0, outcomePatienceMs);
      if (!concluded) stage.ledger.report(6, `${sender.waiting} large messages wait for an outcome`);
      stage.ledger.losing(consumer, stage.now());
      await Promise.all([close(sending), close(receiving)]);
    },
  };
}
