// Measures how a large network finds together: after a cold start, and after the loss of one router.
//
//   all start ─▶ everybody knows the ways, and where consumers are ─▶ quiet ─▶ one is killed ─▶ everybody knows ─▶ messages
import { Random } from '../kit/random.ts';
import type { Breach } from './breaches.ts';
import { Convergence } from './checkers/convergence.ts';
import { LightNetwork } from './light-network.ts';
import type { LightRouter } from './light-router.ts';
import { meshViewOf } from './sites/mesh-view.ts';
import { drawTopology, type TopologyName } from './topology/shapes.ts';

/** A network that has not come to rest by then never does. */
const restingMsMax = 60_000;
/** So long no path may have changed before it is said to rest. */
const quietMs = 1_500;
const lookEveryMs = 5;
/** What arrives twice does so within this time. */
const lateMs = 100;
const messagesEach = 5;
/** Trees of valid origins are compared for so many routers. */
const originsMax = 8;

/** From something that happened until the last router changed its paths for it. */
export interface Reaction {
  readonly ms: number;
  /** What was written from one router to the next until then; and from then on for {@link quietMs}, in which nothing happened. */
  readonly messages: number;
  readonly bytes: number;
  readonly idleMessages: number;
}

export interface ConvergenceVerdict {
  readonly seed: number;
  readonly topology: TopologyName;
  readonly routers: number;
  readonly links: number;
  readonly ok: boolean;
  readonly breaches: readonly Breach[];
  readonly coldStart: Reaction;
  readonly loss: Reaction;
  readonly simulatedMs: number;
}

/** `tell` gets a word when a part is done. */
export function measureConvergence(
  seed: number,
  topologyName: TopologyName,
  tell: (what: string) => void = () => undefined,
): ConvergenceVerdict {
  const random = new Random(seed);
  const topology = drawTopology(topologyName, random);
  const run = new ConvergenceRun(new LightNetwork(random, topology, null), tell);
  const [coldStart, loss] = run.run();
  const { breaches, elapsedMs } = run.network;
  return {
    seed,
    topology: topologyName,
    routers: topology.routers.length,
    links: topology.links.length,
    ok: !breaches.any,
    breaches: breaches.all,
    coldStart,
    loss,
    simulatedMs: elapsedMs,
  };
}

class ConvergenceRun {
  readonly network: LightNetwork;
  readonly #tell: (what: string) => void;

  constructor(network: LightNetwork, tell: (what: string) => void) {
    this.network = network;
    this.#tell = tell;
  }

  run(): [Reaction, Reaction] {
    const { network } = this;
    const coldStart = this.#react('all routers have started', () => network.start());
    const loss = this.#react('one router is gone', () => network.pickVictim().kill());
    this.#exchange();
    return [coldStart, loss];
  }

  #react(what: string, happen: () => void): Reaction {
    const { clock, traffic, breaches } = this.network;
    const [from, before] = [clock.now, { ...traffic }];
    happen();
    let changedAt = from;
    let then = before;
    do {
      this.#pass(lookEveryMs);
      if (this.#changedAt > changedAt) then = { ...traffic };
      changedAt = Math.max(changedAt, this.#changedAt);
    } while ((clock.now - changedAt < quietMs || !this.#isComplete) && clock.now - from < restingMsMax);
    this.#tell(`${what}: quiet after ${Math.round(changedAt - from)} ms`);
    const convergence = new Convergence(this.network.routers, originsMax);
    convergence.look(clock.now);
    for (const text of convergence.wrong) breaches.report('convergence', `${what}, and ${text}`);
    return {
      ms: changedAt - from,
      messages: then.messages - before.messages,
      bytes: then.bytes - before.bytes,
      idleMessages: traffic.messages - then.messages,
    };
  }

  #pass(ms: number): void {
    const { clock } = this.network;
    clock.run(clock.now + ms, () => false);
  }

  /** When a router last changed its paths. */
  get #changedAt(): number {
    let last = 0;
    for (const { router } of this.network.routers)
      if (router !== null) last = Math.max(last, meshViewOf(router)?.lastTopologyChangeAt ?? 0);
    return last;
  }

  /** Every router has heard of each consumer. */
  get #isComplete(): boolean {
    const { routers } = this.network;
    const consumers = routers.filter(({ router, consumed }) => router !== null && consumed.length > 0);
    return routers.every((one) => one.router === null || consumers.every((other) => knows(one, other)));
  }

  /** Messages get through to every consumer, once. */
  #exchange(): void {
    const { network } = this;
    const before = network.content.count;
    const expected = network.send(messagesEach);
    const until = network.clock.now + quietMs;
    while (network.content.count - before < expected && network.clock.now < until) this.#pass(lookEveryMs);
    this.#pass(lateMs);
    const got = network.content.count - before;
    if (got !== expected) network.breaches.report('promise 5', `of ${expected} messages ${got} arrived`);
  }
}

function knows({ id, router }: LightRouter, other: LightRouter): boolean {
  if (id === other.id || router === null) return true;
  return other.consumed.length === (meshViewOf(router)?.router(other.id)?.addresses.size ?? 0);
}
