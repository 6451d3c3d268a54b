// What one side of a connection says, as lines per link, so that two conversations can be compared. What may differ from run to run is
// left out: names and handles of links, ids, tags, windows, how many flows there are, how dispositions are batched.
//
//   1 connection             headers, SASL, Open, Begin, Close, the end
//   1 peer#3 qd.router-data  the third link that the peer attached: our Attach, our deliveries, our drains, our Detach, our outcomes
import {
  Attach,
  Begin,
  Code,
  Detach,
  Disposition,
  decodePerformative,
  Flow,
  type Performative,
  type Transfer,
} from '../../../amqp/performatives.ts';
import { decodeTransfer, TransferFields } from '../../../amqp/transfer.ts';
import { shown, shownMessage } from './shown.ts';

interface Delivery {
  readonly link: ConversationLink;
  /** Counted on its link and direction, from 0. */
  readonly number: number;
  readonly settled: boolean;
  readonly parts: Uint8Array[];
}

interface ConversationLink {
  readonly label: string;
  /** We are the sender. */
  readonly isOut: boolean;
  /** Deliveries so far, of us and of the peer. */
  readonly counts: [us: number, peer: number];
  /** Our words about each delivery, ours or the peer's. */
  readonly outcomes: Map<string, string[]>;
}

type Side = 0 | 1;

class ConversationSession {
  /** By handle, for each side. */
  readonly handles: [Map<number, ConversationLink>, Map<number, ConversationLink>] = [new Map(), new Map()];
  /** Attached by one side, not answered yet: by name and the initiator's role. */
  readonly asked = new Map<string, ConversationLink>();
  readonly deliveries: [Map<number, Delivery>, Map<number, Delivery>] = [new Map(), new Map()];
  readonly open: [Map<number, Delivery>, Map<number, Delivery>] = [new Map(), new Map()];
  /** Frames of transfers that we sent. */
  transferCount = 0;
}

export class Conversation {
  readonly number: number;
  readonly #lines = new Map<string, string[]>();
  readonly #links: ConversationLink[] = [];
  readonly #sessions: [Map<number, ConversationSession>, Map<number, ConversationSession>] = [new Map(), new Map()];
  readonly #linkCounts: [number, number] = [0, 0];
  /** Names of the links that we attached, in order. */
  readonly ownLinkNames: string[] = [];
  /** Reply addresses that we made up, in order. */
  readonly madeUp: string[] = [];
  /** Our messages on links between routers and to clients. */
  onDelivery: (payload: Uint8Array, settled: boolean) => void = () => undefined;
  /** Our word about a delivery of the peer. */
  onOutcome: (payload: Uint8Array, state: unknown) => void = () => undefined;

  constructor(number: number) {
    this.number = number;
  }

  /** Everything that we said, by link. */
  get lines(): Map<string, string[]> {
    const lines = new Map([...this.#lines].map(([label, said]) => [label, [...said]]));
    for (const { label, outcomes } of this.#links) {
      const sorted = [...outcomes].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
      lines
        .get(`${this.number} ${label}`)
        ?.push(...sorted.flatMap(([which, words]) => words.map((word) => `${which}: ${word}`)));
    }
    return lines;
  }

  /** Frames of transfers that we sent in the session that the peer calls by this channel. */
  transfersOn(channel: number): number {
    return this.#sessions[1].get(channel)?.transferCount ?? 0;
  }

  /** Deliveries that we sent on the link that the peer calls by this handle. */
  deliveriesOn(channel: number, handle: number): number {
    return this.#sessions[1].get(channel)?.handles[1].get(handle)?.counts[0] ?? 0;
  }

  /** Whether we send on the link that the peer calls by this handle. */
  sendsOn(channel: number, handle: number): boolean {
    return this.#sessions[1].get(channel)?.handles[1].get(handle)?.isOut ?? false;
  }

  ended(): void {
    this.#say('connection', 'end of the stream');
  }

  /** One frame or protocol header of ours (`side` 0) or of the peer (1). */
  take(bytes: Uint8Array, side: Side): void {
    if (bytes[0] === 0x41 && bytes[1] === 0x4d) {
      if (side === 0) this.#say('connection', `header ${bytes[4]}`);
      return;
    }
    if (bytes.length <= 8) return;
    if (side === 0) this.#noteMadeUp(bytes);
    const channel = new DataView(bytes.buffer, bytes.byteOffset).getUint16(6);
    let end = bytes.length;
    if (bytes[5] === 0 && bytes[10] === Code.Transfer) {
      const fields = new TransferFields();
      decodeTransfer(bytes, 8, bytes.length, fields);
      end = fields.payloadStart;
    }
    let performative: Performative;
    try {
      performative = decodePerformative(bytes, 8, end);
    } catch (error) {
      if (side === 1) return;
      throw error;
    }
    this.#takePerformative(performative, channel, bytes.subarray(end), side);
  }

  #noteMadeUp(bytes: Uint8Array): void {
    for (const [name] of Buffer.from(bytes)
      .toString('latin1')
      .matchAll(/temp\.[A-Za-z0-9+_-]{15}/g)) {
      if (!this.madeUp.includes(name)) this.madeUp.push(name);
    }
  }

  #takePerformative(performative: Performative, channel: number, payload: Uint8Array, side: Side): void {
    if (performative instanceof Begin) this.#begin(performative, channel, side);
    const session = this.#sessions[side].get(channel);
    if (session !== undefined) {
      if (performative instanceof Attach) return this.#attach(session, performative, side);
      if (performative.code === Code.Transfer) {
        return this.#transfer(session, performative as Transfer, payload, side);
      }
      if (performative instanceof Disposition) return this.#disposition(session, performative, side);
      if (performative instanceof Flow) return this.#flow(session, performative, side);
      if (performative instanceof Detach) return this.#detach(session, performative, side);
    }
    if (side === 0) this.#say('connection', shown(performative));
  }

  #say(place: string, line: string): void {
    const label = `${this.number} ${place}`;
    const said = this.#lines.get(label);
    if (said === undefined) this.#lines.set(label, [line]);
    else said.push(line);
  }

  #begin({ remoteChannel }: Begin, channel: number, side: Side): void {
    const other = side === 0 ? 1 : 0;
    const known = remoteChannel === null ? undefined : this.#sessions[other].get(remoteChannel);
    this.#sessions[side].set(channel, known ?? new ConversationSession());
  }

  #attach(session: ConversationSession, attach: Attach, side: Side): void {
    const key = `${attach.name} ${attach.role}`;
    const answered = session.asked.get(`${attach.name} ${!attach.role}`);
    const link = answered ?? this.#newLink(attach, side);
    if (answered === undefined) session.asked.set(key, link);
    else session.asked.delete(`${attach.name} ${!attach.role}`);
    session.handles[side].set(attach.handle, link);
    if (side === 0) this.#say(link.label, shown(attach));
  }

  #newLink(attach: Attach, side: Side): ConversationLink {
    const terminus = (attach.role ? attach.source : attach.target) as {
      address?: unknown;
      capabilities?: unknown;
    } | null;
    const what = terminus?.address ?? terminus?.capabilities ?? '';
    const number = this.#linkCounts[side]++;
    if (side === 0) this.ownLinkNames.push(attach.name);
    const label = `${side === 0 ? 'own' : 'peer'}#${number} ${attach.role ? 'receives' : 'sends'} ${String(what)}`;
    const link: ConversationLink = {
      label: label.trimEnd(),
      isOut: (side === 0) !== attach.role,
      counts: [0, 0],
      outcomes: new Map(),
    };
    this.#links.push(link);
    return link;
  }

  #transfer(session: ConversationSession, transfer: Transfer, payload: Uint8Array, side: Side): void {
    if (side === 0) session.transferCount++;
    const link = session.handles[side].get(transfer.handle);
    if (link === undefined) return;
    let delivery = session.open[side].get(transfer.handle);
    if (delivery === undefined) {
      delivery = { link, number: link.counts[side]++, settled: transfer.settled === true, parts: [] };
      session.open[side].set(transfer.handle, delivery);
      session.deliveries[side].set(transfer.deliveryId ?? 0, delivery);
    }
    delivery.parts.push(payload);
    if (transfer.more === true && transfer.aborted !== true) return;
    session.open[side].delete(transfer.handle);
    if (side === 1) return;
    const settled = delivery.settled || transfer.settled === true;
    if (transfer.aborted === true) this.#say(link.label, 'aborted');
    else {
      this.#say(
        link.label,
        `${settled ? 'settled' : 'unsettled'}, format ${transfer.messageFormat ?? 0}: ${shownMessage(delivery.parts)}`,
      );
      this.onDelivery(payloadOf(delivery), settled);
    }
  }

  #disposition(session: ConversationSession, disposition: Disposition, side: Side): void {
    if (side === 1) return;
    const { role, first, last } = disposition;
    const state = disposition.state === null ? 'no outcome' : shown(disposition.state);
    for (let id = first; id <= (last ?? first); id++) {
      const delivery = session.deliveries[role ? 1 : 0].get(id);
      if (delivery === undefined) continue;
      const which = `${role ? 'the delivery' : 'own delivery'} ${delivery.number}`;
      const words = delivery.link.outcomes.get(which) ?? [];
      delivery.link.outcomes.set(which, words);
      words.push(`${state}${disposition.settled === true ? ', settled' : ''}`);
      if (role) this.onOutcome(payloadOf(delivery), disposition.state);
    }
  }

  /** Only drains are told: how often credit is given is free. */
  #flow(session: ConversationSession, { handle, drain, linkCredit }: Flow, side: Side): void {
    if (side === 1 || handle === null || drain !== true) return;
    const link = session.handles[0].get(handle);
    const line = `drain, credit ${linkCredit}`;
    if (link !== undefined && this.#lines.get(`${this.number} ${link.label}`)?.at(-1) !== line) {
      this.#say(link.label, line);
    }
  }

  #detach(session: ConversationSession, detach: Detach, side: Side): void {
    const link = session.handles[side].get(detach.handle);
    session.handles[side].delete(detach.handle);
    if (side === 0 && link !== undefined) this.#say(link.label, shown(detach));
  }
}

function payloadOf({ parts }: Delivery): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
