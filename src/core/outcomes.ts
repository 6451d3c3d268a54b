// Delivery states (§3.4) as the core writes them.
import { type ErrorInfo, encodeState, Modified, Rejected } from '../amqp/performatives.ts';
import { Writer } from '../amqp/writer.ts';

/** Descriptor codes of the states. */
export const Outcome = {
  None: 0,
  Received: 0x23,
  Accepted: 0x24,
  Rejected: 0x25,
  Released: 0x26,
  Modified: 0x27,
} as const;

/** `modified` with delivery-failed: whether the receiver has seen the delivery is not known. */
export const modifiedFailed: Uint8Array = encoded(new Modified({ deliveryFailed: true }));

/** `rejected` without a reason: for several copies nobody's reason stands for all. */
export const rejectedPlain: Uint8Array = encoded(new Rejected());

export function rejectedWith(error: ErrorInfo): Uint8Array {
  return encoded(new Rejected({ error }));
}

function encoded(state: Modified | Rejected): Uint8Array {
  const writer = new Writer(64);
  encodeState(writer, state);
  return writer.written().slice();
}

/** Outcomes merge by rank (rejected over accepted over modified over released): the number is kept in the ring. */
export function rankOf(outcome: number): number {
  switch (outcome) {
    case 0x25:
      return 4;
    case 0x24:
      return 3;
    case 0x26:
      return 1;
    case 0x33: // declared: a transaction coordinator's outcome means nothing among copies
      return 4;
    default:
      return 2;
  }
}

/** The outcome of a rank; no copy at all is released. */
export function outcomeOfRank(rank: number): number {
  return rank === 4 ? 0x25 : rank === 3 ? 0x24 : rank === 2 ? 0x27 : 0x26;
}
