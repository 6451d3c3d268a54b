// Dispositions of the peer (§2.6.12): as the receiver of what we sent, and as the sender of what we received.

import type { DispositionFields } from '../amqp/disposition.ts';
import { decodeState } from '../amqp/performatives.ts';
import { serialDistance } from '../kit/serial.ts';
import { amqpError, Condition } from './conditions.ts';
import type { IncomingLink } from './incoming-link.ts';
import type { OutgoingLink } from './outgoing-link.ts';
import type { Session } from './session.ts';
import type { UnsettledRing } from './unsettled-ring.ts';

/** Ranges longer than this are walked with care. */
const longRange = 64;
const accepted = 0x24;
const released = 0x26;

/**
 * The receiver's outcomes for a range of our deliveries. A state that is not what it says costs the receiver its connection
 * (DecodeError) before anything is settled: nobody else is to be told it. hot
 */
export function settleByReceiver(session: Session, fields: DispositionFields, bytes: Uint8Array): void {
  const { settled, outcome, stateStart, stateEnd } = fields;
  // Of an accepted or released that settles only its name goes on.
  const isNameEnough = settled && (outcome === accepted || outcome === released);
  if (stateEnd > stateStart && !isNameEnough) decodeState(bytes, stateStart, stateEnd);
  const ring = session.outgoing;
  const { first, last } = fields;
  if (!isInOrder(session, ring, first, last)) return;
  if (ring.hasStragglers) {
    for (const id of ring.stragglersIn(first, last)) settleOutgoing(session, id, fields, bytes);
  }
  // What an owner does about one outcome may add deliveries and move others to the sparse table: ids stay true, slots do not.
  const end = ring.clampLast(first, last);
  for (let id = ring.clampFirst(first, last); ((end - id) | 0) >= 0; id = (id + 1) | 0) {
    settleOutgoing(session, id, fields, bytes);
  }
}

/** hot */
function settleOutgoing(session: Session, id: number, fields: DispositionFields, bytes: Uint8Array): void {
  const ring = session.outgoing;
  const slot = ring.find(id);
  if (slot < 0) return;
  const link = ring.links[slot] as OutgoingLink;
  const peer = ring.peers[slot] as object | null;
  const peerId = ring.peerIds[slot] as number;
  const { settled, outcome, stateStart, stateEnd } = fields;
  if (settled) {
    const { connection } = session;
    const { nowMs, nowSeconds } = connection.clock;
    const ageMs = (nowMs - (ring.sinceMs[slot] as number)) | 0;
    connection.settleTimes.add(ageMs);
    link.countSettled(nowSeconds);
    link.countAge(ageMs);
    ring.free(slot);
    link.unsettledCount--;
    link.countOutcome(outcome);
  }
  const owner = link.owner;
  if (owner === null) return;
  owner.handleOutcome(link, id, peer, peerId, settled, outcome, bytes, stateStart, stateEnd);
}

/** The sender speaks of its own deliveries. When it settles them, nobody waits for an outcome any more. */
export function settleBySender(session: Session, fields: DispositionFields): void {
  if (!fields.settled) return;
  const ring = session.incoming;
  const { first, last } = fields;
  if (!isInOrder(session, ring, first, last)) return;
  for (const id of ring.stragglersIn(first, last)) settleIncoming(ring, id);
  const end = ring.clampLast(first, last);
  for (let id = ring.clampFirst(first, last); serialDistance(end, id) >= 0; id = (id + 1) | 0) settleIncoming(ring, id);
}

/** One delivery is settled by its sender: with a disposition, or by a later frame of it. */
export function settleIncoming(ring: UnsettledRing, id: number): void {
  const slot = ring.find(id);
  if (slot < 0) return;
  const link = ring.links[slot] as IncomingLink;
  link.owner?.handleSettledBySender(link, id, slot);
  // The owner may have settled it already, or moved the columns.
  const again = ring.find(id);
  if (again < 0) return;
  ring.free(again);
  link.unsettledCount--;
}

/** hot */
function isInOrder(session: Session, ring: UnsettledRing, first: number, last: number): boolean {
  const length = serialDistance(last, first);
  if (length < 0) {
    session.connection.fail(amqpError(Condition.InvalidField, 'disposition whose last comes before its first'));
    return false;
  }
  if (length > longRange) ring.thin();
  return true;
}
