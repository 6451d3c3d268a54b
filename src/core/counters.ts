// What this router has carried, as plain numbers kept on the way.
import type { Link } from '../engine/link.ts';

export class Counters {
  /** Deliveries that came from clients, and that went to them. */
  ingress = 0;
  egress = 0;
  /** That passed from router to router. */
  transit = 0;
  /** Released or dropped because too much of their router waited here. */
  overloaded = 0;
  presettled = 0;
  droppedPresettled = 0;
  accepted = 0;
  rejected = 0;
  released = 0;
  modified = 0;
  /** Settled late, on links that are gone; those of live links stand at the links. */
  delayed1Sec = 0;
  delayed10Sec = 0;

  /** hot */
  countOutcome(outcome: number): void {
    switch (outcome) {
      case 0x24:
        this.accepted++;
        break;
      case 0x25:
        this.rejected++;
        break;
      case 0x26:
        this.released++;
        break;
      case 0x27:
        this.modified++;
        break;
    }
  }

  /** A link is gone: what it counted alone is kept here. */
  foldLink(link: Link): void {
    this.delayed1Sec += link.delayed1Sec;
    this.delayed10Sec += link.delayed10Sec;
  }
}
