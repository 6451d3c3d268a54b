// The links of one session, as the frames at the router's door tell it: by the handles of both sides, with the credit of each.
//
//   attach ──▶ unanswered ──attach of the other side──▶ attached ──detach──▶ ended
//
// Clients attach, and routers answer; between routers either of them attaches.
import { decodeFlow, FlowFields } from '../../amqp/flow.ts';
import type { Attach, Detach } from '../../amqp/performatives.ts';
import { asText } from '../../amqp/values.ts';
import { isDownlink, kindOf } from './link-kind.ts';
import { State, WitnessedLink } from './records.ts';
import type { WitnessedConnection } from './witnessed-connection.ts';
import type { WitnessedSession } from './witnessed-session.ts';

const flow = new FlowFields();

export class SessionLinks {
  readonly #session: WitnessedSession;
  /** By the peer's handle, and by the router's. */
  readonly #byPeer = new Map<number, WitnessedLink>();
  readonly #byRouter = new Map<number, WitnessedLink>();
  /** Attached by the peer, and by the router: the other side has not answered yet. */
  readonly #unanswered: WitnessedLink[] = [];
  readonly #offered: WitnessedLink[] = [];

  constructor(session: WitnessedSession) {
    this.#session = session;
  }

  ofPeer(handle: number): WitnessedLink | undefined {
    return this.#byPeer.get(handle);
  }

  ofRouter(handle: number): WitnessedLink | undefined {
    return this.#byRouter.get(handle);
  }

  /** Attaches of the peer that the router has not answered. */
  get unanswered(): readonly WitnessedLink[] {
    return this.#session.isOver ? [] : this.#unanswered;
  }

  end(): void {
    for (const link of [...this.#byPeer.values(), ...this.#unanswered, ...this.#offered])
      this.#connection.endLink(link);
    for (const link of this.#byRouter.values()) link.owesDetach = false;
  }

  get #connection(): WitnessedConnection {
    return this.#session.connection;
  }

  // --- the peer speaks ---------------------------------------------------------------------------------------------

  attachIn(attach: Attach): void {
    const offered = takeNamed(this.#offered, attach.name, !attach.role);
    const link = offered ?? this.#attachedByPeer(attach);
    this.#byPeer.set(attach.handle, link);
    if (offered !== null) this.#answered(link, attach);
  }

  #attachedByPeer(attach: Attach): WitnessedLink {
    const link = this.#newLink(attach, !attach.role);
    this.#unanswered.push(link);
    return link;
  }

  /** `attach`: of the side that attached first. */
  #newLink(attach: Attach, isFromSender: boolean): WitnessedLink {
    const connection = this.#connection;
    const terminus = isFromSender ? attach.target : attach.source;
    const address = terminus !== null && 'address' in terminus ? asText(terminus.address ?? null) : null;
    const isOwn = connection.isTrunk && (isDownlink(attach) || kindOf(attach, connection.isOfEdge) === 'control');
    const channel = address === null || isOwn ? null : connection.witness.channels.of(address);
    const kind = connection.isTrunk ? kindOf(attach, connection.isOfEdge) : 'client';
    const link = new WitnessedLink(this.#session, attach.name, isFromSender, channel, kind);
    if (isDownlink(attach)) link.downlinkTo = address;
    link.isPresettled = attach.sndSettleMode === 1;
    link.initialCount = (attach.initialDeliveryCount ?? 0) | 0;
    link.defaultOutcome = (attach.source?.defaultOutcome as { code?: number } | null)?.code ?? State.None;
    connection.addLink(link);
    return link;
  }

  detachIn({ handle }: Detach): void {
    const link = this.#byPeer.get(handle);
    if (link === undefined) return;
    this.#byPeer.delete(handle);
    if (link.endedAt >= 0) return;
    link.owesDetach = true;
    this.#connection.endLink(link);
  }

  flowIn(bytes: Uint8Array, start: number, end: number): void {
    decodeFlow(bytes, start, end, flow);
    const link = flow.hasHandle ? this.#byPeer.get(flow.handle) : undefined;
    if (link === undefined || link.endedAt >= 0) return;
    if (link.isFromSender) {
      if (flow.hasDeliveryCount) link.deliveries = Math.max(link.deliveries, this.#countOf(link));
      return;
    }
    link.limit = (flow.hasDeliveryCount ? this.#countOf(link) : 0) + flow.linkCredit;
    link.limitMax = Math.max(link.limitMax, link.limit);
    link.isDrainOpen = flow.drain && link.limit > link.deliveries;
  }

  #countOf(link: WitnessedLink): number {
    return (flow.deliveryCount - link.initialCount) | 0;
  }

  // --- the router speaks -------------------------------------------------------------------------------------------

  attachOut(attach: Attach): void {
    const asked = takeNamed(this.#unanswered, attach.name, attach.role);
    const link = asked ?? this.#attachedByRouter(attach);
    if (link === null) return;
    this.#byRouter.set(attach.handle, link);
    if (!link.isFromSender) link.initialCount = (attach.initialDeliveryCount ?? 0) | 0;
    if (asked !== null) this.#answered(link, attach);
    if (link.isFromSender || link.kind !== 'client') return;
    const address = asText(attach.source?.address ?? null);
    if (address === null || link.channel !== null) return;
    link.channel = this.#connection.witness.channels.of(address);
    this.#connection.witness.nameChannel(link);
  }

  /** Both sides have attached it now; without a terminus of its own the side that answers refuses it (§2.6.3). */
  #answered(link: WitnessedLink, { role, source, target }: Attach): void {
    link.isAnswered = (role ? target : source) !== null;
    link.answeredAt = this.#connection.witness.now;
  }

  #attachedByRouter(attach: Attach): WitnessedLink | null {
    if (!this.#connection.isTrunk) {
      this.#connection.fault(`the router attaches ${JSON.stringify(attach.name)}, which nobody asked for`);
      return null;
    }
    const link = this.#newLink(attach, attach.role);
    this.#offered.push(link);
    return link;
  }

  detachOut({ handle }: Detach): void {
    const link = this.#byRouter.get(handle);
    if (link === undefined)
      return this.#connection.fault(`the router detaches handle ${handle}, which is not attached`);
    this.#byRouter.delete(handle);
    link.owesDetach = false;
    this.#connection.endLink(link);
  }

  flowOut(bytes: Uint8Array, start: number, end: number): void {
    decodeFlow(bytes, start, end, flow);
    if (!flow.hasHandle) return;
    const link = this.#byRouter.get(flow.handle);
    if (link === undefined) return this.#connection.fault(`the router's flow names handle ${flow.handle}`);
    if (link.endedAt >= 0) return;
    const count = this.#countOf(link);
    if (link.isFromSender) {
      const before = link.limit;
      link.limit = count + flow.linkCredit;
      link.limitMax = Math.max(link.limitMax, link.limit);
      this.#connection.witness.handleGrant(link, flow.linkCredit, count, link.limit > before);
    } else {
      link.deliveries = Math.max(link.deliveries, count);
      if (link.deliveries >= link.limit) link.isDrainOpen = false;
    }
  }
}

/** Takes the link of this name and direction out of `links`. */
function takeNamed(links: WitnessedLink[], name: string, isFromSender: boolean): WitnessedLink | null {
  const at = links.findIndex((link) => link.name === name && link.isFromSender === isFromSender);
  return at < 0 ? null : (links.splice(at, 1)[0] as WitnessedLink);
}
