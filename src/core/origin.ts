// Another router from which deliveries come. Its links are shared by many addresses and are always read: what waits here of them
// is counted, and bounded, for all its links together.
import type { IncomingLink } from '../engine/incoming-link.ts';
import { backlogBytesMax } from './limits.ts';
import type { Producer } from './producer.ts';

export class Backlog {
  bytes = 0;

  /** What comes now and would wait is released, or dropped. */
  get isFull(): boolean {
    return this.bytes > backlogBytesMax;
  }
}

export interface Origin {
  readonly backlog: Backlog;
  /** A link that was attached from our side is answered: it may be given credit. */
  handleDataIn(link: IncomingLink, producer: Producer): void;
}
