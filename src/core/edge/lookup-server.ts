// At the interior: an edge router asks whether an address is that of a link route, before it answers the attach of a client, for up to
// three seconds. Link routes are not carried out yet, so the answer is always that it is none.
//
//   request  to: _$qd.addr_lookup, reply-to, correlation-id   { version 1, opcode 1 }            [ address, role ]
//   reply    to: reply-to, the same correlation-id            { version 1, opcode 1, status 3 }  [ false, false ]
import { DecodeError } from '../../amqp/decode-error.ts';
import { decodeMessage, encodeMessage, Message } from '../../amqp/message.ts';
import { Header, Properties } from '../../amqp/performatives.ts';
import { asNumber, lookup, uint } from '../../amqp/values.ts';
import { Writer } from '../../amqp/writer.ts';
import type { Core } from '../core.ts';
import { WholeMessages } from '../whole-messages.ts';
import { edgeMessageBytesMax, lookupCredit, lookupOutputBytesMax } from './limits.ts';

const version = 1;
const linkRouteLookup = 1;
const Status = { BadVersion: 1, BadOpcode: 2, NotFound: 3 } as const;

export class LookupServer extends WholeMessages {
  readonly #core: Core;

  constructor(core: Core) {
    super(lookupCredit, edgeMessageBytesMax);
    this.#core = core;
  }

  protected override handleMessage(bytes: Uint8Array, start: number, end: number): void {
    const request = decoded(bytes, start, end);
    const replyTo = request?.properties?.replyTo ?? null;
    const { properties, applicationProperties } = request ?? {};
    if (typeof replyTo !== 'string' || applicationProperties == null || properties == null) return;
    const asked = asNumber(lookup(applicationProperties, 'opcode') ?? null);
    const theirs = asNumber(lookup(applicationProperties, 'version') ?? null);
    const status =
      theirs !== version ? Status.BadVersion : asked !== linkRouteLookup ? Status.BadOpcode : Status.NotFound;
    const writer = new Writer(256);
    encodeMessage(
      writer,
      new Message({
        header: new Header({ durable: false }),
        properties: new Properties({ to: replyTo, correlationId: properties.correlationId }),
        applicationProperties: new Map([
          ['version', uint(version)],
          ['opcode', uint(linkRouteLookup)],
          ['status', uint(status)],
        ]),
        body: { kind: 'value', value: [false, false] },
      }),
    );
    this.#reply(replyTo, writer.written());
  }

  /** It stands in no line: an edge that loses a reply lets its client wait for seconds. Lost it is to who gives no credit or does not read. */
  #reply(to: string, bytes: Uint8Array): void {
    const address = this.#core.addresses.find(to, 'ingress', -1);
    if (address === null || address === 'unavailable') return;
    const consumer = address.consumers.find(({ link, busyWith }) => link.credit > 0 && busyWith === null);
    if (consumer === undefined) return;
    const { link } = consumer;
    const { connection, remoteIncomingWindow } = link.session;
    if (link.framesOf(bytes.length) > remoteIncomingWindow || connection.outputBytes >= lookupOutputBytesMax) return;
    link.send(bytes, 0, bytes.length, true, null, 0);
  }
}

function decoded(bytes: Uint8Array, start: number, end: number): Message | null {
  try {
    return decodeMessage(bytes, start, end);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
