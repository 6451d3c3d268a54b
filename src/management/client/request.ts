// A management request as a message: what is asked stands in the application-properties, the rest in a map.
//
//   properties              to, reply-to, correlation-id
//   application-properties  operation, type | entityType, name, identity, offset, count, …
//   amqp-value              a map, empty when there is nothing to say
import { encodeMessage, Message } from '../../amqp/message.ts';
import { Properties } from '../../amqp/performatives.ts';
import { fromPlain } from '../../amqp/plain-values.ts';
import type { AmqpMap } from '../../amqp/values.ts';
import { Writer } from '../../amqp/writer.ts';

export interface ManagementRequest {
  /** `QUERY`, `READ`, …, or an operation of the entity's own. */
  readonly operation: string;
  /** Application-properties besides the operation; those that are null or undefined are left out. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Plain data; an empty map when left out. */
  readonly body?: unknown;
}

export interface RequestEnvelope {
  readonly to: string;
  readonly replyTo: string;
  readonly correlationId: string;
}

/** The payload of the request. */
export function encodeRequest(request: ManagementRequest, { to, replyTo, correlationId }: RequestEnvelope): Uint8Array {
  const asked: AmqpMap = new Map([['operation', request.operation]]);
  for (const [name, value] of Object.entries(request.properties ?? {})) {
    if (value !== null && value !== undefined) asked.set(name, fromPlain(value));
  }
  const writer = new Writer(512);
  encodeMessage(
    writer,
    new Message({
      properties: new Properties({ to, replyTo, correlationId }),
      applicationProperties: asked,
      body: { kind: 'value', value: fromPlain(request.body ?? {}) },
    }),
  );
  return writer.written().slice();
}
