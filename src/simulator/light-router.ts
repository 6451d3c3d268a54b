// A router in a network that is only measured: nobody watches its messages, they are counted.
import { readPerformativeCode } from '../amqp/frames.ts';
import { Code } from '../amqp/performatives.ts';
import type { Random } from '../kit/random.ts';
import type { Router } from '../router/router.ts';
import type { Configuration, ListenerEntity } from '../schema/configuration.ts';
import type { Channel } from './channel.ts';
import type { SimulatedClock } from './clock.ts';
import { placeOf, RouterNode } from './machine/router-node.ts';
import type { Tap } from './machine/socket.ts';
import type { SimulatedNetwork } from './network/network.ts';
import { type Trunk, Trunks } from './sites/live-links.ts';
import type { Trace } from './trace.ts';
import { FrameReader } from './witness/frame-reader.ts';

/** What all routers together have written to each other. */
export interface Traffic {
  messages: number;
  bytes: number;
}

export interface LightSurroundings {
  readonly clock: SimulatedClock;
  readonly network: SimulatedNetwork;
  readonly trace: Trace;
  readonly traffic: Traffic;
}

export class LightRouter {
  readonly id: string;
  /** Where clients come in. */
  readonly door: string;
  /** Those that have a consumer here. */
  readonly consumed: Channel[] = [];
  readonly #trunks = new Trunks();
  #node: RouterNode | null;

  constructor(world: LightSurroundings, random: Random, configuration: Configuration) {
    this.id = configuration.router.id;
    this.door = placeOf(configuration.listeners.find(({ role }) => role === 'normal') as ListenerEntity);
    const { traffic } = world;
    this.#node = new RouterNode({
      ...world,
      configuration,
      random,
      passwords: null,
      tap: (connection, socket) => {
        this.#trunks.add({ connection, socket });
        return connection.entity.role === 'inter-router' ? countingTap(traffic) : silentTap;
      },
    });
  }

  get router(): Router | null {
    return this.#node?.router ?? null;
  }

  get consumedKeys(): string[] {
    return this.consumed.map(({ name }) => `M0${name}`);
  }

  get trunks(): readonly Trunk[] {
    return this.#node === null ? [] : this.#trunks.opened;
  }

  start(): void {
    this.#node?.start();
  }

  /** For good. */
  kill(): void {
    this.#node?.kill();
    this.#node = null;
  }
}

const silentTap: Tap = { handleInput: () => undefined, handleOutput: () => undefined, handleClosed: () => undefined };

function countingTap(traffic: Traffic): Tap {
  const reader = new FrameReader({
    handleFrame: (bytes, start, end) => {
      if (start < end && readPerformativeCode(bytes, start, end) === Code.Transfer) traffic.messages++;
    },
  });
  return {
    ...silentTap,
    handleOutput: (bytes) => {
      traffic.bytes += bytes.length;
      reader.read(bytes);
    },
  };
}
