// A connection to another router, and the links on it (§2 of the inter-router protocol):
//
//   control in, control out         the router protocol
//   data in, data out × 10          messages; the first is of priority 0, the tenth of priority 9
//   further data links              a long message each
//
// The side that dialled attaches them all, in this order; priorities are told by the order alone.
import type { Attach, ErrorInfo } from '../../amqp/performatives.ts';
import { amqpError, Condition } from '../../engine/conditions.ts';
import type { IncomingLink } from '../../engine/incoming-link.ts';
import type { Link } from '../../engine/link.ts';
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { DetachCause } from '../../engine/owner.ts';
import type { ConnectionContext } from '../connection-context.ts';
import type { Core } from '../core.ts';
import { RouterDoor } from '../doors/router-door.ts';
import { LogLevel } from '../log.ts';
import { Backlog, type Origin } from '../origin.ts';
import { Producer } from '../producer.ts';
import { ControlReceiver, ControlSender } from './control-links.ts';
import { DataLink } from './data-link.ts';
import { prioritiesMax } from './limits.ts';
import type { Mesh } from './mesh.ts';
import { StreamLinks } from './stream-links.ts';
import { controlTermini, dataTermini, kindOf } from './termini.ts';

const wrongRole = amqpError(Condition.ConnectionRole, 'Link attach forbidden on inter-router connection');
const noRoute = amqpError(Condition.NoRouteToDestination, 'No route to the destination node');

export class Peer implements Origin {
  readonly context: ConnectionContext;
  readonly cost: number;
  readonly streams: StreamLinks;
  readonly backlog = new Backlog();
  readonly #mesh: Mesh;
  readonly #controlOut = new ControlSender(this);
  #controlIn: IncomingLink | null = null;
  /** Links on which we send, in the order in which they were attached; null for one that is gone. */
  readonly #dataOut: (OutgoingLink | null)[] = [];
  readonly #byPriority: (OutgoingLink | null)[] = new Array(prioritiesMax).fill(null);
  /** Links on which the peer sends by priority, in the order in which they were attached; further ones are for long messages. */
  readonly #dataIn: IncomingLink[] = [];
  #isUp = false;

  /** @param cost the higher one of what both ends want */
  constructor(mesh: Mesh, context: ConnectionContext, cost: number) {
    this.#mesh = mesh;
    this.context = context;
    this.cost = cost;
    this.streams = new StreamLinks(mesh.core, context, dataTermini);
  }

  get core(): Core {
    return this.#mesh.core;
  }

  /** A name that no other link of the connection has. */
  linkName(what: string): string {
    return `${this.core.self.routerId}.${what}`;
  }

  // --- attaching ---------------------------------------------------------------------------------------------------

  /** We dialled: attaches everything. */
  attachAll(): void {
    const { connection } = this.context;
    const control = connection.begin();
    if (control === null) return;
    control.attachReceiver(this.linkName('control-in'), new ControlReceiver(this), controlTermini());
    control.attachSender(this.linkName('control-out'), this.#controlOut, controlTermini());
    for (let priority = 0; priority < prioritiesMax; priority++) {
      const session = connection.begin();
      if (session === null) return;
      session.attachReceiver(this.linkName(`data-in-${priority}`), this.#newProducer(null), dataTermini());
      session.attachSender(this.linkName(`data-out-${priority}`), new DataLink(this), dataTermini());
    }
  }

  /** The peer attaches a link. Gives why not, if it may not. */
  handleAttach(link: Link, attach: Attach): ErrorInfo | null {
    const end = link.isIncoming ? attach.target : attach.source;
    const kind = kindOf((end as { capabilities?: string | string[] | null } | null)?.capabilities);
    if (kind === null) return this.#controlIn === null ? wrongRole : noRoute;
    const { source } = attach;
    const target = attach.target as never;
    if (kind === 'control') {
      if (link.isIncoming) {
        const receiver = new ControlReceiver(this);
        link.accept(receiver, source, target);
        receiver.start(link);
      } else {
        link.accept(this.#controlOut, source, target);
        this.handleControlOut(link);
      }
    } else if (link.isIncoming) {
      const producer = this.#newProducer(link);
      link.accept(producer, source, target);
      this.handleDataIn(link, producer);
    } else {
      link.accept(new DataLink(this), source, target);
      this.handleDataOut(link);
    }
    return null;
  }

  #newProducer(link: IncomingLink | null): Producer {
    const { core } = this;
    return new Producer(core, link, this.context, null, '', new RouterDoor(core), this);
  }

  // --- what came, and what went ----------------------------------------------------------------------------------------

  handleControlIn(link: IncomingLink): void {
    this.#controlIn = link;
    this.#checkUp();
  }

  handleControlOut(link: OutgoingLink): void {
    this.#controlOut.link = link;
    this.#checkUp();
  }

  #checkUp(): void {
    if (this.#isUp || this.#controlIn === null || this.#controlOut.link === null) return;
    this.#isUp = true;
    this.#mesh.handlePeerUp(this);
  }

  /** A link of the router protocol is gone: without it the peer is no neighbour. */
  handleControlLost(cause: DetachCause): void {
    this.#controlIn = null;
    if (!this.#isUp) return;
    this.#isUp = false;
    const why = cause.error === null ? '' : `: ${cause.error.condition} ${cause.error.description ?? ''}`;
    this.#mesh.log(LogLevel.Info, `${this.context.label} the router links are gone${why}`);
    this.#mesh.handlePeerLost(this);
  }

  /** The first ten carry short messages; later ones are for one long message at a time, and slow down their sender. */
  handleDataIn(link: IncomingLink, producer: Producer): void {
    producer.paysBySession = this.#dataIn.length >= prioritiesMax;
    if (!producer.paysBySession) {
      this.#dataIn.push(link);
      link.session.windowKind = 'whole';
    }
    link.returnsCreditAtOnce = true;
    link.offerCredit(this.context.capacity);
    this.core.producerCame(producer);
  }

  handleDataOut(link: OutgoingLink): void {
    if (this.#dataOut.length < prioritiesMax) this.#dataOut.push(link);
    this.#spread();
  }

  handleDataLost(link: OutgoingLink): void {
    const at = this.#dataOut.indexOf(link);
    if (at >= 0) this.#dataOut[at] = null;
    this.#spread();
  }

  /** Each priority has its link, or the nearest lower one, or the lowest. */
  #spread(): void {
    let link = this.#dataOut.find((one) => one !== null) ?? null;
    for (let priority = 0; priority < prioritiesMax; priority++) {
      link = this.#dataOut[priority] ?? link;
      this.#byPriority[priority] = link;
    }
    this.#mesh.handleWayChanged();
  }

  /** The link on which messages of this priority go; null while there is none. hot */
  linkFor(priority: number): OutgoingLink | null {
    return this.#byPriority[priority] as OutgoingLink | null;
  }

  /** The priority of what a data link carries; null for other links. */
  priorityOf(link: Link): number | null {
    const at = link.isIncoming ? this.#dataIn.indexOf(link) : this.#dataOut.indexOf(link);
    return at < 0 ? null : at;
  }

  // --- the router protocol -----------------------------------------------------------------------------------------

  /** The bytes are copied. */
  send(bytes: Uint8Array): void {
    this.#controlOut.send(bytes);
  }

  handleRoutingMessage(bytes: Uint8Array, start: number, end: number): void {
    this.#mesh.handleRoutingMessage(bytes, start, end, this);
  }
}
