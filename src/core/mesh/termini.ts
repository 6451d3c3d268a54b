// The termini of links between routers (§2.2 of the inter-router protocol): no address; a capability says what the link is for. It is one
// bare symbol, never an array: Dispatch does not see it otherwise.
import { type Attach, Source, Target } from '../../amqp/performatives.ts';

const control = 'qd.router';
const data = 'qd.router-data';

export type RouterLinkKind = 'control' | 'data' | null;

/** What a link is for, by the capabilities of the terminus at our end; null for a link that is not the routers' own. */
export function kindOf(capabilities: string | readonly string[] | null | undefined): RouterLinkKind {
  if (capabilities === control) return 'control';
  return capabilities === data ? 'data' : null;
}

export function controlTermini(): Partial<Attach> {
  return termini(control);
}

export function dataTermini(): Partial<Attach> {
  return termini(data);
}

function termini(capabilities: string): Partial<Attach> {
  const terminus = { durable: 0, expiryPolicy: 'link-detach', timeout: 0, dynamic: false, capabilities };
  return { source: new Source(terminus), target: new Target(terminus) };
}
