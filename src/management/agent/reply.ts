// What is answered to a request, and its bytes.
import { encodeMessage, Message } from '../../amqp/message.ts';
import { Properties } from '../../amqp/performatives.ts';
import { type AmqpValue, encodeValue, int } from '../../amqp/values.ts';
import { Writer } from '../../amqp/writer.ts';
import type { Request } from './request.ts';

/** The body of a long reply: one encoded value in pieces. */
export class EncodedBody {
  readonly pieces: readonly Uint8Array[];

  constructor(pieces: readonly Uint8Array[]) {
    this.pieces = pieces;
  }
}

export interface Reply {
  readonly status: number;
  readonly description: string;
  readonly body: AmqpValue | EncodedBody;
  /** Ours: what else is to be said, in the application-property `weft.note`. */
  readonly note?: string;
}

/** Gives the reply to one request: once, now or in a later turn. */
export type Answer = (reply: Reply) => void;

export function ok(body: AmqpValue | EncodedBody): Reply {
  return { status: 200, description: 'OK', body };
}

export function created(body: AmqpValue | EncodedBody): Reply {
  return { status: 201, description: 'Created', body };
}

export function deleted(): Reply {
  return { status: 204, description: 'No Content', body: new Map() };
}

/** @param description says what is wrong, and for our own texts what to do */
export function refused(status: 400 | 403 | 404 | 500 | 501, description: string, body: AmqpValue = new Map()): Reply {
  return { status, description, body };
}

export const forbidden: Reply = refused(403, 'Forbidden');

export function isReply(value: object): value is Reply {
  return 'status' in value && 'description' in value;
}

/** The message, in pieces. */
export function encodeReply(request: Request, { status, description, body, note }: Reply): readonly Uint8Array[] {
  const writer = new Writer(256);
  encodeMessage(
    writer,
    new Message({
      properties: new Properties({ to: request.replyTo, correlationId: request.correlationId }),
      applicationProperties: new Map<AmqpValue, AmqpValue>([
        ['statusCode', int(status)],
        ['statusDescription', description],
        ...(note === undefined || note === '' ? [] : ([['weft.note', note]] as const)),
      ]),
      body: { kind: 'value', value: null },
    }),
  );
  writer.position--; // the null: the value comes in its place, behind the descriptor of the section
  if (!(body instanceof EncodedBody)) {
    encodeValue(writer, body);
    return [writer.written()];
  }
  return [writer.written(), ...body.pieces];
}
