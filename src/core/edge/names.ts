// Addresses and termini by which edge and interior routers know their links to each other. A capability is one bare symbol.
import { type Attach, Source, Target } from '../../amqp/performatives.ts';

export const downlinkCapability = 'qd.router-edge-downlink';
export const trackingAddress = '_$qd.edge_addr_tracking';
export const lookupAddress = '_$qd.addr_lookup';
export const heartbeatAddress = '_$qd.edge_heartbeat';

/**
 * As the key of a tracking update: the interior is about to end, and asks its edge to go over to another uplink while everything is
 * still served. Ours; Dispatch ignores keys that it does not know.
 */
export const leaveKey = 'L_$weft.leave';

/** Offered by whoever takes further anonymous links for long messages. */
export const streamsCapability = 'qd.streaming-links';

/** At an edge router: the address of all that is not here. */
export const everywhereKey = 'L_edge';

/** Of a link for long messages, in either direction: each message says where it goes. */
export const streamTermini = () => edgeTermini(null, null, null);

/** The termini of an edge's links: `address` null is an empty one. */
export function edgeTermini(sourceAddress: string | null, targetAddress: string | null, capabilities: string | null) {
  const common = { durable: 0, expiryPolicy: 'link-detach', timeout: 0, dynamic: false, capabilities };
  return {
    source: new Source({ ...common, address: sourceAddress }),
    target: new Target({ ...common, address: targetAddress }),
  } satisfies Partial<Attach>;
}
