// How the client on rhea answers when its credit is asked back.
import type { Sender } from 'rhea';

/** Waiting for the end of what they send. */
const draining = new Set<Sender>();

/** rhea stops in the middle of a delivery when its credit is given back, so the answer to a drain waits for the end. */
export function answerDrain(sender: Sender): void {
  const { outgoing } = sender.session as unknown as {
    outgoing: { next_pending_delivery: number; next_delivery_id: number };
  };
  if (outgoing.next_pending_delivery < outgoing.next_delivery_id) draining.add(sender);
  else {
    draining.delete(sender);
    sender.set_drained(true);
  }
}

/** A delivery of this sender has come to its end. */
export function endDrain(sender: Sender): void {
  if (draining.has(sender)) answerDrain(sender);
}
