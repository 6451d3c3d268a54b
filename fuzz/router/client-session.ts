// The session of a client that behaves, with its links: credit, windows and unsettled deliveries, kept by the letter of the standard
// and of nobody's code. What the router says must fit to them.
import { encodeComposite } from '../../src/amqp/composite-codec.ts';
import { beginFrame, endFrame, FrameType } from '../../src/amqp/frames.ts';
import {
  type AmqpPerformative,
  Attach,
  Begin,
  Detach,
  Disposition,
  Flow,
  Source,
  Target,
  Transfer,
  writeFrame,
} from '../../src/amqp/performatives.ts';
import type { Writer } from '../../src/amqp/writer.ts';
import { must } from '../target.ts';
import type { ClientEvents, ClientLink, QueuedFrame, State } from './client-link.ts';

const windowFrames = 4096;

export class ClientSession {
  readonly name: string;
  readonly links: ClientLink[] = [];
  /** Deliveries received and not settled. */
  readonly held = new Set<number>();
  remoteMaxFrameSize = 512;
  isBegun = false;
  /** The router may take its consumers' links off: it drains. */
  expectsDetach = false;
  readonly #output: Writer;
  readonly #events: ClientEvents;
  readonly #byRemote = new Map<number, ClientLink>();
  /** Deliveries sent unsettled, by delivery-id. */
  readonly #unsettled = new Map<number, { readonly link: ClientLink; readonly number: number }>();
  #nextOutgoingId = 0;
  #remoteWindow = 0;
  #nextIncomingId = 0;
  #window = windowFrames;
  #nextDeliveryId = 0;
  #lastIncomingDelivery = -1;

  constructor(name: string, output: Writer, events: ClientEvents) {
    this.name = name;
    this.#output = output;
    this.#events = events;
  }

  /** The first thing that it says. */
  begin(): void {
    this.#write(new Begin({ nextOutgoingId: 0, incomingWindow: windowFrames, outgoingWindow: windowFrames }));
  }

  attach(address: string, sends: boolean): ClientLink {
    const link: ClientLink = {
      ...{ address, sends, handle: this.links.length, isAttached: false, remoteHandle: -1 },
      ...{ deliveryCount: 0, credit: 0, queue: [], maxMessageSize: 0, receiving: null, wanted: sends ? 0 : 5 },
    };
    this.links.push(link);
    this.#write(
      new Attach({
        ...{ name: `${this.name}-${link.handle}`, handle: link.handle, role: !sends },
        ...{
          source: new Source({ address: sends ? null : address }),
          target: new Target({ address: sends ? address : null }),
        },
        initialDeliveryCount: sends ? 0 : null,
      }),
    );
    return link;
  }

  /** Sends when there is credit, in as many frames as it takes. `number` comes back with the outcome. */
  send(link: ClientLink, payload: Uint8Array, settled: boolean, number: number): void {
    const room = Math.min(this.remoteMaxFrameSize, 16_384) - 64;
    for (let at = 0; at === 0 || at < payload.length; at += room) {
      const more = at + room < payload.length;
      link.queue.push({ isFirst: at === 0, more, payload: payload.subarray(at, at + room), settled, number });
    }
    this.#pump(link);
  }

  settle(id: number, state: State, settled = true): void {
    if (settled) this.held.delete(id);
    this.#write(new Disposition({ role: true, first: id, settled, state }));
  }

  /** Asks for this many messages at a time from now on; with 0 what was asked for is taken back. */
  want(link: ClientLink, wanted: number): void {
    link.wanted = wanted;
    this.#flow(link, wanted, wanted === 0);
  }

  /** Deliveries whose outcome is open, and messages that wait to be sent. */
  get open(): number {
    return this.#unsettled.size + this.links.reduce((sum, { queue }) => sum + queue.length, 0);
  }

  /** Deliveries that were sent to their end and have no outcome. */
  get awaited(): number {
    const unfinished = this.links.filter(({ queue }) => queue[0]?.isFirst === false).length;
    return Math.max(0, this.#unsettled.size - unfinished);
  }

  // --- what the router says ----------------------------------------------------------------------------------------

  handlePerformative(performative: AmqpPerformative): void {
    if (performative instanceof Begin) this.#handleBegin(performative);
    else if (performative instanceof Attach) this.#handleAttach(performative);
    else if (performative instanceof Flow) this.#handleFlow(performative);
    else if (performative instanceof Disposition) this.#handleDisposition(performative);
    else if (performative instanceof Detach && this.expectsDetach) this.#handleDetach(performative);
    else must(false, `${this.name} is left alone: ${JSON.stringify(performative)}`);
  }

  #handleBegin(begin: Begin): void {
    must(!this.isBegun && begin.remoteChannel === 0, 'a begin answers ours');
    this.isBegun = true;
    this.#remoteWindow = begin.incomingWindow;
    this.#nextIncomingId = begin.nextOutgoingId;
  }

  #handleAttach(attach: Attach): void {
    const link = this.links.find(({ handle }) => attach.name === `${this.name}-${handle}`);
    must(link !== undefined && !link.isAttached && attach.role === link.sends, 'an attach answers ours');
    must(!this.#byRemote.has(attach.handle), 'handles are not given twice');
    must((link.sends ? attach.target : attach.source) !== null, `${this.name} is not refused ${link.address}`);
    link.isAttached = true;
    link.remoteHandle = attach.handle;
    this.#byRemote.set(attach.handle, link);
    link.maxMessageSize = Number(attach.maxMessageSize ?? 0);
    if (link.sends) return;
    link.deliveryCount = attach.initialDeliveryCount ?? 0;
    this.#flow(link, link.wanted, false);
  }

  #handleDetach({ handle, error }: Detach): void {
    const link = this.#linkAt(handle);
    must(!link.sends && error?.condition === 'amqp:connection:forced', 'a drain takes off consumers, and says so');
    this.#byRemote.delete(handle);
    link.isAttached = false;
    this.#write(new Detach({ handle: link.handle, closed: true }));
  }

  #linkAt(handle: number): ClientLink {
    const link = this.#byRemote.get(handle);
    must(link !== undefined, `handle ${handle} is attached`);
    return link;
  }

  #handleFlow(flow: Flow): void {
    must(this.isBegun, 'a flow comes within a session');
    must(
      flow.nextIncomingId === null || ((this.#nextOutgoingId - flow.nextIncomingId) | 0) >= 0,
      'the router has seen no more than was sent',
    );
    must(flow.nextOutgoingId === this.#nextIncomingId, 'the router counts its transfers as they come');
    this.#remoteWindow = flow.incomingWindow - ((this.#nextOutgoingId - (flow.nextIncomingId ?? 0)) | 0);
    if (flow.handle !== null) {
      const link = this.#linkAt(flow.handle);
      if (link.sends) this.#handleCredit(link, flow);
      else {
        const skipped = ((flow.deliveryCount ?? 0) - link.deliveryCount) | 0;
        must(skipped >= 0 && skipped <= link.credit, 'a sender gives up no more credit than it has');
        link.deliveryCount = (link.deliveryCount + skipped) >>> 0;
        link.credit -= skipped;
      }
    }
    for (const link of this.links) this.#pump(link);
    if (flow.echo) this.#write(this.#sessionFlow());
  }

  #handleCredit(link: ClientLink, flow: Flow): void {
    must(flow.linkCredit !== null && flow.linkCredit <= 1000, 'a receiver tells its credit');
    link.credit = ((flow.deliveryCount ?? 0) + flow.linkCredit - link.deliveryCount) | 0;
    must(link.credit >= 0, 'credit is not less than none');
    if (!flow.drain) return;
    this.#pump(link);
    if (link.queue[0]?.isFirst === false) return; // the delivery under way comes first
    link.deliveryCount = (link.deliveryCount + link.credit) >>> 0;
    link.credit = 0;
    this.#write(
      new Flow({
        ...this.#sessionFlow(),
        handle: link.handle,
        deliveryCount: link.deliveryCount,
        linkCredit: 0,
        drain: true,
      }),
    );
  }

  /** Outcomes of what we sent, or the router's word that it has settled what it sent. */
  #handleDisposition({ role, first, last, settled, state }: Disposition): void {
    const end = last ?? first;
    must(((end - first) | 0) >= 0 && ((end - first) | 0) < 100_000, 'a range runs forwards');
    for (let id = first; ; id = (id + 1) >>> 0) {
      if (!role) this.held.delete(id);
      else {
        const sent = this.#unsettled.get(id);
        must(sent !== undefined, `delivery ${id} waits for its outcome`);
        if (settled) {
          this.#unsettled.delete(id);
          this.#events.outcome(sent.link, sent.number, state);
        }
      }
      if (id === end) return;
    }
  }

  handleTransfer(transfer: Transfer, payload: Uint8Array): void {
    must(this.#window > 0, 'transfers keep within the window');
    this.#window--;
    this.#nextIncomingId = (this.#nextIncomingId + 1) >>> 0;
    const link = this.#linkAt(transfer.handle);
    must(!link.sends, 'transfers come from senders');
    this.#takePart(link, transfer, payload);
    if (this.#window < windowFrames / 2) {
      this.#window = windowFrames;
      this.#write(this.#sessionFlow());
    }
  }

  #takePart(link: ClientLink, transfer: Transfer, payload: Uint8Array): void {
    if (link.receiving === null) {
      const { deliveryId: id, deliveryTag } = transfer;
      must(id !== null && deliveryTag !== null, 'a delivery begins with its id and tag');
      must(((id - this.#lastIncomingDelivery) | 0) > 0, 'delivery-ids go up');
      must(link.credit > 0, 'deliveries keep within the credit');
      this.#lastIncomingDelivery = id;
      link.credit--;
      link.deliveryCount = (link.deliveryCount + 1) >>> 0;
      link.receiving = { id, settled: transfer.settled ?? false, bytes: 0, parts: [] };
    } else must(transfer.deliveryId === null || transfer.deliveryId === link.receiving.id, 'one delivery at a time');
    const delivery = link.receiving;
    delivery.settled ||= transfer.settled ?? false;
    delivery.parts.push(payload);
    delivery.bytes += payload.length;
    if (transfer.more && !transfer.aborted) return;
    link.receiving = null;
    if (!transfer.aborted) {
      if (!delivery.settled) this.held.add(delivery.id);
      this.#events.message(link, delivery.id, joined(delivery.parts, delivery.bytes), delivery.settled);
    }
    if (link.wanted > 0 && link.credit * 2 < link.wanted) this.#flow(link, link.wanted, false);
  }

  // --- what it says ------------------------------------------------------------------------------------------------

  // --- what it says ------------------------------------------------------------------------------------------------

  #write(performative: AmqpPerformative): void {
    writeFrame(this.#output, 0, performative);
  }

  #sessionFlow(): Flow {
    return new Flow({
      ...{ nextIncomingId: this.isBegun ? this.#nextIncomingId : null, incomingWindow: this.#window },
      ...{ nextOutgoingId: this.#nextOutgoingId, outgoingWindow: windowFrames },
    });
  }

  #flow(link: ClientLink, credit: number, drain: boolean): void {
    // Until the sender has answered a drain, what it was given still holds.
    if (credit > 0) link.credit = credit;
    const { handle, deliveryCount } = link;
    this.#write(
      new Flow({ ...this.#sessionFlow(), handle, deliveryCount, linkCredit: drain ? link.credit : credit, drain }),
    );
  }

  #pump(link: ClientLink): void {
    while (link.queue.length > 0 && this.#remoteWindow > 0) {
      const frame = link.queue[0] as QueuedFrame;
      if (frame.isFirst && link.credit <= 0) return;
      link.queue.shift();
      if (frame.isFirst) this.#beginDelivery(link, frame);
      this.#remoteWindow--;
      this.#nextOutgoingId = (this.#nextOutgoingId + 1) >>> 0;
      const id = (this.#nextDeliveryId - 1) >>> 0;
      const start = beginFrame(this.#output, FrameType.Amqp, 0);
      encodeComposite(
        this.#output,
        new Transfer({
          ...{
            handle: link.handle,
            deliveryId: frame.isFirst ? id : null,
            deliveryTag: frame.isFirst ? Uint8Array.of(id) : null,
          },
          ...{ messageFormat: 0, settled: frame.settled, more: frame.more },
        }),
      );
      this.#output.append(frame.payload);
      endFrame(this.#output, start);
    }
  }

  #beginDelivery(link: ClientLink, { settled, number }: QueuedFrame): void {
    link.credit--;
    link.deliveryCount = (link.deliveryCount + 1) >>> 0;
    const id = this.#nextDeliveryId;
    this.#nextDeliveryId = (id + 1) >>> 0;
    if (!settled) this.#unsettled.set(id, { link, number });
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
