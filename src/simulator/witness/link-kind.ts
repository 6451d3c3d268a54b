// What a link between two routers is for: told by a capability in both of its termini, one bare symbol, and on the connection of an
// edge router by the address.
import type { Attach } from '../../amqp/performatives.ts';
import { type AmqpValue, asText } from '../../amqp/values.ts';

/** `control`: what routers have to tell each other; `data`: messages on their way through the network; `client`: anything else. */
export type LinkKind = 'client' | 'control' | 'data';

export function kindOf(attach: Attach, isOfEdge: boolean): LinkKind {
  const capabilities = capabilitiesOf(attach);
  if (capabilities.includes('qd.router')) return 'control';
  if (capabilities.includes('qd.router-data')) return 'data';
  if (!isOfEdge) return 'client';
  const addresses = [attach.source, attach.target].map((terminus) =>
    terminus !== null && 'address' in terminus ? asText(terminus.address ?? null) : null,
  );
  return addresses.some((address) => address?.startsWith('_$qd.')) ? 'control' : 'data';
}

/** It carries everything that is addressed to an edge router, whose id is its source. */
export function isDownlink(attach: Attach): boolean {
  return capabilitiesOf(attach).includes('qd.router-edge-downlink');
}

function capabilitiesOf({ source, target }: Attach): (string | null)[] {
  return [source, target].map((terminus) =>
    terminus === null ? null : asText((terminus.capabilities ?? null) as AmqpValue),
  );
}
