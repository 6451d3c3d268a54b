// Messages as bytes.

import { decodeMessage, encodeMessage, Message } from '../../amqp/message.ts';
import { Header, Properties, Source, Target } from '../../amqp/performatives.ts';
import type { AmqpMap } from '../../amqp/values.ts';
import { Writer } from '../../amqp/writer.ts';

export interface MessageParts {
  readonly to?: string;
  readonly priority?: number;
  readonly annotations?: AmqpMap;
  /** Bytes of the body, or the body itself. */
  readonly body?: number | Uint8Array | string;
}

export function message({ to, priority, annotations, body = 'hello' }: MessageParts = {}): Uint8Array {
  const data =
    typeof body === 'number' ? pattern(body) : typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const writer = new Writer(64);
  encodeMessage(
    writer,
    new Message({
      header: priority === undefined ? null : new Header({ priority }),
      messageAnnotations: annotations ?? null,
      properties: to === undefined ? null : new Properties({ to }),
      body: { kind: 'data', data: [data] },
    }),
  );
  return writer.written();
}

export function read(bytes: Uint8Array): Message {
  return decodeMessage(bytes, 0, bytes.length);
}

/** Bytes in which nothing repeats soon. */
function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = at * 31 + (at >> 8);
  return bytes;
}

/** A source with capabilities, and a target: what `attach` of a link may name. */
export function sourceWith(address: string, capabilities: string | string[]): Source {
  return new Source({ address, capabilities });
}

export function targetWith(address: string, capabilities: string | string[]): Target {
  return new Target({ address, capabilities });
}

/** The body as text. */
export function textOf(bytes: Uint8Array): string {
  const { body } = read(bytes);
  if (body.kind !== 'data') throw new Error('the body is no data');
  return body.data.map((data) => new TextDecoder().decode(data)).join('');
}
