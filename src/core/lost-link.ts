// A link on which we sent is gone: what becomes of the deliveries that went out on it.
//
//   given to the transport        its peer may have seen it: in doubt, `modified` with delivery-failed (§3.4.5)
//   still in our output, unsettled   nobody has got a byte of it: see Producer.handleUnsent
//                        settled     dropped, and counted
import type { OutgoingLink } from '../engine/outgoing-link.ts';
import type { Core } from './core.ts';
import { Outcome } from './outcomes.ts';
import type { Producer } from './producer.ts';

const noBytes = new Uint8Array(0);

export function endDeliveries(link: OutgoingLink, { counters }: Core): void {
  const { unsent } = link;
  const ring = link.session.outgoing;
  for (const id of link.unsettledCount > 0 ? ring.ids() : []) {
    const slot = ring.find(id);
    if (slot < 0 || ring.links[slot] !== link) continue;
    const producer = ring.peers[slot] as Producer;
    const peerId = ring.peerIds[slot] as number;
    const one = unsent?.get(id);
    if (one === undefined) {
      link.modified++;
      producer.open.settleFrom(peerId, Outcome.Modified, noBytes, 0, 0);
    } else {
      link.released++;
      unsent?.delete(id);
      producer.handleUnsent(peerId, one);
    }
  }
  for (let left = unsent?.size ?? 0; left > 0; left--) counters.countDropped('interrupted');
  link.unsent = null;
}
