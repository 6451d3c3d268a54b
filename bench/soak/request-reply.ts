// Request and reply: requesters listen on a dynamic address and come and go; the service answers through an anonymous
// sender, also when the requester is gone by then.
import type { EventContext } from 'rhea';
import type { Random } from '../../src/kit/random.ts';
import { type Actor, pace, stopper, until, visits } from './actor.ts';
import { outcomePatienceMs } from './churn.ts';
import { close, cut, open, receive, Settler, SoakSender, type Stage } from './clients.ts';
import { Consumer } from './ledger.ts';

const service = 'soak/service';

/** Replies that found no credit at once; small, because the service grants itself little credit. */
async function serve(stage: Stage, signal: AbortSignal): Promise<void> {
  const connection = await open(stage, 'service');
  const replies = new SoakSender(stage, connection, null, false);
  const consumer = new Consumer('service', service);
  const settler = new Settler(stage.ledger, consumer);
  receive(stage, connection, { source: { address: service }, credit: 50 }, consumer, 'anycast', (number, context) => {
    const { reply_to, correlation_id } = context.message!;
    const sent = replies.send('anycast', reply_to!, { to: reply_to, correlation_id });
    settler.settle(number, context.delivery!, sent ? 'accepted' : 'released');
  });
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  await until(() => replies.waiting === 0, outcomePatienceMs);
  stage.ledger.losing(consumer, stage.now());
  await close(connection);
}

async function request(stage: Stage, random: Random, signal: AbortSignal): Promise<void> {
  const connection = await open(stage, 'requester');
  const consumer = new Consumer('requester', '');
  const settler = new Settler(stage.ledger, consumer);
  const asked = new Set<string>();
  const name = `${random.uint32()}`;
  const receiver = receive(
    stage,
    connection,
    { source: { dynamic: true }, credit: 100 },
    consumer,
    'anycast',
    (number, context) => {
      const question = String(context.message!.correlation_id);
      if (!asked.delete(question))
        stage.ledger.report(4, `the reply ${question} came to requester ${name}, which did not ask it (now)`);
      settler.settle(number, context.delivery!, 'accepted');
    },
  );
  const replyTo = await dynamicAddress(receiver);
  consumer.address = replyTo;
  const requests = new SoakSender(stage, connection, service, false);
  let count = 0;
  await pace(random.between(20, 100), random.between(300, 4_000), signal, () => {
    const correlation_id = `${name}/${count++}`;
    if (requests.send('anycast', service, { reply_to: replyTo, correlation_id })) asked.add(correlation_id);
  });
  if (random.chance(0.3)) {
    stage.ledger.losing(consumer, stage.now());
    requests.forget();
    cut(connection);
    return;
  }
  await until(() => requests.waiting === 0, outcomePatienceMs);
  stage.ledger.losing(consumer, stage.now());
  await close(connection);
}

/** The address that the router made up for a dynamic source; it comes with the router's attach. */
async function dynamicAddress(receiver: ReturnType<typeof receive>): Promise<string> {
  if (!receiver.is_remote_open()) {
    await new Promise<EventContext>((resolve, reject) => {
      receiver.once('receiver_open', resolve);
      receiver.connection.once('disconnected', () =>
        reject(new Error('requester: disconnected before its link was attached')),
      );
    });
  }
  return receiver.source.address;
}

export function requestReply(stage: Stage, random: Random, requesters: number): Actor {
  return {
    name: 'request/reply',
    run: async (signal) => {
      const serviceEnd = stopper();
      const serving = serve(stage, serviceEnd.signal);
      await Promise.all(
        Array.from({ length: requesters }, () =>
          visits(random, signal, stage.trouble, () => request(stage, random, signal)),
        ),
      );
      serviceEnd.abort();
      await serving;
    },
  };
}
