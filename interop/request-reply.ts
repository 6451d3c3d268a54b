// A client asks, a service answers: requests to an address, replies through a sender without target to a dynamic one.
import assert from 'node:assert/strict';
import type { ClientConnection } from './connection.ts';

/** @param own what the dynamic address begins with: the router at which the client is */
export async function askAndAnswer(
  client: ClientConnection,
  server: ClientConnection,
  service: string,
  own: string,
): Promise<void> {
  const requests = await server.receiver(service);
  const replies = await server.sender(null);
  const inbox = await client.receiver(null, { dynamic: true });
  assert.match(inbox.address, new RegExp(`^amqp:/${own}/temp\\.[a-zA-Z0-9+_]{15}$`));
  const sender = await client.sender(service);
  await sender.hasCredit();
  for (let i = 0; i < 3; i++) {
    const sent = sender.send({ body: i, replyTo: inbox.address, correlationId: `request-${i}` });
    const request = await requests.next();
    const { replyTo = '', correlationId = '' } = request.message;
    const reply = replies.send({ to: replyTo, correlationId, body: `answer to ${request.message.body}` });
    request.accept();
    assert.equal((await sent.outcome()).outcome, 'accepted');
    const received = await inbox.next();
    assert.deepEqual([received.message.correlationId, received.message.body], [`request-${i}`, `answer to ${i}`]);
    received.accept();
    assert.equal((await reply.outcome()).outcome, 'accepted');
  }
}
