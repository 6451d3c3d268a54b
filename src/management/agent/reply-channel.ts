// One way out for replies: a session with an anonymous link. A reply leaves it in frames, as credit, window and room allow, so what
// has not left waits here and not in the router.
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { OutgoingLinkOwner } from '../../engine/owner.ts';

export class ReplyChannel implements OutgoingLinkOwner {
  #link: OutgoingLink | null = null;
  #pieces: readonly Uint8Array[] = [];
  /** The piece under way, and how much of it has gone. */
  #piece = 0;
  #sent = 0;
  /** Delivery-id of the reply that has begun; -1 before. */
  #deliveryId = -1;
  #onSent: (() => void) | null = null;
  /** When it last got on, monotonic milliseconds. */
  movedAtMs = 0;

  get isUp(): boolean {
    return this.#link !== null;
  }

  get isBusy(): boolean {
    return this.#onSent !== null;
  }

  /** Takes a reply; the channel must be up and not busy. */
  take(pieces: readonly Uint8Array[], onSent: () => void, nowMs: number): void {
    this.#pieces = pieces;
    this.#onSent = onSent;
    this.movedAtMs = nowMs;
  }

  /** The reply could go on now. */
  get canSend(): boolean {
    const link = this.#link;
    if (link === null || this.#onSent === null) return false;
    return (this.#deliveryId >= 0 || link.credit > 0) && link.session.remoteIncomingWindow > 0;
  }

  /** Sends what can go, up to about `bytesMax`; returns how much that was. */
  pump(nowMs: number, bytesMax: number): number {
    let sent = 0;
    while (sent < bytesMax && this.canSend && this.#link?.session.connection.hasRoom) {
      const isFirst = this.#deliveryId < 0;
      if (isFirst) this.#deliveryId = this.#link.begin(true, null, 0);
      sent += this.#sendPart(this.#link, isFirst);
    }
    if (sent > 0) this.movedAtMs = nowMs;
    return sent;
  }

  /** One frame; returns the bytes in it. Pieces are not joined: a frame may be a short one. */
  #sendPart(link: OutgoingLink, isFirst: boolean): number {
    const piece = this.#pieces[this.#piece] as Uint8Array;
    const room = isFirst ? link.payloadRoom : link.continuationRoom;
    const end = Math.min(piece.length, this.#sent + room);
    const isPieceOver = end === piece.length;
    const isOver = isPieceOver && this.#piece === this.#pieces.length - 1;
    const frame = link.openPart(this.#deliveryId, true, isFirst, !isOver);
    link.session.connection.output().append(piece, this.#sent, end);
    link.closePart(frame);
    const count = end - this.#sent;
    this.#sent = isPieceOver ? 0 : end;
    if (isPieceOver) this.#piece++;
    if (isOver) this.#finish();
    return count;
  }

  #finish(): void {
    const onSent = this.#onSent;
    this.#pieces = [];
    this.#piece = this.#sent = 0;
    this.#deliveryId = -1;
    this.#onSent = null;
    onSent?.();
  }

  /** Gives up the reply under way, with the link: nobody reads it. */
  giveUp(): void {
    const link = this.#link;
    this.#link = null;
    link?.session.end(null);
    this.#finish();
  }

  handleAttached(link: OutgoingLink): void {
    this.#link = link;
  }

  handleCredit(link: OutgoingLink): void {
    if (link.isDraining) link.giveUpCredit();
  }

  handleOutcome(): void {
    // Replies are settled.
  }

  handleDetached(): void {
    this.#link = null;
    if (this.isBusy) this.#finish();
  }
}
