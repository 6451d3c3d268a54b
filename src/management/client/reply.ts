// A reply of a management agent: status and body, as plain data.
import { DecodeError } from '../../amqp/decode-error.ts';
import { decodeMessage } from '../../amqp/message.ts';
import { asNumber, asText, lookup, toPlain } from '../../amqp/values.ts';

export interface ManagementReply {
  /** As in HTTP: 2xx is well. */
  readonly statusCode: number;
  readonly statusDescription: string;
  /** All application-properties. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export interface AddressedReply {
  /** Of the request; null when the reply has none, or none of ours. */
  readonly correlationId: string | null;
  readonly reply: ManagementReply;
}

/** Null when the bytes are no reply. */
export function decodeReply(bytes: Uint8Array): AddressedReply | null {
  try {
    const { properties, applicationProperties, body } = decodeMessage(bytes, 0, bytes.length);
    const statusCode = asNumber(lookup(applicationProperties, 'statusCode'));
    if (statusCode === null) return null;
    return {
      correlationId: asText(properties?.correlationId ?? null),
      reply: {
        statusCode,
        statusDescription: asText(lookup(applicationProperties, 'statusDescription')) ?? '',
        properties: toPlain(applicationProperties) as Record<string, unknown>,
        body: body.kind === 'value' ? toPlain(body.value) : null,
      },
    };
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
