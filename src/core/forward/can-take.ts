// Whether a consumer can be given one more delivery now.
import type { Consumer } from '../consumer.ts';

/** It has credit, a session window and room in its output, and is not in the middle of a long message. hot */
export function canTake(consumer: Consumer): boolean {
  return consumer.link.canSend && consumer.busyWith === null;
}
