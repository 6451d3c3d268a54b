// The word of a receiver on a delivery of ours, brought to the producer from which the delivery came. The same for the links of
// consumers and for those to other routers.
import type { OutgoingLink } from '../engine/outgoing-link.ts';
import { Outcome } from './outcomes.ts';
import type { Outlet } from './outlet.ts';
import type { Producer } from './producer.ts';

/**
 * @param outlet the one that has the delivery; null when that is not known, nor needed
 * @param defaultOutcome of deliveries that are settled without one, 0 for `modified`
 * hot
 */
export function tellOutcome(
  link: OutgoingLink,
  outlet: Outlet | null,
  defaultOutcome: number,
  deliveryId: number,
  producer: Producer,
  peerId: number,
  settled: boolean,
  outcome: number,
  bytes: Uint8Array,
  stateStart: number,
  stateEnd: number,
): void {
  if (!settled) {
    if (!producer.open.isCopied(peerId)) {
      producer.open.tellState(peerId, bytes, stateStart, stateEnd);
      return;
    }
    // Of many receivers nobody can be asked: we settle in the sender's place once an outcome is terminal.
    if (outcome < Outcome.Accepted) return;
    link.session.settleOutgoing(deliveryId, Outcome.None);
    link.forget(deliveryId);
    link.countOutcome(outcome);
  }
  if (outlet?.busyWith != null && outlet.busyWith.producer === producer && outlet.busyWith.deliveryId === peerId)
    outlet.busyWith.handleSettledEarly(outlet);
  if (outcome === Outcome.None) outcome = defaultOutcome || Outcome.Modified;
  producer.open.settleFrom(peerId, outcome, bytes, stateStart, stateEnd);
}
