// Whether an outlet can be given one more delivery now.
import type { Outlet } from '../outlet.ts';
import type { Producer } from '../producer.ts';
import type { Route } from '../route.ts';

/** It has credit, a session window and room in its output, and is not in the middle of a long message. hot */
export function canTake(outlet: Outlet): boolean {
  return outlet.link.canSend && outlet.busyWith === null;
}

/** It would bring a delivery back to the edge router that it has passed. hot */
export function wouldReturn({ context }: Outlet, { avoids }: Producer, { trace }: Route): boolean {
  const { side, edge } = context;
  return side === avoids || (edge !== null && trace.length > 0 && trace.includes(side as string));
}
