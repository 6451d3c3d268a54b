// What links that are gone have carried, for who counts over time: the figures of a link end with it, those of its address, its
// container and this router do not. Kept only once somebody has asked (the first listener with /metrics).
//
//   link gone ──▶ its address, while that is in the table ──▶ sum of the addresses that are gone
//            └──▶ its group (container and direction), while it has links ──▶ sum of the groups that are gone
import type { IncomingLink } from '../engine/incoming-link.ts';
import type { Link } from '../engine/link.ts';
import type { OutgoingLink } from '../engine/outgoing-link.ts';
import type { Address } from './address.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { Consumer } from './consumer.ts';
import type { Producer } from './producer.ts';

/** Places in the sums of an address. In: what senders here were told; out: what consumers here said. */
export const AddressSum = {
  ingress: 0,
  egress: 1,
  transit: 2,
  inAccepted: 3,
  inRejected: 4,
  inReleased: 5,
  inModified: 6,
  outAccepted: 7,
  outRejected: 8,
  outReleased: 9,
  outModified: 10,
} as const;
export const addressSums = 11;

/** Places in the sums of a group of links. */
export const LinkSum = {
  deliveries: 0,
  presettled: 1,
  accepted: 2,
  rejected: 3,
  released: 4,
  modified: 5,
  zeroCreditMs: 6,
} as const;
export const linkSums = 7;

/** The links of one direction that one container has, over all its connections. */
export class LinkGroup {
  readonly container: string;
  /** `in`: the container sends. */
  readonly direction: 'in' | 'out';
  readonly links = new Set<Link>();
  /** Of its links that are gone; null when there is none. */
  gone: Float64Array | null = null;

  constructor(container: string, direction: 'in' | 'out') {
    this.container = container;
    this.direction = direction;
  }

  /** Adds what its links have carried, {@link LinkSum}. */
  addTo(sums: Float64Array): void {
    if (this.gone !== null) addAll(sums, this.gone);
    for (const link of this.links) addLink(sums, link);
  }
}

export class Ledger {
  readonly groups = new Map<string, LinkGroup>();
  /** What groups have carried that are gone. */
  readonly goneIn = new Float64Array(linkSums);
  readonly goneOut = new Float64Array(linkSums);
  readonly #goneOf = new Map<Address, Float64Array>();
  readonly goneAddresses = new Float64Array(addressSums);

  linkCame(context: ConnectionContext, link: Link): void {
    const { key, container, direction } = placeOf(context, link);
    let group = this.groups.get(key);
    if (group === undefined) this.groups.set(key, (group = new LinkGroup(container, direction)));
    group.links.add(link);
  }

  producerGone({ context, link, address }: Producer): void {
    this.#linkGone(context, link);
    if (address !== null) this.#leftAddress(address, link);
  }

  consumerGone({ context, link, address }: Consumer): void {
    this.#linkGone(context, link);
    this.#leftAddress(address, link);
  }

  #linkGone(context: ConnectionContext, link: Link): void {
    const { key } = placeOf(context, link);
    const group = this.groups.get(key);
    if (group === undefined || !group.links.delete(link)) return;
    group.gone ??= new Float64Array(linkSums);
    addLink(group.gone, link);
    if (group.links.size === 0) {
      this.groups.delete(key);
      addAll(link.isIncoming ? this.goneIn : this.goneOut, group.gone);
    }
  }

  /** `link` was bound to `address` and is gone. */
  #leftAddress(address: Address, link: Link): void {
    let sums = this.#goneOf.get(address);
    if (sums === undefined) this.#goneOf.set(address, (sums = new Float64Array(addressSums)));
    addOutcomes(sums, link);
    // The table lets an address go before its last link has said what it carried.
    if (address.isRemoved) this.#fold(address, sums);
  }

  /** The address has left the table. */
  addressGone(address: Address): void {
    this.goneAddresses[AddressSum.ingress] += address.deliveriesIngress;
    this.goneAddresses[AddressSum.egress] += address.deliveriesEgress;
    this.goneAddresses[AddressSum.transit] += address.deliveriesTransit;
    const sums = this.#goneOf.get(address);
    if (sums !== undefined) this.#fold(address, sums);
  }

  #fold(address: Address, sums: Float64Array): void {
    addAll(this.goneAddresses, sums);
    this.#goneOf.delete(address);
  }

  /** Adds what the address has seen, {@link AddressSum}. Gives how many links were looked at. */
  addAddress(sums: Float64Array, address: Address): number {
    sums[AddressSum.ingress] += address.deliveriesIngress;
    sums[AddressSum.egress] += address.deliveriesEgress;
    sums[AddressSum.transit] += address.deliveriesTransit;
    const gone = this.#goneOf.get(address);
    if (gone !== undefined) addAll(sums, gone);
    for (const { link } of address.producers) if (link !== null) addOutcomes(sums, link);
    for (const { link } of address.consumers) addOutcomes(sums, link);
    return address.producers.size + address.consumers.length;
  }
}

/** Peers choose the ids of their containers; those that begin alike for so long are one here. */
const containerLengthMax = 128;

function placeOf(context: ConnectionContext, link: Link) {
  const container = context.connection.remoteContainerId.slice(0, containerLengthMax);
  const direction = link.isIncoming ? 'in' : 'out';
  return { key: `${direction} ${container}`, container, direction } as const;
}

function addAll(sums: Float64Array, more: Float64Array): void {
  for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] as number) + (more[at] as number);
}

function addLink(sums: Float64Array, link: IncomingLink | OutgoingLink): void {
  sums[LinkSum.deliveries] += link.deliveries;
  sums[LinkSum.presettled] += link.presettled;
  sums[LinkSum.accepted] += link.accepted;
  sums[LinkSum.rejected] += link.rejected;
  sums[LinkSum.released] += link.released;
  sums[LinkSum.modified] += link.modified;
  sums[LinkSum.zeroCreditMs] += link.zeroCreditMs;
}

function addOutcomes(sums: Float64Array, link: IncomingLink | OutgoingLink): void {
  const first = link.isIncoming ? AddressSum.inAccepted : AddressSum.outAccepted;
  sums[first] += link.accepted;
  sums[first + 1] += link.rejected;
  sums[first + 2] += link.released;
  sums[first + 3] += link.modified;
}
