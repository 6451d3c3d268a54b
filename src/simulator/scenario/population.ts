// Who takes part in a run: clients with their habits, and the applications on them.
import { Random } from '../../kit/random.ts';
import type { Configuration } from '../../schema/configuration.ts';
import type { Channel, ChannelDistribution, Channels } from '../channel.ts';
import type { ContentChecker } from '../checkers/content.ts';
import { Client, type ClientOptions, type Surroundings } from '../clients/client.ts';
import { Publisher, type PublisherOptions } from '../clients/publisher.ts';
import { addRequester, addResponder } from '../clients/request-reply.ts';
import { isHeavy, type SizeStyle } from '../clients/sizes.ts';
import { Subscriber, type SubscriberOptions } from '../clients/subscriber.ts';
import { placeOf } from '../machine/router-node.ts';
import type { Messages } from '../messages.ts';
import { closedPort } from './configuration.ts';

/** What a population is made of, and for. */
export interface PopulationNeeds {
  readonly surroundings: Surroundings;
  readonly configurations: readonly Configuration[];
  readonly channels: Channels;
  readonly messages: Messages;
  readonly content: ContentChecker;
  readonly sizes: SizeStyle;
}

/** Habits that a run has, or has not, as a whole. */
interface Fashion {
  readonly leaveEveryMs: number;
  readonly pauseEveryMs: number;
  readonly endEveryMs: number;
  readonly drainEveryMs: number;
  readonly stealRate: number;
  readonly abortRate: number;
  readonly impatience: number;
  /** All links of a kind have the same name, on every connection. */
  readonly hasEqualNames: boolean;
  readonly settles: readonly PublisherOptions['settles'][];
  readonly hasSecond: boolean;
}

export class Population {
  readonly clients: Client[] = [];
  readonly publishers: Publisher[] = [];
  readonly subscribers: Subscriber[] = [];
  readonly #needs: PopulationNeeds;
  readonly #random: Random;
  readonly #fashion: Fashion;

  constructor(needs: PopulationNeeds, random: Random) {
    this.#needs = needs;
    this.#random = random;
    this.#fashion = drawFashion(random);
    for (const { connectors } of needs.configurations)
      for (const connector of connectors)
        if (connector.role === 'route-container') this.#addClient([placeOf(connector)], true);
    for (let left = random.between(2, this.#isNetwork ? 10 : 7); left > 0; left--) this.#addClient(this.#drawPlaces());
    this.#addPairs();
    if (random.chance(0.4)) this.#addRequests();
    if (random.chance(0.1)) this.#addIntruder();
  }

  get #isNetwork(): boolean {
    return this.#needs.configurations.length > 1;
  }

  get #defaultDistribution(): ChannelDistribution {
    const [{ router }] = this.#needs.configurations as [Configuration];
    return router.defaultDistribution;
  }

  /** A door; in a network also one of another router, for when the first one is lost. */
  #drawPlaces(): string[] {
    const random = this.#random;
    const configurations = [...this.#needs.configurations];
    const places: string[] = [];
    for (let left = Math.min(configurations.length, 2); left > 0; left--) {
      const [{ listeners }] = configurations.splice(random.below(configurations.length), 1) as [Configuration];
      places.push(placeOf(random.pick(listeners.filter(({ role }) => role === 'normal'))));
    }
    return places;
  }

  #addClient(places: readonly string[], isDialled = false): void {
    const options = this.#drawClient(this.clients.length + 1, places, isDialled);
    this.clients.push(new Client(this.#needs.surroundings, fork(this.#random), options));
  }

  /** Somebody who tries to get in, and may not. */
  #addIntruder(): void {
    const [{ listeners }] = this.#needs.configurations as [Configuration];
    const closed = listeners.filter(({ authenticatePeer }) => authenticatePeer).map(placeOf);
    const options = this.#drawClient(this.clients.length + 1, closed, false);
    this.clients.push(new Client(this.#needs.surroundings, fork(this.#random), { ...options, sasl: 'wrong password' }));
  }

  #drawClient(number: number, places: readonly string[], isDialled: boolean): ClientOptions {
    const random = this.#random;
    const { pauseEveryMs, endEveryMs } = this.#fashion;
    const { sizes } = this.#needs;
    const isClosed = places.some((place) => place.endsWith(closedPort));
    return {
      name: `client ${number}`,
      containerId: this.#fashion.hasEqualNames ? 'container' : `container ${number}`,
      places,
      isDialled,
      sasl: isClosed ? 'plain' : random.pick(['none', 'anonymous', 'plain']),
      sessions: random.pick([1, 1, 2, 4]),
      maxFrameSize: random.pick(isHeavy(sizes) ? [4_096, 65_536, 1_000_000] : [512, 4_096, 65_536]),
      idleTimeoutMs: random.pick([0, 1_500, 10_000]),
      windowFrames: random.pick(isHeavy(sizes) ? [0, 0, 20, 100] : [0, 0, 1, 5, 100]),
      pauseEveryMs: sometimes(random, 0.5, pauseEveryMs),
      endEveryMs: sometimes(random, 0.5, endEveryMs),
    };
  }

  /** Channels with their senders and consumers; some have only one of the two. */
  #addPairs(): void {
    const random = this.#random;
    const { channels } = this.#needs;
    const used = channels.all.filter(() => random.chance(0.5));
    if (used.length === 0) used.push(random.pick(channels.all));
    for (const channel of used) {
      for (let left = random.between(0, 4); left > 0; left--) this.#addSubscriber(channel);
      for (let left = random.between(1, 3); left > 0; left--) this.#addPublisher([channel], false);
    }
    if (this.#needs.sizes === 'flood') this.#addFlood();
    if (random.chance(0.6)) this.#addPublisher([...used, random.pick(channels.all), null], true);
  }

  /** More than the router may hold at once, toward one consumer that takes its time. */
  #addFlood(): void {
    const channel = this.#needs.channels.add('flood', this.#defaultDistribution);
    const slow = { credit: this.#random.between(1, 10), delayMs: 2_000 };
    this.#subscriber(this.#random.pick(this.clients), channel, slow);
    const flood = { settles: 'never', count: 400, everyMs: 1, burst: 400, abortRate: 0, dawdles: false } as const;
    this.#publisher(this.#random.pick(this.clients), [channel], false, { ...flood, sizes: 'flood' });
  }

  #addRequests(): void {
    const random = this.#random;
    const service = this.#needs.channels.add('service', this.#defaultDistribution);
    const needs = {
      client: () => random.pick(this.clients),
      channels: this.#needs.channels,
      random,
      subscriber: (client: Client, options: Partial<SubscriberOptions>) => this.#subscriber(client, service, options),
      publisher: (client: Client, options: Partial<PublisherOptions>) =>
        this.#publisher(client, [service], options.isAnonymous === true, options),
    };
    for (let left = random.between(1, 2); left > 0; left--) addResponder(needs);
    for (let left = random.between(1, 3); left > 0; left--) addRequester(needs, service);
  }

  #addSubscriber(channel: Channel): void {
    this.#subscriber(this.#random.pick(this.clients), channel, {});
  }

  #addPublisher(channels: readonly (Channel | null)[], isAnonymous: boolean): void {
    this.#publisher(this.#random.pick(this.clients), channels, isAnonymous, {});
  }

  #subscriber(client: Client, channel: Channel | null, more: Partial<SubscriberOptions>): Subscriber {
    const random = this.#random;
    const { leaveEveryMs, drainEveryMs, stealRate, hasSecond, hasEqualNames } = this.#fashion;
    const name = `subscriber ${this.subscribers.length + 1}`;
    const isSilent = random.chance(0.1);
    const subscriber = new Subscriber(client, this.#needs.content, fork(random), {
      name,
      linkName: hasEqualNames ? `link ${client.actors.length}` : name,
      channel,
      credit: isSilent ? 10_000 : random.pick([1, 2, 10, 100, 1_000]),
      isPresettled: random.chance(0.2),
      isSecond: hasSecond && random.chance(0.3),
      outcomes: random.chance(0.5) ? 'accepted' : 'all',
      delayMs: isSilent ? -1 : random.pick([0, 0, 5, 100, 2_000]),
      inOrder: random.chance(0.5),
      inRanges: random.chance(0.5),
      defaultsToReleased: random.chance(0.2),
      drainEveryMs: sometimes(random, 0.5, drainEveryMs),
      leaveEveryMs: sometimes(random, 0.5, leaveEveryMs),
      stealRate,
      ...more,
    });
    this.subscribers.push(subscriber);
    client.actors.push(subscriber);
    return subscriber;
  }

  #publisher(
    client: Client,
    channels: readonly (Channel | null)[],
    isAnonymous: boolean,
    more: Partial<PublisherOptions>,
  ): Publisher {
    const random = this.#random;
    const { leaveEveryMs, stealRate, abortRate, impatience, settles, hasEqualNames } = this.#fashion;
    const name = `publisher ${this.publishers.length + 1}`;
    const publisher = new Publisher(client, this.#needs.messages, fork(random), {
      name,
      linkName: hasEqualNames ? `link ${client.actors.length}` : name,
      channels,
      isAnonymous,
      settles: random.pick(settles),
      sizes: this.#needs.sizes === 'flood' ? 'small' : this.#needs.sizes,
      count: random.pick(isHeavy(this.#needs.sizes) ? [5, 30] : [10, 100, 300]),
      everyMs: random.pick([1, 20, 200]),
      burst: random.pick([1, 5, 50]),
      dawdles: random.chance(0.3),
      abortRate,
      impatience: sometimes(random, 0.5, impatience),
      leaveEveryMs: sometimes(random, 0.3, leaveEveryMs),
      stealRate,
      ...more,
    });
    this.publishers.push(publisher);
    client.actors.push(publisher);
    return publisher;
  }
}

function drawFashion(random: Random): Fashion {
  return {
    leaveEveryMs: sometimes(random, 0.5, random.pick([200, 1_000, 4_000])),
    pauseEveryMs: sometimes(random, 0.4, 1_500),
    endEveryMs: sometimes(random, 0.3, 3_000),
    drainEveryMs: sometimes(random, 0.4, random.pick([50, 1_000])),
    stealRate: sometimes(random, 0.2, 0.3),
    abortRate: sometimes(random, 0.4, 0.1),
    impatience: sometimes(random, 0.3, 0.3),
    hasEqualNames: random.chance(0.3),
    settles: random.pick<readonly PublisherOptions['settles'][]>([
      ['never'],
      ['never', 'always', 'sometimes'],
      ['never', 'sometimes'],
      ['always'],
    ]),
    hasSecond: random.chance(0.3),
  };
}

/** `value` in this share of the cases, else 0. */
function sometimes(random: Random, share: number, value: number): number {
  return random.chance(share) ? value : 0;
}

/** Dice of its own for each, so that one's habits do not shift another's. */
function fork(random: Random): Random {
  return new Random(random.uint32());
}
