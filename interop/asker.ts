// A management client of the suite: requests to an agent, replies to a dynamic address, on any client library.
import assert from 'node:assert/strict';
import type { ClientConnection } from './connection.ts';
import type { ReceiverLink, SenderLink } from './link.ts';
import type { Json } from './values.ts';

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly body: Json;
}

export type Row = { readonly [attribute: string]: Json };

export class Asker {
  readonly #inbox: ReceiverLink;
  readonly #sender: SenderLink;
  #count = 0;

  private constructor(inbox: ReceiverLink, sender: SenderLink) {
    this.#inbox = inbox;
    this.#sender = sender;
  }

  static async open(connection: ClientConnection, address = '$management'): Promise<Asker> {
    const inbox = await connection.receiver(null, { dynamic: true, autoAccept: true });
    const sender = await connection.sender(address);
    await sender.hasCredit();
    return new Asker(inbox, sender);
  }

  /** Every request is accepted, and has one reply with its correlation-id. */
  async ask(properties: { readonly [name: string]: Json }, body: Json = {}): Promise<Reply> {
    const correlationId = `request-${++this.#count}`;
    const sent = this.#sender.send({
      ...{ replyTo: this.#inbox.address, correlationId, body },
      applicationProperties: { ...properties },
    });
    assert.equal((await sent.outcome()).outcome, 'accepted');
    const { message } = await this.#inbox.next();
    assert.equal(message.correlationId, correlationId);
    const { statusCode, statusDescription } = message.applicationProperties ?? {};
    return { status: Number(statusCode), text: String(statusDescription), body: message.body ?? null };
  }

  /** The rows of a QUERY, by attribute. */
  async query(
    type: string,
    names: readonly string[] = [],
    more: { readonly [name: string]: Json } = {},
  ): Promise<Row[]> {
    const properties = { operation: 'QUERY', type: 'org.amqp.management', name: 'self', entityType: type, ...more };
    const reply = await this.ask(properties, { attributeNames: [...names] });
    assert.equal(`${reply.status} ${reply.text}`, '200 OK', `QUERY ${type}`);
    const { attributeNames, results } = reply.body as { attributeNames: string[]; results: Json[][] };
    return results.map((row) => Object.fromEntries(row.map((value, at) => [attributeNames[at] ?? '?', value])));
  }

  /** The result of an operation of the management node. */
  async ofNode(operation: string, more: { readonly [name: string]: Json } = {}): Promise<Json> {
    const reply = await this.ask({ operation, type: 'org.amqp.management', name: 'self', ...more });
    assert.equal(reply.status, 200, `${operation}: ${reply.text}`);
    return reply.body;
  }
}
