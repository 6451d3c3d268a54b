// The figures of a router that take a walk over its addresses and links: made in bites, a few thousand things a turn, so that a
// router with a hundred thousand addresses goes on moving messages meanwhile.
//
//   start() ──▶ step(), step(), … ──▶ done: figures
import type { Address } from '../../core/address.ts';
import type { Core } from '../../core/core.ts';
import { isBlocked, routeContainerTraffic, stuckIn } from '../../core/figures.ts';
import { AddressSum, addressSums, type Ledger, type LinkGroup, LinkSum, linkSums } from '../../core/ledger.ts';
import type { Link } from '../../engine/link.ts';
import type { Session } from '../../engine/session.ts';
import { addressLinesMax, containerLinesMax } from '../limits.ts';
import { TopSeries } from './top-series.ts';

export { AddressSum, LinkSum };

/** One address, or all others together. */
export interface AddressFigures {
  /** As clients write it; null for all others. */
  readonly address: string | null;
  readonly phase: number;
  /** {@link AddressSum} */
  readonly sums: Float64Array;
}

/** The links that one container sends or receives on, or those of all others together. */
export interface ContainerFigures {
  /** null: all others. */
  readonly container: string | null;
  readonly direction: 'in' | 'out';
  /** {@link LinkSum} */
  readonly sums: Float64Array;
  readonly links: number;
  readonly credit: number;
  readonly unsettled: number;
}

export interface SurveyFigures {
  readonly addresses: readonly AddressFigures[];
  readonly containers: readonly ContainerFigures[];
  /** Links of clients and routers, this router's own left out. */
  readonly links: number;
  /** Links whose sender has had no credit for ten seconds. */
  readonly linksBlocked: number;
  /** Deliveries that have been unsettled for ten seconds, as they came in and as they went out. */
  readonly stuck: number;
  readonly fromRouteContainers: number;
  readonly toRouteContainers: number;
}

const mobileClass = 'M';
/** Longer addresses have no line of their own. */
const nameLengthMax = 256;
/** What stands for all that have no line of their own; whoever chooses this name is one of them. */
export const othersName = '_other';

export class Surveys {
  readonly #core: Core;
  readonly #ledger: Ledger;
  readonly #addresses: TopSeries<Address>;
  readonly #in: TopSeries<LinkGroup>;
  readonly #out: TopSeries<LinkGroup>;

  constructor(core: Core) {
    this.#core = core;
    this.#ledger = core.keepLedger();
    this.#addresses = new TopSeries({ width: addressSums, mayStand: isNamed }, addressLinesMax);
    const groups = { width: linkSums, mayStand: ({ container }: LinkGroup) => container !== othersName };
    this.#in = new TopSeries<LinkGroup>(groups, containerLinesMax);
    this.#out = new TopSeries<LinkGroup>(groups, containerLinesMax);
  }

  /** Begins a walk. One at a time. */
  start(): Survey {
    return new Survey(this.#core, this.#ledger, this.#addresses, this.#in, this.#out);
  }
}

/** Those that clients name; made-up names of replies are many, and gone soon. */
function isNamed({ key, isRemoved }: Address): boolean {
  if (!key.startsWith(mobileClass) || isRemoved) return false;
  return key.length <= nameLengthMax + 2 && key.slice(2) !== othersName;
}

export class Survey {
  readonly #core: Core;
  readonly #ledger: Ledger;
  readonly #addresses: TopSeries<Address>;
  readonly #in: TopSeries<LinkGroup>;
  readonly #out: TopSeries<LinkGroup>;
  readonly #addressesLeft: Iterator<Address>;
  readonly #groupsLeft: Iterator<LinkGroup>;
  readonly #addressSums = new Float64Array(addressSums);
  readonly #linkSums = new Float64Array(linkSums);
  #links = 0;
  #linksBlocked = 0;
  #stuck = 0;
  readonly #sessions = new Set<Session>();

  constructor(
    core: Core,
    ledger: Ledger,
    addresses: TopSeries<Address>,
    incoming: TopSeries<LinkGroup>,
    outgoing: TopSeries<LinkGroup>,
  ) {
    this.#core = core;
    this.#ledger = ledger;
    this.#addresses = addresses;
    this.#in = incoming;
    this.#out = outgoing;
    this.#addressesLeft = core.addresses.each;
    this.#groupsLeft = ledger.groups.values();
    addresses.begin(ledger.goneAddresses);
    incoming.begin(ledger.goneIn);
    outgoing.begin(ledger.goneOut);
  }

  /** Looks at about so many addresses and links. The figures when it has seen all, else null. */
  step(count: number): SurveyFigures | null {
    let left = count;
    while (left > 0) {
      const { done, value } = this.#addressesLeft.next();
      if (done) break;
      left -= 1 + this.#visitAddress(value);
    }
    while (left > 0) {
      const { done, value } = this.#groupsLeft.next();
      if (done) return this.#end();
      left -= 1 + this.#visitGroup(value);
    }
    return null;
  }

  #visitAddress(address: Address): number {
    if (address.isOwn) return 0;
    const sums = this.#addressSums.fill(0);
    const links = this.#ledger.addAddress(sums, address);
    const traffic =
      (sums[AddressSum.ingress] as number) + (sums[AddressSum.egress] as number) + (sums[AddressSum.transit] as number);
    this.#addresses.visit(address, sums, traffic);
    return links;
  }

  #visitGroup(group: LinkGroup): number {
    const sums = this.#linkSums.fill(0);
    group.addTo(sums);
    const series = group.direction === 'in' ? this.#in : this.#out;
    series.visit(group, sums, 1 + (sums[LinkSum.deliveries] as number));
    for (const link of group.links) this.#visitLink(link);
    return group.links.size;
  }

  #visitLink(link: Link): void {
    this.#links++;
    this.#visitSession(link.session);
    if (isBlocked(link)) this.#linksBlocked++;
  }

  #visitSession(session: Session): void {
    if (this.#sessions.has(session)) return;
    this.#sessions.add(session);
    const { nowMs } = this.#core;
    this.#stuck += stuckIn(session.incoming, nowMs) + stuckIn(session.outgoing, nowMs);
  }

  #end(): SurveyFigures {
    this.#addresses.end();
    this.#in.end();
    this.#out.end();
    const addresses: AddressFigures[] = this.#addresses.lines.map(({ thing, sums }) => ({
      address: thing.key.slice(2),
      phase: thing.phase,
      sums,
    }));
    const ofContainers = routeContainerTraffic(this.#core);
    addresses.push({ address: null, phase: 0, sums: this.#addresses.others });
    return {
      addresses,
      containers: [...containersOf(this.#in, 'in'), ...containersOf(this.#out, 'out')],
      links: this.#links,
      linksBlocked: this.#linksBlocked,
      stuck: this.#stuck,
      fromRouteContainers: ofContainers.ingress,
      toRouteContainers: ofContainers.egress,
    };
  }
}

function containersOf(series: TopSeries<LinkGroup>, direction: 'in' | 'out'): ContainerFigures[] {
  const figures: ContainerFigures[] = series.lines.map(({ thing, sums }) => {
    let credit = 0;
    let unsettled = 0;
    for (const link of thing.links) {
      credit += link.credit;
      unsettled += link.unsettledCount;
    }
    return { container: thing.container, direction, sums, links: thing.links.size, credit, unsettled };
  });
  figures.push({ container: null, direction, sums: series.others, links: 0, credit: 0, unsettled: 0 });
  return figures;
}
