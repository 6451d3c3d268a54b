// What this router has carried, as plain numbers kept on the way.

/** Why settled deliveries were lost here. */
export interface DropCauses {
  /** Nobody consumes there, or nobody any more. */
  noConsumer: number;
  /** They were not what this router takes: too large, malformed, for an address that there is not. */
  refused: number;
  /** Too much was waiting here already. */
  overload: number;
  /** A consumer of a multicast gave no credit for too long. */
  slowConsumer: number;
  /** Whoever sent or received them went away in the midst, or was lost before they had left. */
  interrupted: number;
}

export class Counters {
  /** Deliveries that came from clients, and that went to them. */
  ingress = 0;
  egress = 0;
  /** That passed from router to router. */
  transit = 0;
  /** Released or dropped because too much of their router waited here. */
  overloaded = 0;
  /** On links with brokers (role route-container) that are gone. */
  ingressRouteContainer = 0;
  egressRouteContainer = 0;
  presettled = 0;
  droppedPresettled = 0;
  readonly dropped: DropCauses = { noConsumer: 0, refused: 0, overload: 0, slowConsumer: 0, interrupted: 0 };
  accepted = 0;
  rejected = 0;
  released = 0;
  modified = 0;
  /** Settled later than one, and later than ten seconds after they came. */
  delayed1Sec = 0;
  delayed10Sec = 0;

  countDropped(cause: keyof DropCauses): void {
    this.droppedPresettled++;
    this.dropped[cause]++;
  }

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

  /** A delivery was settled later than after a second. */
  countLate(ageMs: number): void {
    if (ageMs > 10_000) this.delayed10Sec++;
    else this.delayed1Sec++;
  }
}
