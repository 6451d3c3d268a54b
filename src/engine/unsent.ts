// What a lost connection never gave to its transport: deliveries in the output that the host has not taken. Their bytes are read back from
// there, so that nothing has to be noted while deliveries go out.
//
//   deliveries ─▶ filling ──take──▶ the host's: may have been seen by the peer
//                    ╰──── lost ──▶ read back here, by link: nobody has got a byte of them
import { FrameType, frameHeaderBytes, readPerformativeCode } from '../amqp/frames.ts';
import { int32 } from '../amqp/integers.ts';
import { Code } from '../amqp/performatives.ts';
import { decodeTransfer, TransferFields } from '../amqp/transfer.ts';
import type { ConnectionSessions } from './connection-sessions.ts';
import type { OutgoingLink } from './outgoing-link.ts';

const protocolHeaderBytes = 8;
const letterA = 0x41;

/** A delivery of which no byte was given to the transport. Its bytes are those of the output. */
export class UnsentDelivery {
  readonly settled: boolean;
  /** Bit pattern of the uint (§2.7.5). */
  readonly messageFormat: number;
  readonly #parts: Uint8Array[] = [];

  constructor({ settled, messageFormat }: TransferFields) {
    this.settled = settled;
    this.messageFormat = messageFormat;
  }

  add(part: Uint8Array): void {
    this.#parts.push(part);
  }

  /** Its payload as far as it went into the output; the caller's own. */
  get payload(): Uint8Array {
    const whole = new Uint8Array(this.#parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}

/** By delivery-id, in the order in which they went out. */
export type UnsentDeliveries = Map<number, UnsentDelivery>;

/** Hands every link what of its deliveries lies in `output`, as {@link OutgoingLink.unsent}. `output` is whole frames, as the host would have got them. */
export function findUnsent(output: Uint8Array, sessions: ConnectionSessions): void {
  const fields = new TransferFields();
  /** The delivery of each link that is still to go on: null when its beginning is not here. */
  const open = new Map<OutgoingLink, UnsentDelivery>();
  let size = 0;
  for (let at = 0; at < output.length; at += size) {
    // A protocol header, which no frame begins like: it would be longer than any.
    size = output[at] === letterA ? protocolHeaderBytes : int32(output, at);
    const body = at + frameHeaderBytes;
    if (size === frameHeaderBytes || output[at + 5] !== FrameType.Amqp) continue;
    if (readPerformativeCode(output, body, at + size) !== Code.Transfer) continue;
    decodeTransfer(output, body, at + size, fields);
    const channel = ((output[at + 6] as number) << 8) | (output[at + 7] as number);
    const link = sessions.byOwn(channel)?.outgoingLink(fields.handle);
    if (link === undefined) continue;
    if (fields.hasDeliveryId) {
      const begun = new UnsentDelivery(fields);
      link.unsent ??= new Map();
      link.unsent.set(fields.deliveryId, begun);
      open.set(link, begun);
    }
    open.get(link)?.add(output.subarray(fields.payloadStart, at + size));
    if (!fields.more) open.delete(link);
  }
}
