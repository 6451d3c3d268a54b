// The unsettled deliveries of one producer: who has each of them, and what becomes of it. They live in the ring of the
// producer's session; its columns say
//
//   peers     null, the HeldDelivery while it is held, the Outlet (a consumer, a path to a router) once it went to one
//   peerIds   its delivery-id on that side
//   copies    of a multicast: outcomes that are still to come;  states: the highest rank of those that came
import { decodeState, type ErrorInfo, encodeState, Modified } from '../amqp/performatives.ts';
import { Writer } from '../amqp/writer.ts';
import type { IncomingLink } from '../engine/incoming-link.ts';
import type { Counters } from './counters.ts';
import { HeldDelivery } from './held-delivery.ts';
import { pinnedCounters } from './limits.ts';
import { modifiedFailed, Outcome, outcomeOfRank, rankOf, rejectedPlain, rejectedWith } from './outcomes.ts';
import { Outlet } from './outlet.ts';

export class OpenDeliveries {
  readonly #link: IncomingLink;
  readonly #counters: Counters;
  /** The sender's credit, of which one consumer may pin no more than half; see forward/pins.ts. */
  readonly #capacity: number;
  /** By consumer slot: unsettled deliveries that it has. Kept from the first message that has a choice. */
  #pinned: Uint32Array | null = null;

  constructor(link: IncomingLink, counters: Counters, capacity: number) {
    this.#link = link;
    this.#counters = counters;
    this.#capacity = capacity;
  }

  // --- who has it --------------------------------------------------------------------------------------------------

  /** Notes that it is held here. */
  holdAt(held: HeldDelivery): void {
    const ring = this.#link.session.incoming;
    ring.peers[ring.find(held.deliveryId)] = held;
  }

  /** Takes it from the outlet that has it, which is given; null when there is none. */
  takeFromOutlet(id: number): Outlet | null {
    const ring = this.#link.session.incoming;
    const slot = ring.find(id);
    const peer = slot < 0 || ring.links[slot] !== this.#link ? null : ring.peers[slot];
    if (!(peer instanceof Outlet)) return null;
    this.#untie(peer);
    ring.peers[slot] = null;
    return peer;
  }

  /** Notes that an outlet has got it, or its beginning. hot */
  tie(id: number, outlet: Outlet, outgoingId: number): void {
    const ring = this.#link.session.incoming;
    const slot = ring.find(id);
    if (slot < 0 || ring.links[slot] !== this.#link) return; // its sender is gone
    ring.peers[slot] = outlet;
    ring.peerIds[slot] = outgoingId;
    if (outlet.tally !== null) outlet.tally.outstanding++;
    if (outlet.way !== null) return;
    if (this.#pinned !== null) this.#pinned[outlet.slot % pinnedCounters]++;
    else if (outlet.address.consumers.length > 1) this.#startPinned();
  }

  /** Notes that `copies` outcomes are to come, and the rank of those that are known. hot for multicast */
  tieCopies(id: number, copies: number, rank: number): void {
    const ring = this.#link.session.incoming;
    const slot = ring.find(id);
    if (slot < 0) return;
    ring.peers[slot] = null;
    ring.copies[slot] = copies;
    ring.states[slot] = rank;
  }

  /** Whether it went to several, whose outcomes are merged. */
  isCopied(id: number): boolean {
    const ring = this.#link.session.incoming;
    const slot = ring.find(id);
    return slot >= 0 && (ring.copies[slot] as number) > 0;
  }

  /** Whether a consumer has half of the sender's credit, or more. hot */
  pinsHalf(consumer: Outlet): boolean {
    return this.#pinned !== null && (this.#pinned[consumer.slot % pinnedCounters] as number) * 2 >= this.#capacity;
  }

  /** From the first choice between consumers on: counts what each of them has, those of before included. */
  #startPinned(): void {
    this.#pinned = new Uint32Array(pinnedCounters);
    const ring = this.#link.session.incoming;
    for (const id of ring.ids()) {
      const slot = ring.find(id);
      const peer = ring.peers[slot];
      if (ring.links[slot] === this.#link && peer instanceof Outlet && peer.way === null)
        this.#pinned[peer.slot % pinnedCounters]++;
    }
  }

  /** It is no longer with `peer`. True when that is a consumer that has no longer half of the credit, and may be given more. */
  #untie(peer: object | null): peer is Outlet {
    if (!(peer instanceof Outlet)) return false;
    if (peer.tally !== null) peer.tally.outstanding--;
    if (peer.way !== null || this.#pinned === null) return false;
    const slot = peer.slot % pinnedCounters;
    const count = this.#pinned[slot] as number;
    if (count === 0) return false;
    this.#pinned[slot] = count - 1;
    return count * 2 >= this.#capacity && (count - 1) * 2 < this.#capacity;
  }

  // --- what a consumer says ----------------------------------------------------------------------------------------

  /**
   * Whoever has the delivery settled it with `outcome`; the state as it came lies in `bytes[start, end)` and is what it says it is
   * (the engine has looked). hot
   */
  settleFrom(id: number, outcome: number, bytes: Uint8Array, start: number, end: number): void {
    const ring = this.#link.session.incoming;
    const slot = ring.find(id);
    if (slot < 0 || ring.links[slot] !== this.#link) return; // its sender is gone, or has settled it
    if ((ring.copies[slot] as number) > 0) {
      this.settleCopy(id, outcome);
      return;
    }
    const outlet = ring.peers[slot] as Outlet;
    const isFreed = (this.#pinned !== null || outlet.tally !== null) && this.#untie(outlet);
    if (outcome === Outcome.Accepted || outcome === Outcome.Released) {
      this.#countAge(ring.sinceMs[slot] as number);
      ring.free(slot);
      this.#counters.countOutcome(outcome);
      this.#link.settle(id, outcome);
    } else this.#settleDetailed(id, outcome, bytes, start, end);
    if (isFreed) outlet.address.pull();
  }

  /** Outcomes with details. `modified` always says delivery-failed, as Dispatch has it. */
  #settleDetailed(id: number, outcome: number, bytes: Uint8Array, start: number, end: number): void {
    if (outcome === Outcome.Modified || outcome === Outcome.Received) {
      const failed = withFailure(bytes, start, end);
      this.settleWith(id, Outcome.Modified, failed, 0, failed.length);
    } else if (start === end) this.settleWith(id, Outcome.Rejected, rejectedPlain, 0, rejectedPlain.length);
    else this.settleWith(id, outcome, bytes, start, end);
  }

  /** One copy of a multicast has its outcome; the last one settles them all. */
  settleCopy(id: number, outcome: number): void {
    const ring = this.#link.session.incoming;
    const slot = ring.find(id);
    if (slot < 0 || ring.links[slot] !== this.#link) return;
    ring.states[slot] = Math.max(ring.states[slot] as number, rankOf(outcome));
    if (--ring.copies[slot] > 0) return;
    const merged = outcomeOfRank(ring.states[slot] as number);
    if (merged === Outcome.Rejected) this.settleWith(id, merged, rejectedPlain, 0, rejectedPlain.length);
    else if (merged === Outcome.Modified) this.fail(id);
    else this.settle(id, merged);
  }

  /** A consumer told a state of a delivery of its own and did not settle: it goes on as it is (§2.6.12). */
  tellState(id: number, bytes: Uint8Array, start: number, end: number): void {
    const { session } = this.#link;
    const slot = session.incoming.find(id);
    if (slot < 0 || start === end || session.incoming.links[slot] !== this.#link) return;
    session.writeStateDisposition(true, id, false, bytes, start, end);
  }

  // --- what we say -------------------------------------------------------------------------------------------------

  /** Frees the delivery and tells its sender. hot */
  settle(id: number, outcome: number): void {
    if (!this.#free(id)) return;
    this.#counters.countOutcome(outcome);
    this.#link.settle(id, outcome);
  }

  settleWith(id: number, outcome: number, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#free(id)) return;
    this.#counters.countOutcome(outcome);
    this.#link.settleWithState(id, outcome, bytes, start, end);
  }

  /** `modified`, delivery-failed: somebody may have seen it. */
  fail(id: number): void {
    this.settleWith(id, Outcome.Modified, modifiedFailed, 0, modifiedFailed.length);
  }

  reject(id: number, error: ErrorInfo): void {
    const state = rejectedWith(error);
    this.settleWith(id, Outcome.Rejected, state, 0, state.length);
  }

  /** Its sender is gone: nobody waits for these outcomes. The engine frees the ring. */
  forgetAll(): void {
    if (this.#link.unsettledCount === 0) return;
    const ring = this.#link.session.incoming;
    for (const id of ring.ids()) {
      const slot = ring.find(id);
      if (slot >= 0 && ring.links[slot] === this.#link) this.#untie(ring.peers[slot] as object | null);
    }
  }

  /** Frees the delivery without a word: its sender took it back. True when it was open. */
  drop(id: number): boolean {
    const ring = this.#link.session.incoming;
    const slot = ring.find(id);
    if (slot < 0) return false;
    this.#untie(ring.peers[slot] as object | null);
    ring.free(slot);
    this.#link.unsettledCount--;
    return true;
  }

  #free(id: number): boolean {
    const ring = this.#link.session.incoming;
    const slot = ring.find(id);
    if (slot < 0 || ring.links[slot] !== this.#link) return false;
    this.#countAge(ring.sinceMs[slot] as number);
    ring.free(slot);
    return true;
  }

  /** hot */
  #countAge(sinceMs: number): void {
    const ageMs = (this.#link.session.connection.clock.nowMs - sinceMs) | 0;
    if (ageMs <= 1000) return;
    this.#link.countAge(ageMs);
    this.#counters.countLate(ageMs);
  }

  // --- what the sender says ----------------------------------------------------------------------------------------

  /**
   * The sender settled the delivery in `slot` itself, which is freed after this. A consumer that has it is told. Returns what is
   * held here of it: its place in the credit is given back when that is over.
   */
  settledBySender(slot: number): HeldDelivery | null {
    const ring = this.#link.session.incoming;
    const peer = ring.peers[slot] as Outlet | HeldDelivery | null;
    if (peer instanceof HeldDelivery) return peer;
    if (peer !== null) {
      const outgoingId = ring.peerIds[slot] as number;
      const isFreed = this.#untie(peer);
      peer.link.session.settleOutgoing(outgoingId, Outcome.None);
      peer.link.forget(outgoingId);
      if (isFreed) peer.address.pull();
    }
    return null;
  }
}

/** The receiver's `modified` with delivery-failed set. */
function withFailure(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const state = start === end ? null : decodeState(bytes, start, end);
  if (!(state instanceof Modified)) return modifiedFailed;
  state.deliveryFailed = true;
  const writer = new Writer(64);
  encodeState(writer, state);
  return writer.written();
}
