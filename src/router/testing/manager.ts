// Somebody who asks a router's management: requests out, replies in, as values.
import { decodeMessage, encodeMessage, Message } from '../../amqp/message.ts';
import { Properties } from '../../amqp/performatives.ts';
import { type AmqpMap, type AmqpValue, asText, lookup, toPlain } from '../../amqp/values.ts';
import { Writer } from '../../amqp/writer.ts';
import type { Endpoint } from '../../engine/testing/endpoint.ts';
import type { Receiver, ReceiverOptions } from '../../engine/testing/receiver.ts';
import type { Sender } from '../../engine/testing/sender.ts';

export interface ManagementReply {
  readonly status: number;
  readonly description: string;
  /** `weft.note`; '' when there is none. */
  readonly note: string;
  readonly correlationId: AmqpValue;
  /** As on the wire, with types. */
  readonly body: AmqpValue;
}

export interface Table {
  readonly names: string[];
  /** By column; numbers and texts without their types. */
  readonly rows: Record<string, unknown>[];
}

export class Manager {
  readonly receiver: Receiver;
  readonly sender: Sender;
  readonly #run: () => void;

  /** @param run moves bytes until nobody has more to say, slices of long replies included */
  constructor(client: Endpoint, run: () => void, address = '$management', options: ReceiverOptions = {}) {
    this.#run = run;
    this.receiver = client.receive(null, options);
    this.sender = client.send(address);
    run();
  }

  get replyTo(): string {
    return asText(this.receiver.attached?.source?.address ?? null) ?? '';
  }

  /** Sends one request; what it says of the reply-to is left alone. */
  send(properties: Record<string, AmqpValue>, body: AmqpValue = new Map(), correlationId: AmqpValue = '1'): void {
    const writer = new Writer(256);
    const message = new Message({
      properties: new Properties({ replyTo: this.replyTo, correlationId }),
      applicationProperties: new Map<AmqpValue, AmqpValue>(Object.entries(properties)),
      body: { kind: 'value', value: body },
    });
    encodeMessage(writer, message);
    this.sender.send(writer.written());
  }

  /** Asks, and gives the reply. */
  ask(properties: Record<string, AmqpValue>, body?: AmqpValue, correlationId?: AmqpValue): ManagementReply {
    const before = this.receiver.complete.length;
    this.send(properties, body, correlationId);
    this.#run();
    const reply = this.replies[before];
    if (reply === undefined) throw new Error(`no reply to ${JSON.stringify(properties)}`);
    return reply;
  }

  get replies(): ManagementReply[] {
    return this.receiver.complete.map(({ bytes }) => replyOf(bytes));
  }

  /** QUERY; fails when the reply is not OK. */
  query(type: string | null, names: string[] = [], more: Record<string, AmqpValue> = {}): Table {
    const properties = type === null ? {} : { entityType: type };
    const reply = this.ask(
      { operation: 'QUERY', name: 'self', type: 'org.amqp.management', ...properties, ...more },
      new Map<AmqpValue, AmqpValue>([['attributeNames', names]]),
    );
    if (reply.status !== 200) throw new Error(`${reply.status} ${reply.description}`);
    return tableOf(reply.body);
  }
}

export function tableOf(body: AmqpValue): Table {
  const map = body as AmqpMap;
  const names = toPlain(lookup(map, 'attributeNames') ?? []) as string[];
  const results = toPlain(lookup(map, 'results') ?? []) as unknown[][];
  return { names, rows: results.map((row) => Object.fromEntries(row.map((value, at) => [names[at], value]))) };
}

function replyOf(bytes: Uint8Array): ManagementReply {
  const { properties, applicationProperties, body } = decodeMessage(bytes, 0, bytes.length);
  return {
    status: toPlain(lookup(applicationProperties, 'statusCode') ?? null) as number,
    description: asText(lookup(applicationProperties, 'statusDescription')) ?? '',
    note: asText(lookup(applicationProperties, 'weft.note')) ?? '',
    correlationId: properties?.correlationId ?? null,
    body: body.kind === 'value' ? body.value : null,
  };
}
