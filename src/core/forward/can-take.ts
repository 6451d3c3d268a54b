// Whether an outlet can be given one more delivery now.
import type { Outlet } from '../outlet.ts';

/** It has credit, a session window and room in its output, and is not in the middle of a long message. hot */
export function canTake(outlet: Outlet): boolean {
  return outlet.link.canSend && outlet.busyWith === null;
}
