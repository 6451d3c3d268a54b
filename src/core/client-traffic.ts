// What clients publish and receive, by groups of addresses that whoever wants to know has named (a channel of a mesh is one): over the links
// that there are, and over those that are gone. What passes between routers and edges is not in it, nor what comes without a fixed address.
import type { Address } from './address.ts';
import type { Consumer } from './consumer.ts';
import type { Producer } from './producer.ts';

export interface GroupTraffic {
  /** Deliveries from clients, and to them, ever since somebody wanted to know. */
  in: number;
  out: number;
  /** Links that receive now. */
  consumers: number;
}

interface Links {
  readonly producers: Iterable<Producer>;
  readonly consumers: Iterable<Consumer>;
}

/** The group of an address as clients write it; null for those that nobody wants to know of. */
export type GroupOf = (address: string) => string | null;

export class ClientTraffic {
  readonly #links: Links;
  #groupOf: GroupOf;
  #known = new WeakMap<Address, { readonly group: string | null }>();
  /** Of links that are gone. One entry a group. */
  readonly #gone = new Map<string, GroupTraffic>();

  constructor(links: Links, groupOf: GroupOf) {
    this.#links = links;
    this.#groupOf = groupOf;
  }

  /** Other groups from now on; what was counted for those that stay goes on. */
  regroup(groupOf: GroupOf): void {
    this.#groupOf = groupOf;
    this.#known = new WeakMap();
  }

  producerGone(producer: Producer): void {
    this.#addProducer(this.#gone, producer);
  }

  consumerGone(consumer: Consumer): void {
    this.#addConsumer(this.#gone, consumer, 0);
  }

  /** By group; those without any traffic or consumer are left out. */
  totals(): Map<string, GroupTraffic> {
    const totals = new Map([...this.#gone].map(([group, traffic]) => [group, { ...traffic }]));
    for (const producer of this.#links.producers) this.#addProducer(totals, producer);
    for (const consumer of this.#links.consumers) this.#addConsumer(totals, consumer, 1);
    return totals;
  }

  #addProducer(totals: Map<string, GroupTraffic>, { address, context, link }: Producer): void {
    if (context.options.role !== 'normal' || address === null) return;
    const traffic = this.#trafficOf(totals, address);
    if (traffic !== null) traffic.in += link.deliveries;
  }

  #addConsumer(totals: Map<string, GroupTraffic>, { address, context, link }: Consumer, count: number): void {
    if (context.options.role !== 'normal') return;
    const traffic = this.#trafficOf(totals, address);
    if (traffic === null) return;
    traffic.out += link.deliveries;
    traffic.consumers += count;
  }

  #trafficOf(totals: Map<string, GroupTraffic>, address: Address): GroupTraffic | null {
    let known = this.#known.get(address);
    if (known === undefined) {
      known = { group: address.isMobile ? this.#groupOf(address.key.slice(2)) : null };
      this.#known.set(address, known);
    }
    const { group } = known;
    if (group === null) return null;
    let traffic = totals.get(group);
    if (traffic === undefined) totals.set(group, (traffic = { in: 0, out: 0, consumers: 0 }));
    return traffic;
  }
}
