// A management request as it comes, and the reply as it goes: what the AMQP management specification puts where.
//
//   request   properties: reply-to, correlation-id    application-properties: operation, type, name …   body: a map
//   reply     properties: to, correlation-id          application-properties: statusCode, statusDescription   body
import { decodeMessage } from '../../amqp/message.ts';
import { type AmqpMap, type AmqpValue, asNumber, asText, lookup } from '../../amqp/values.ts';

export interface Request {
  /** In capitals; '' when none is named. */
  readonly operation: string;
  /** All application-properties. */
  readonly properties: AmqpMap;
  readonly body: AmqpValue;
  readonly replyTo: string;
  readonly correlationId: AmqpValue;
  /** Of the delivery that brought it, while it is handed in; -1 when it was sent settled. See `AgentPort.requesterOf`. */
  readonly deliveryId: number;
}

/** The request in these bytes; null when nobody wants a reply. Throws DecodeError. */
export function readRequest(bytes: Uint8Array, deliveryId: number): Request | null {
  const { properties, applicationProperties, body } = decodeMessage(bytes, 0, bytes.length);
  const replyTo = asText(properties?.replyTo ?? null);
  if (replyTo === null || replyTo === '') return null;
  const map: AmqpMap = applicationProperties ?? new Map();
  return {
    operation: (asText(lookup(map, 'operation') ?? null) ?? '').toUpperCase(),
    properties: map,
    body: body.kind === 'value' ? body.value : null,
    replyTo,
    correlationId: properties?.correlationId ?? properties?.messageId ?? null,
    deliveryId,
  };
}

/** An application-property as text; null when it is not there, or none. */
export function textOf({ properties }: Request, name: string): string | null {
  return asText(lookup(properties, name) ?? null);
}

/** The management node is known by these types. */
const nodeTypes = ['org.amqp.management', 'org.apache.qpid.dispatch.management', 'management'];

/** The type of entities that a QUERY or GET-… is about; null for all. Some name it where others name the management node. */
export function entityTypeOf(request: Request): string | null {
  const type = textOf(request, 'type');
  return textOf(request, 'entityType') ?? (type === null || nodeTypes.includes(type) ? null : type);
}

/** An application-property as a number; null when it is not there, or none. */
export function numberOf({ properties }: Request, name: string): number | null {
  return asNumber(lookup(properties, name) ?? null);
}

/** The body when it is a map; else one without entries. */
export function mapOf({ body }: Request): AmqpMap {
  return body instanceof Map ? body : new Map();
}
