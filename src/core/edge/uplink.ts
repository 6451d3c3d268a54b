// The links of an edge router on its uplink. It attaches them all:
//
//   anonymous sender      messages whose address is not here; bound to the local address `_edge`
//   downlink              everything for `_edge/<id>/…`, such as replies
//   tracking              whether there is somebody for the addresses of the senders here
//   incoming proxy        one for every address with consumers here
//   outgoing proxy        one for every address with senders here; used while the interior says that somebody is there
//   streams               a further anonymous sender for each long message, with a session of its own
//
// The interior attaches the same the other way.
import { type Attach, type ErrorInfo, Target } from '../../amqp/performatives.ts';
import { asText } from '../../amqp/values.ts';
import type { IncomingLink } from '../../engine/incoming-link.ts';
import type { Link } from '../../engine/link.ts';
import type { Session } from '../../engine/session.ts';
import type { Address } from '../address.ts';
import type { ConnectionContext } from '../connection-context.ts';
import type { Core } from '../core.ts';
import { RouterDoor } from '../doors/router-door.ts';
import { StreamLinks } from '../mesh/stream-links.ts';
import { Backlog, type Origin } from '../origin.ts';
import type { Outlet } from '../outlet.ts';
import { Producer } from '../producer.ts';
import { downlinkCapability, edgeTermini, everywhereKey, leaveKey, streamTermini, trackingAddress } from './names.ts';
import { proxyCapability } from './proxy-capability.ts';
import { ProxySender } from './proxy-sender.ts';
import { TrackingReceiver } from './tracking.ts';

export class Uplink implements Origin {
  readonly context: ConnectionContext;
  readonly backlog = new Backlog();
  readonly #core: Core;
  #session: Session | null = null;
  #anonymous: ProxySender | null = null;
  readonly #incoming = new Map<Address, Producer>();
  readonly #outgoing = new Map<Address, ProxySender>();
  #names = 0;
  /** Another one has taken over. */
  #hasLeft = false;

  constructor(core: Core, context: ConnectionContext) {
    this.#core = core;
    this.context = context;
    context.uplink = this;
    if (context.takesStreams) context.streams = new StreamLinks(core, context, streamTermini);
  }

  attachAll(): void {
    const { connection } = this.context;
    const { addresses, self } = this.#core;
    this.#session = connection.begin();
    const everywhere = addresses.ofKey(everywhereKey, null);
    if (this.#session === null || everywhere === null) return;
    if (this.context.streams !== null) this.#session.windowKind = 'whole'; // else long messages come there as well
    this.#anonymous = this.#attachSender(everywhere, edgeTermini(null, null, null));
    this.#anonymous?.setReachable(true);
    this.#attachReceiver(this.#newProducer(null), edgeTermini(self.routerId, null, downlinkCapability));
    const tracking = new TrackingReceiver((key, isReachable) => this.#handleUpdate(key, isReachable));
    this.#session.attachReceiver(this.#linkName(), tracking, edgeTermini(trackingAddress, null, null));
    for (const address of addresses.all) {
      if (address.consumers.length > address.uplinks) this.handleFirstConsumer(address);
      if (address.hasOwnProducers) this.handleFirstProducer(address);
    }
  }

  #linkName(): string {
    return `${this.#core.self.routerId}.${++this.#names}`;
  }

  #attachSender(address: Address, termini: ReturnType<typeof edgeTermini>): ProxySender | null {
    const sender = new ProxySender(this.context, address);
    return this.#session?.attachSender(this.#linkName(), sender, termini) == null ? null : sender;
  }

  #attachReceiver(producer: Producer, termini: ReturnType<typeof edgeTermini>): void {
    this.#session?.attachReceiver(this.#linkName(), producer, termini);
  }

  /** A link on which messages of any address come. */
  #newProducer(link: IncomingLink | null): Producer {
    return new Producer(this.#core, link, this.context, null, '', new RouterDoor(this.#core), this);
  }

  /** The interior attaches a link without an address, for long messages; undefined when it is something else. */
  handleAttach(link: Link, { source, target }: Attach): ErrorInfo | null | undefined {
    if (!link.isIncoming || !(target instanceof Target) || (asText(target.address) ?? '') !== '' || target.dynamic)
      return undefined;
    const producer = this.#newProducer(link);
    link.accept(producer, source, target);
    link.returnsCreditAtOnce = true;
    this.#core.producerCame(producer);
    producer.offerCredit();
    return null;
  }

  /** A link on which the interior sends is answered. */
  handleDataIn(link: IncomingLink, producer: Producer): void {
    const { address } = producer;
    // Given up before the answer came; or the next uplink has it.
    if (address !== null && (this.#incoming.get(address) !== producer || (this.#hasLeft && address.isMulticast))) {
      link.detach(null);
      return;
    }
    producer.paysBySession = false;
    link.returnsCreditAtOnce = true;
    this.#core.producerCame(producer);
    if (address === null) producer.offerCredit();
    else address.addProducer(producer);
  }

  /** Another uplink takes over: nothing new goes out here, what comes in is served on. */
  handOver(): void {
    this.#hasLeft = true;
    this.#anonymous?.leave();
    for (const sender of this.#outgoing.values()) sender.leave();
    // Both uplinks would bring a copy of each multicast.
    for (const [address, producer] of this.#incoming) if (address.isMulticast) producer.withdrawCredit();
  }

  // --- proxies -----------------------------------------------------------------------------------------------------

  handleFirstConsumer(address: Address): void {
    if (!address.isMobile || this.#incoming.has(address)) return;
    const text = address.key.slice(2);
    const door = new RouterDoor(this.#core, address, text);
    const producer = new Producer(this.#core, null, this.context, address, text, door, this);
    this.#incoming.set(address, producer);
    const rule = this.#core.addresses.ruleOf(text);
    this.#attachReceiver(producer, edgeTermini(text, null, proxyCapability(rule, address.phase, false)));
  }

  handleLastConsumer(address: Address): void {
    const producer = this.#incoming.get(address);
    if (producer === undefined) return;
    this.#incoming.delete(address);
    producer.giveUp();
  }

  handleFirstProducer(address: Address): void {
    if (!address.isMobile || this.#outgoing.has(address)) return;
    const text = address.key.slice(2);
    const rule = this.#core.addresses.ruleOf(text);
    const sender = this.#attachSender(address, edgeTermini(null, text, proxyCapability(rule, address.phase, true)));
    if (sender !== null) this.#outgoing.set(address, sender);
  }

  handleLastProducer(address: Address): void {
    const sender = this.#outgoing.get(address);
    this.#outgoing.delete(address);
    sender?.giveUp();
  }

  #handleUpdate(key: string, isReachable: boolean): void {
    if (key === leaveKey) return this.#core.edge?.leave(this.context);
    const address = this.#core.addresses.byKey(key);
    if (address !== undefined) this.#outgoing.get(address)?.setReachable(isReachable);
  }

  /** The anonymous link, for an address that has no proxy, or none that is told anything yet. */
  anonymousFor(address: Address): Outlet | null {
    const proxy = this.#outgoing.get(address);
    return proxy === undefined || proxy.isUndecided ? (this.#anonymous?.consumer ?? null) : null;
  }
}
