// The links of one session: attached by the peer or by us, answered, stolen, detached, lost.
import type { Attach, Detach, ErrorInfo } from '../amqp/performatives.ts';
import { amqpError, Condition } from './conditions.ts';
import { IncomingLink } from './incoming-link.ts';
import { connectionLinkRecordsMax, connectionLinksMax, handleMax } from './limits.ts';
import { type Link, LinkState } from './link.ts';
import { LinkTable } from './link-table.ts';
import { OutgoingLink } from './outgoing-link.ts';
import type { DetachCause, IncomingLinkOwner, OutgoingLinkOwner } from './owner.ts';
import type { Session } from './session.ts';

export class SessionLinks {
  readonly #session: Session;
  readonly #table = new LinkTable();
  /** Links that we attached, and perhaps detached since, before the peer's attach came: oldest first. */
  readonly #unanswered: Link[] = [];
  /** §2.7.2 handle-max of the peer. */
  remoteHandleMax = 0xffffffff;

  constructor(session: Session) {
    this.#session = session;
  }

  get all(): Link[] {
    return this.#table.all;
  }

  /** By the peer's handle, as a bit pattern. hot */
  byRemote(handle: number): Link | undefined {
    return this.#table.byRemote(handle);
  }

  byOwn(handle: number): Link | undefined {
    return this.#table.byOwn(handle);
  }

  // --- attach ------------------------------------------------------------------------------------------------------

  /** The peer's attach: an answer to one of ours, or a link of its own. */
  handleAttach(attach: Attach): void {
    const { name, handle: remote } = attach;
    const { connection } = this.#session;
    if (remote > handleMax) {
      connection.fail(amqpError(Condition.FramingError, `handle ${remote} is above handle-max ${handleMax} (§2.7.2)`));
      return;
    }
    if (this.#table.byRemote(remote) !== undefined) {
      this.#session.end(amqpError(Condition.HandleInUse, `handle ${remote} is attached already`));
      return;
    }
    const asked = this.#unanswered.findIndex((link) => link.name === name && link.isIncoming === !attach.role);
    if (asked >= 0) {
      const [link] = this.#unanswered.splice(asked, 1);
      this.#handleAnswer(link as Link, attach);
      return;
    }
    if (connection.linkCount >= connectionLinkRecordsMax) {
      connection.fail(amqpError(Condition.ResourceLimitExceeded, 'too many links refused and never detached'));
      return;
    }
    // §2.6.1: the name of a live link attached again steals it; the former end is told and closed.
    const existing = connection.names.find(name, !attach.role);
    existing?.fault(amqpError(Condition.LinkStolen, 'a link of this name was attached again'));
    this.#handleOffer(attach);
  }

  #handleAnswer(link: Link, attach: Attach): void {
    this.#table.bindRemote(link, attach.handle);
    if (link.state !== LinkState.Attaching) return;
    link.state = LinkState.Attached;
    link.senderSettleMode = attach.sndSettleMode ?? link.senderSettleMode;
    link.receiverSettleMode = attach.rcvSettleMode ?? link.receiverSettleMode;
    if (link.isIncoming) {
      link.deliveryCount = (attach.initialDeliveryCount ?? 0) | 0;
      this.#session.flowDue(link);
    } else link.isPresettled = link.senderSettleMode === 1;
    link.owner?.handleAttached(link as never, attach);
  }

  #handleOffer(attach: Attach): void {
    const { connection } = this.#session;
    const link = this.#add(attach.role, attach.name, false);
    if (link === null) return;
    this.#table.bindRemote(link, attach.handle);
    link.senderSettleMode = attach.sndSettleMode ?? 2;
    link.receiverSettleMode = attach.rcvSettleMode ?? 0;
    if (link.isIncoming) link.deliveryCount = (attach.initialDeliveryCount ?? 0) | 0;
    if (connection.linkCount <= connectionLinksMax) connection.owner.handleAttach(link, attach);
    else
      link.refuse(
        amqpError(Condition.ResourceLimitExceeded, `more than ${connectionLinksMax} links on one connection`),
      );
  }

  /** Attaches a link on which we send. Null when the peer allows no more links, for which the session was ended. */
  attachSender(name: string, owner: OutgoingLinkOwner, more: Partial<Attach>): OutgoingLink | null {
    const link = this.#add(true, name, true) as OutgoingLink | null;
    if (link === null) return null;
    this.#unanswered.push(link);
    link.attach(owner, more);
    return link;
  }

  /** Attaches a link on which we receive. Null as for {@link attachSender}. */
  attachReceiver(name: string, owner: IncomingLinkOwner, more: Partial<Attach>): IncomingLink | null {
    const link = this.#add(false, name, true) as IncomingLink | null;
    if (link === null) return null;
    this.#unanswered.push(link);
    link.attach(owner, more);
    return link;
  }

  /** `receives` is the peer's role: a peer that receives gets an outgoing link here. */
  #add(receives: boolean, name: string, isInitiator: boolean): Link | null {
    const session = this.#session;
    const handle = this.#table.nextHandle;
    if (handle > this.remoteHandleMax) {
      session.end(
        amqpError(Condition.ResourceLimitExceeded, `no handle left: the peer allows up to ${this.remoteHandleMax}`),
      );
      return null;
    }
    const link = receives
      ? new OutgoingLink(session, name, handle, isInitiator)
      : new IncomingLink(session, name, handle, isInitiator);
    this.#table.add(link);
    session.connection.names.add(link);
    session.connection.linkCount++;
    return link;
  }

  // --- detach, and the loss of all -----------------------------------------------------------------------------------

  /** False when there is no such link. */
  handleDetach(detach: Detach): boolean {
    const link = this.#table.byRemote(detach.handle);
    if (link === undefined) return false;
    link.handleDetach(detach.error, detach.closed ?? false);
    link.state = LinkState.Detached;
    if (this.#table.release(link)) this.#session.connection.linkCount--;
    return true;
  }

  /** Nothing goes out on any of them any more. */
  stop(): void {
    for (const link of this.#table.all) {
      link.state = LinkState.Detached;
      link.credit = 0;
      this.#session.connection.names.remove(link);
    }
  }

  /** Tells the owners of all links, which are stopped. */
  tellLost(error: ErrorInfo | null): void {
    const cause: DetachCause = { by: 'loss', error };
    const links = this.#table.all;
    this.#table.clear();
    this.#session.connection.linkCount -= links.length;
    for (const link of links) link.handleGone(cause);
  }
}
