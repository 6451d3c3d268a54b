// At the interior: the connection of an edge router. It attaches links like a client, on behalf of its own clients, and some of its own:
//
//   receives from `<edge id>`, capability qd.router-edge-downlink    everything for `_edge/<edge id>/…`
//   receives from `_$qd.edge_addr_tracking`                          see tracking.ts
//   sends to `_$qd.addr_lookup`, `_$qd.edge_heartbeat`               see lookup-server.ts; heartbeats are only received
//   sends on further links without an address                        long messages, one at a time

import { stripAddress } from '../../address/address-key.ts';
import type { Attach, ErrorInfo, Target } from '../../amqp/performatives.ts';
import { asText } from '../../amqp/values.ts';
import type { IncomingLink } from '../../engine/incoming-link.ts';
import type { Link } from '../../engine/link.ts';
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { ConnectionContext } from '../connection-context.ts';
import { Consumer } from '../consumer.ts';
import type { Core } from '../core.ts';
import { StreamLinks } from '../mesh/stream-links.ts';
import { Backlog, type Origin } from '../origin.ts';
import type { Producer } from '../producer.ts';
import { WholeMessages } from '../whole-messages.ts';
import { edgeMessageBytesMax, heartbeatCredit } from './limits.ts';
import { LookupServer } from './lookup-server.ts';
import { downlinkCapability, heartbeatAddress, lookupAddress, streamTermini, trackingAddress } from './names.ts';
import { Tracker } from './tracking.ts';

export class EdgePeer implements Origin {
  readonly context: ConnectionContext;
  readonly backlog = new Backlog();
  readonly tracker: Tracker;
  readonly #core: Core;
  #anonymous = 0;

  constructor(core: Core, context: ConnectionContext) {
    this.#core = core;
    this.context = context;
    context.side = context.connection.remoteContainerId;
    this.tracker = new Tracker(context);
    if (context.takesStreams) context.streams = new StreamLinks(core, context, streamTermini);
  }

  /** The edge attaches a sender without an address. True for a further one, which carries a long message at a time. */
  countAnonymous(): boolean {
    return this.#anonymous++ > 0;
  }

  /** Attaches a link of the edge's own; undefined when it is none. */
  handleAttach(link: Link, attach: Attach): ErrorInfo | null | undefined {
    return link.isIncoming ? this.#handleSender(link, attach) : this.#handleReceiver(link, attach);
  }

  #handleSender(link: IncomingLink, attach: Attach): null | undefined {
    const text = stripAddress(asText((attach.target as Target | null)?.address ?? null) ?? '');
    const receiver =
      text === lookupAddress ? new LookupServer(this.#core) : text === heartbeatAddress ? new Heartbeats() : null;
    if (receiver === null) return undefined;
    link.accept(receiver, attach.source, attach.target);
    receiver.start(link);
    return null;
  }

  #handleReceiver(link: OutgoingLink, attach: Attach): null | undefined {
    const { source } = attach;
    const text = asText(source?.address ?? null) ?? '';
    if (source?.capabilities === downlinkCapability) {
      const address = this.#core.addresses.ofKey(`H${text}`, null);
      if (address === null) return undefined;
      const consumer = new Consumer(link, this.context, address, 0);
      link.accept(consumer, source, attach.target as Target | null);
      address.addConsumer(consumer);
      this.#core.consumerCame(consumer);
      return null;
    }
    if (stripAddress(text) !== trackingAddress) return undefined;
    link.accept(this.tracker, source, attach.target as Target | null);
    this.tracker.attached(link, this.#producers());
    return null;
  }

  *#producers(): Iterable<readonly [Producer, boolean]> {
    for (const producer of this.#core.producers) {
      const { context, address } = producer;
      if (context === this.context && address !== null) yield [producer, address.hasOutletsFor(producer)];
    }
  }

  /** This router is about to end: an edge that has another uplink goes over to it. */
  askToLeave(): void {
    this.tracker.tellLeave();
  }

  handleDataIn(): void {
    // The edge attaches.
  }
}

/** An edge router tells that it lives. We know it by what the connection says (§2.4.5). */
class Heartbeats extends WholeMessages {
  constructor() {
    super(heartbeatCredit, edgeMessageBytesMax);
  }

  protected override handleMessage(): void {
    // That it came is all it says.
  }
}
