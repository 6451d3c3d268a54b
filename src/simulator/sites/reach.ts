// Whether a message finds somebody who takes it: by what was seen at the doors, and by the links that are really there.
import type { Channel } from '../channel.ts';
import type { WitnessedLink } from '../witness/records.ts';
import { liveLinks, reachedFrom } from './live-links.ts';
import type { Site } from './site.ts';

export class Reach {
  readonly #sites: readonly Site[];

  constructor(sites: readonly Site[]) {
    this.#sites = sites;
  }

  /** Whether a consumer takes what enters the network at `at` for `channel`. Means something only while nothing changes. */
  isConsumed(channel: Channel, at: Site): boolean {
    if (isConsumedAt(channel, at)) return true;
    return !channel.isLocal && this.connectedWith(at).some((site) => isConsumedAt(channel, site));
  }

  /** The consumers that take what enters the network at `at`. */
  consumersFor(channel: Channel, at: Site): WitnessedLink[] {
    return (channel.isLocal ? [at] : this.connectedWith(at)).flatMap((site) => consumersAt(channel, site));
  }

  /** Whether somebody takes what enters at the door `place`. */
  isConsumedFrom(place: string, channel: Channel): boolean {
    const site = this.siteAt(place);
    return site !== null && this.isConsumed(channel, site);
  }

  siteAt(place: string): Site | null {
    return this.#sites.find(({ doors }) => doors.includes(place)) ?? null;
  }

  /** Those to which there is a way, `at` itself among them. */
  connectedWith(at: Site): Site[] {
    const home = this.homeOf(at);
    if (this.#sites.length === 1 || home === null) return [at];
    const trunks = liveLinks(this.#sites).filter(({ isUplink }) => !isUplink);
    const reached = reachedFrom(home.id, trunks);
    return this.#sites.filter((site) => site === at || reached.has(this.homeOf(site)?.id ?? ''));
  }

  /** The interior router that serves an edge: to which its downlink goes. An interior is at home. Null: there is none. */
  homeOf(site: Site): Site | null {
    if (!site.isEdge) return site;
    // One side may know of a loss before the other.
    if (site.life?.witness.links.some((link) => link.isLive && link.connection.isUplink) !== true) return null;
    return (
      this.#sites.find(({ life }) =>
        life?.witness.links.some((link) => link.isLive && link.downlinkTo === site.id && !link.connection.isUplink),
      ) ?? null
    );
  }
}

function isConsumedAt(channel: Channel, site: Site): boolean {
  return consumersAt(channel, site).length > 0;
}

function consumersAt(channel: Channel, { life }: Site): WitnessedLink[] {
  return life?.witness.consumersOf(channel).filter((link) => link.isConsumer) ?? [];
}
