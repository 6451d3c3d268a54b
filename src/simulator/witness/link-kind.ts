// What a link between two routers is for: told by a capability in both of its termini, one bare symbol.
import type { Attach } from '../../amqp/performatives.ts';
import { type AmqpValue, asText } from '../../amqp/values.ts';

/** `control`: the router protocol; `data`: messages on their way through the network; `client`: anything else. */
export type LinkKind = 'client' | 'control' | 'data';

export function kindOf({ source, target }: Attach): LinkKind {
  for (const terminus of [source, target]) {
    const capability = terminus === null ? null : asText((terminus.capabilities ?? null) as AmqpValue);
    if (capability === 'qd.router') return 'control';
    if (capability === 'qd.router-data') return 'data';
  }
  return 'client';
}
