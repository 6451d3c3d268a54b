// Performatives, SASL bodies, termini, outcomes and errors as objects: the plain way, for everything but the transfer path.
// The classes are generated; this is how any of them is read and written:
//
//   00 | descriptor | list of fields        (§1.4: a composite type is a described list, trailing nulls left out)

import { decodeComposite, decodeState as decodeStateAt, encodeComposite, isComposite } from './composite-codec.ts';
import { DecodeError } from './decode-error.ts';
import { beginFrame, endFrame, FrameType, readPerformativeCode } from './frames.ts';
import { Code } from './generated/codes.ts';
import type { DeliveryState } from './generated/messaging.ts';
import type { SaslChallenge, SaslInit, SaslMechanisms, SaslOutcome, SaslResponse } from './generated/security.ts';
import type { Attach, Begin, Close, Detach, Disposition, End, Flow, Open, Transfer } from './generated/transport.ts';
import { limits } from './limits.ts';
import { Reader } from './reader.ts';
import { type AmqpValue, encodeValue } from './values.ts';
import type { Writer } from './writer.ts';

export * from './generated/choices.ts';
export { Code } from './generated/codes.ts';
export * from './generated/messaging.ts';
export * from './generated/security.ts';
export * from './generated/transactions.ts';
export * from './generated/transport.ts';

export type AmqpPerformative = Open | Begin | Attach | Flow | Transfer | Disposition | Detach | End | Close;
export type SaslPerformative = SaslMechanisms | SaslInit | SaslChallenge | SaslResponse | SaslOutcome;
export type Performative = AmqpPerformative | SaslPerformative;

/**
 * Decodes the frame body [start, end): a performative and nothing else, but for a transfer, whose payload is left alone.
 * Everything returned is a copy. Throws DecodeError for an unknown descriptor, a mandatory field that is missing, a value
 * of the wrong type, more fields than there are, and all that decodeValue refuses.
 */
export function decodePerformative(bytes: Uint8Array, start: number, end: number): Performative {
  const code = readPerformativeCode(bytes, start, end);
  const known = (code >= Code.Open && code <= Code.Close) || (code >= Code.SaslMechanisms && code <= Code.SaslOutcome);
  if (!known) throw new DecodeError('a performative expected', start);
  const reader = new Reader(bytes, start, end);
  const performative = decodeComposite(reader, code) as Performative;
  if (performative.code !== Code.Transfer) {
    if (reader.position !== end) reader.fail('bytes left behind the performative');
  } else if ((performative.deliveryTag?.length ?? 0) > limits.deliveryTagBytesMax) {
    reader.fail(`a tag of ${performative.deliveryTag?.length} bytes`);
  }
  return performative;
}

/** Writes one whole AMQP frame without payload. */
export function writeFrame(writer: Writer, channel: number, performative: AmqpPerformative): void {
  const start = beginFrame(writer, FrameType.Amqp, channel);
  encodeComposite(writer, performative);
  endFrame(writer, start);
}

/** Writes one whole SASL frame. */
export function writeSaslFrame(writer: Writer, performative: SaslPerformative): void {
  const start = beginFrame(writer, FrameType.Sasl, 0);
  encodeComposite(writer, performative);
  endFrame(writer, start);
}

/** Appends a delivery-state: one of the standard's, or any described value. */
export function encodeState(writer: Writer, state: DeliveryState | AmqpValue): void {
  if (isComposite(state)) encodeComposite(writer, state);
  else encodeValue(writer, state);
}

/**
 * Decodes the delivery-state in [start, end), which it must fill. One of an unknown descriptor comes back as the value that it is; an
 * empty range, like null, is no state.
 */
export function decodeState(bytes: Uint8Array, start: number, end: number): DeliveryState | AmqpValue {
  if (start === end) return null;
  const reader = new Reader(bytes, start, end);
  const state = decodeStateAt(reader) as DeliveryState | AmqpValue;
  if (reader.position !== end) reader.fail('bytes left behind the state');
  return state;
}
