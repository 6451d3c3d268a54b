// A client attaches: which address its link is bound to, or why it is not.
//
//   client sends     ─▶ its target names the address (none: anonymous, each message says)
//   client receives  ─▶ its source names the address (dynamic: we make one up)
import { discriminator, dynamicSourceAddress, dynamicTargetAddress } from '../address/discriminator.ts';
import { type Attach, Coordinator, type ErrorInfo, Source, Target } from '../amqp/performatives.ts';
import { asText, Described } from '../amqp/values.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import type { IncomingLink } from '../engine/incoming-link.ts';
import type { Link } from '../engine/link.ts';
import type { OutgoingLink } from '../engine/outgoing-link.ts';
import type { Address } from './address.ts';
import type { Admission, LinkRequest } from './admission.ts';
import type { ConnectionContext } from './connection-context.ts';
import { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import { ClientDoor } from './doors/client-door.ts';
import { RouterDoor } from './doors/router-door.ts';
import { addressLengthMax } from './limits.ts';
import { Producer } from './producer.ts';

const notFound = amqpError(Condition.NotFound, 'Node not found');
const noRoute = amqpError(Condition.NoRouteToDestination, 'No route to the destination node');
const forbidden = amqpError(Condition.Forbidden, 'Connectivity to the node is forbidden');
const servedHere = amqpError(Condition.NotAllowed, 'only this router itself receives from this address');
const full = amqpError(Condition.ResourceLimitExceeded, 'the address table of this router is full');
const noTransactions = amqpError(
  Condition.PreconditionFailed,
  "The router can't coordinate transactions by itself, a linkRoute to a coordinator must be configured to use transactions.",
);
const routerCapabilities = ['qd.router', 'qd.router-data', 'qd.router-edge-downlink'];

/** Binds a link that a peer attaches, or refuses it. */
export function bindLink(core: Core, context: ConnectionContext, link: Link, attach: Attach): void {
  const { peer, admission } = context;
  const denial = admission === null ? null : admit(admission, link, attach);
  const own = denial === null ? (context.edge ?? context.uplink)?.handleAttach(link, attach) : undefined;
  if (own === null) return;
  const refusal =
    denial ??
    (peer !== null
      ? peer.handleAttach(link, attach)
      : link.isIncoming
        ? bindProducer(core, context, link, attach)
        : bindConsumer(core, context, link, attach));
  if (refusal !== null) {
    link.refuse(refusal);
    core.linkRefused(context, link, refusal);
  }
}

function admit(admission: Admission, link: Link, attach: Attach): ErrorInfo | null {
  const request = requestOf(link, attach);
  return link.isIncoming ? admission.admitSender(request) : admission.admitReceiver(request);
}

function requestOf(link: Link, { source, target }: Attach): LinkRequest {
  const terminus = link.isIncoming ? (target instanceof Target ? target : null) : source;
  const capabilities = terminus?.capabilities ?? [];
  const { names } = link.session.connection;
  return {
    name: link.name,
    address: asText(terminus?.address ?? null) ?? '',
    isDynamic: terminus?.dynamic === true,
    capabilities: typeof capabilities === 'string' ? [capabilities] : capabilities,
    // The one that asks has its name already.
    openLinks: (link.isIncoming ? names.incomingCount : names.outgoingCount) - 1,
  };
}

function bindProducer(core: Core, context: ConnectionContext, link: IncomingLink, attach: Attach): ErrorInfo | null {
  const { target } = attach;
  if (target instanceof Coordinator) return noTransactions;
  if (isRouterLink(target?.capabilities ?? null)) return forbidden;
  if (core.isDraining) return drainingError();
  let text = asText(target?.address ?? null) ?? '';
  if (text.length > addressLengthMax) return tooLong();
  const dynamic = target?.dynamic === true;
  if (dynamic) {
    if (hasNodeAddress(target?.dynamicNodeProperties ?? null)) return noRoute;
    text = core.unusedAddress(dynamicTargetAddress);
  }
  let address: Address | null = null;
  if (text !== '') {
    const found = core.addresses.findOrMake(text, 'ingress', waypointPhase(target?.capabilities ?? null, 0));
    // An edge router is not refused a proxy, which Dispatch does not survive: it gets no credit.
    if (found === 'unavailable' && context.edge === null) return notFound;
    if (found === null) return full;
    address = found === 'unavailable' ? null : found;
  }
  const { edge, admission } = context;
  const guard = admission?.guardSender(requestOf(link, attach)) ?? null;
  const door =
    edge === null
      ? new ClientDoor(core, address, text, context.options.stripsIncoming, guard)
      : new RouterDoor(core, address, text, guard);
  const producer = new Producer(core, link, context, address, text, door, edge);
  link.returnsCreditAtOnce = edge !== null;
  producer.paysBySession = edge === null || (text === '' && edge.countAnonymous());
  if (!producer.paysBySession) link.session.windowKind = 'whole';
  link.accept(producer, answerSource(attach, null), answerTarget(attach, text), maxMessageSizeOf(context));
  if (text === '') producer.offerCredit();
  else address?.addProducer(producer);
  core.producerCame(producer);
  return null;
}

function bindConsumer(core: Core, context: ConnectionContext, link: OutgoingLink, attach: Attach): ErrorInfo | null {
  const { source } = attach;
  if (isRouterLink(source?.capabilities ?? null)) return forbidden;
  if (core.isDraining) return drainingError();
  let text = asText(source?.address ?? null) ?? '';
  if (text.length > addressLengthMax) return tooLong();
  if (source?.dynamic === true) {
    if (hasNodeAddress(source.dynamicNodeProperties)) return noRoute;
    text = core.unusedAddress((name) => dynamicSourceAddress(core.self, name));
  }
  const { class: keyClass } = core.addresses.keyOf(text);
  if (text === '' || (keyClass !== 'M' && keyClass !== 'L')) return noRoute;
  if (!context.isInternal && context.edge === null && core.addresses.isOwn(text)) return servedHere;
  const found = context.isInternal
    ? core.addresses.own(text)
    : core.addresses.findOrMake(text, 'egress', waypointPhase(source?.capabilities ?? null, -1));
  if (found === 'unavailable') return notFound;
  if (found === null) return full;
  const consumer = new Consumer(link, context, found, outcomeCode(source));
  link.accept(consumer, answerSource(attach, text), answerTarget(attach, null));
  found.addConsumer(consumer);
  core.consumerCame(consumer);
  return null;
}

/** What the listener takes and what policy allows: the smaller of the two that bounds anything. */
function maxMessageSizeOf({ options, admission }: ConnectionContext): number {
  const sizes = [options.maxMessageSize, admission?.maxMessageSize ?? 0].filter((size) => size > 0);
  return sizes.length === 0 ? 0 : Math.min(...sizes);
}

/** Router roles are known by a capability that stands alone, never in an array. A client cannot take them. */
function isRouterLink(capabilities: string | string[] | null): boolean {
  return typeof capabilities === 'string' && routerCapabilities.includes(capabilities);
}

/** A dynamic node that asks for a given address can only be served by a link route. */
function hasNodeAddress(properties: Map<unknown, unknown> | null): boolean {
  if (properties === null) return false;
  for (const [key, value] of properties) {
    if (asText(key as never) === 'x-opt-qd.address') return (asText(value as never) ?? '') !== '';
  }
  return false;
}

/** `qd.waypoint.N` (or bare, N = 1) sets the phase: N for senders, N − 1 for receivers. -1 when it is not there. */
function waypointPhase(capabilities: string | string[] | null, offset: number): number {
  const names = typeof capabilities === 'string' ? [capabilities] : (capabilities ?? []);
  for (const name of names) {
    const ordinal = name === 'qd.waypoint' ? '1' : /^qd\.waypoint.([1-9])$/.exec(name)?.[1];
    if (ordinal !== undefined) return Number(ordinal) + offset;
  }
  return -1;
}

function outcomeCode(source: Source | null): number {
  const outcome = source?.defaultOutcome ?? null;
  if (outcome === null) return 0;
  if (outcome instanceof Described) return 0;
  const code = (outcome as { code?: unknown }).code;
  return typeof code === 'number' && code >= 0x24 && code <= 0x27 ? code : 0;
}

/** Our answer names the terminus as it is here: never durable, gone with its session. Filters are not applied, so none is named. */
function answerSource(attach: Attach, address: string | null): Source | null {
  const asked = attach.source;
  if (asked === null && address === null) return null;
  return new Source({
    address: address ?? asked?.address ?? null,
    durable: 0,
    expiryPolicy: 'session-end',
    timeout: 0,
    dynamic: asked?.dynamic ?? false,
    dynamicNodeProperties: asked?.dynamicNodeProperties ?? null,
    distributionMode: asked?.distributionMode ?? null,
    defaultOutcome: asked?.defaultOutcome ?? null,
    outcomes: asked?.outcomes ?? null,
    capabilities: asked?.capabilities ?? null,
  });
}

function answerTarget(attach: Attach, address: string | null): Target | null {
  const asked = attach.target instanceof Target ? attach.target : null;
  if (asked === null && address === null) return null;
  return new Target({
    address: address === null ? (asked?.address ?? null) : address === '' ? null : address,
    durable: 0,
    expiryPolicy: 'session-end',
    timeout: 0,
    dynamic: asked?.dynamic ?? false,
    dynamicNodeProperties: asked?.dynamicNodeProperties ?? null,
    capabilities: asked?.capabilities ?? null,
  });
}

function tooLong(): ErrorInfo {
  return amqpError(Condition.InvalidField, `address longer than ${addressLengthMax} characters`);
}

function drainingError(): ErrorInfo {
  return amqpError(Condition.ConnectionForced, 'this router is shutting down');
}

/** Random text that no address of this router has yet. */
export function unusedName(core: Core, make: (name: string) => string): string {
  for (;;) {
    const text = make(discriminator(core.randomBytes(16)));
    if (!core.addresses.isKnown(text)) return text;
  }
}
