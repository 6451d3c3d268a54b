// A large network that is only measured: all routers, and a few clients by which it is seen that messages get through.
import { Random } from '../kit/random.ts';
import { Breaches } from './breaches.ts';
import { type Channel, Channels } from './channel.ts';
import { ContentChecker } from './checkers/content.ts';
import { Client, type ClientOptions } from './clients/client.ts';
import { Publisher } from './clients/publisher.ts';
import { Subscriber } from './clients/subscriber.ts';
import { SimulatedClock } from './clock.ts';
import { LightRouter, type Traffic } from './light-router.ts';
import { Messages } from './messages.ts';
import { SimulatedNetwork } from './network/network.ts';
import { plainConfigurations } from './scenario/configuration.ts';
import type { Topology } from './topology/topology.ts';
import { Trace } from './trace.ts';

/** Routers that have a consumer, each of a channel of its own. */
const consumersMax = 8;
const plainClient = {
  isDialled: false,
  sasl: 'anonymous',
  sessions: 1,
  maxFrameSize: 65_536,
  idleTimeoutMs: 0,
  windowFrames: 0,
  pauseEveryMs: 0,
  endEveryMs: 0,
} as const;
const plainConsumer = {
  credit: 100,
  isPresettled: false,
  isSecond: false,
  outcomes: 'accepted',
  delayMs: 0,
  inOrder: true,
  inRanges: false,
  defaultsToReleased: false,
  drainEveryMs: 0,
  leaveEveryMs: 0,
  stealRate: 0,
} as const;
const plainSender = {
  isAnonymous: true,
  settles: 'never',
  sizes: 'small',
  count: 0,
  everyMs: 1,
  burst: 0,
  dawdles: false,
  abortRate: 0,
  impatience: 0,
  leaveEveryMs: 0,
  stealRate: 0,
} as const;

export class LightNetwork {
  readonly clock: SimulatedClock;
  readonly breaches: Breaches;
  readonly content: ContentChecker;
  readonly traffic: Traffic = { messages: 0, bytes: 0 };
  readonly routers: readonly LightRouter[];
  readonly #startedAt = 1_000;
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #network: SimulatedNetwork;
  readonly #messages = new Messages();
  readonly #channels = new Channels();
  readonly #publisher: Publisher;

  constructor(random: Random, topology: Topology, write: ((line: string) => void) | null) {
    this.#random = random;
    this.clock = new SimulatedClock(this.#startedAt);
    this.#trace = new Trace(this.#startedAt, write);
    this.breaches = new Breaches(() => this.elapsedMs);
    this.content = new ContentChecker(this.#messages, this.breaches);
    this.#network = new SimulatedNetwork(this.clock, this.#fork());
    this.#network.profileBetween = () => ({
      latencyMs: random.between(100, 500) / 100,
      jitterMs: 0,
      bytesPerMs: 100_000,
      sendBufferBytes: 262_144,
      receiveBufferBytes: 262_144,
      cut: 'whole',
    });
    const surroundings = { clock: this.clock, network: this.#network, trace: this.#trace, traffic: this.traffic };
    this.routers = plainConfigurations(topology).map(
      (configuration) => new LightRouter(surroundings, this.#fork(), configuration),
    );
    const [first, ...others] = this.routers;
    for (const router of others.slice(0, consumersMax)) this.#addConsumer(router);
    this.#publisher = this.#addPublisher(first as LightRouter);
  }

  get elapsedMs(): number {
    return this.clock.now - this.#startedAt;
  }

  /** All at once; clients come when routers have had a moment. */
  start(): void {
    for (const router of this.routers) router.start();
  }

  /** Sends `count` messages to each consumer that there is; gives how many that makes. */
  send(count: number): number {
    const channels = this.routers.flatMap(({ router, consumed }) => (router === null ? [] : consumed));
    for (const channel of channels)
      for (let left = count; left > 0; left--) this.#publisher.order({ channel, namesChannel: true, size: 100 });
    this.#publisher.client.after(0, () => this.#publisher.pump());
    return channels.length * count;
  }

  /** One without clients. */
  pickVictim(): LightRouter {
    return this.#random.pick(this.routers.slice(consumersMax + 1));
  }

  #addConsumer(router: LightRouter): void {
    const channel: Channel = this.#channels.add(`balanced/${router.id}`, 'balanced');
    const client = this.#newClient(router);
    const name = `consumer at ${router.id}`;
    const consumer = { ...plainConsumer, name, linkName: name, channel };
    client.actors.push(new Subscriber(client, this.content, this.#fork(), consumer));
    router.consumed.push(channel);
    client.start();
  }

  #addPublisher(router: LightRouter): Publisher {
    const client = this.#newClient(router);
    const name = `sender at ${router.id}`;
    const sender = { ...plainSender, name, linkName: name, channels: [] };
    const publisher = new Publisher(client, this.#messages, this.#fork(), sender);
    client.actors.push(publisher);
    client.start();
    return publisher;
  }

  #newClient({ id, door }: LightRouter): Client {
    const name = `client at ${id}`;
    const options: ClientOptions = { ...plainClient, name, containerId: name, places: [door] };
    const { clock, breaches } = this;
    return new Client({ clock, network: this.#network, trace: this.#trace, breaches }, this.#fork(), options);
  }

  #fork(): Random {
    return new Random(this.#random.uint32());
  }
}
