// A place in the network at which a router runs, one life after another.
//
//   down ──start──▶ up ──crash──▶ down
//                   ╰───drain──▶ (still up) ──stopped──▶ down
import { assert } from '../../kit/assert.ts';
import { Random } from '../../kit/random.ts';
import type { Router } from '../../router/router.ts';
import type { Configuration } from '../../schema/configuration.ts';
import type { Channel } from '../channel.ts';
import { placeOf } from '../machine/router-node.ts';
import { Life, type RouterSurroundings } from './life.ts';
import type { Trunk } from './live-links.ts';

export class Site {
  /** The id of its router. */
  readonly id: string;
  readonly configuration: Configuration;
  /** Where clients come in. */
  readonly doors: readonly string[];
  /** null while it is down. */
  life: Life | null = null;
  /** All lives, the present one last. */
  readonly lives: Life[] = [];
  /** When each of its drains had to be over. */
  readonly drainEnds: number[] = [];
  /** Told when a router has come to the end of a turn, started, or ended. */
  onChange: () => void = () => undefined;
  readonly #world: RouterSurroundings;
  readonly #random: Random;
  readonly #name: string;
  readonly #isConsumed: (channel: Channel, at: Site) => boolean;

  /** `name` stands before the names of its connections, for people. */
  constructor(
    world: RouterSurroundings,
    random: Random,
    configuration: Configuration,
    name: string,
    isConsumed: (channel: Channel, at: Site) => boolean,
  ) {
    this.id = configuration.router.id;
    this.configuration = configuration;
    this.doors = configuration.listeners.filter(({ role }) => role === 'normal').map(placeOf);
    this.#world = world;
    this.#random = random;
    this.#name = name;
    this.#isConsumed = isConsumed;
  }

  get isDraining(): boolean {
    return this.router?.core.isDraining === true;
  }

  get router(): Router | null {
    return this.life?.node.router ?? null;
  }

  get trunks(): Trunk[] {
    return this.life?.trunks.opened ?? [];
  }

  get isEdge(): boolean {
    return this.configuration.router.mode === 'edge';
  }

  /**
   * Keys of the addresses that other routers are to know of here: of what clients and the edge routers of this one consume, and of
   * the edge routers themselves. One that drains tells of none.
   */
  get consumedKeys(): string[] {
    if (this.life === null || this.isDraining) return [];
    const links = this.life.witness.links.filter(({ isLive, isFromSender }) => isLive && !isFromSender);
    return links.flatMap(({ channel, kind, downlinkTo }) => {
      if (downlinkTo !== null) return [`H${downlinkTo}`];
      return kind !== 'control' && channel !== null && isMobile(channel.name) ? [`M0${channel.name}`] : [];
    });
  }

  get isHung(): boolean {
    return this.life?.node.machine.isHung === true;
  }

  start(): void {
    assert(this.life === null, 'one life at a time');
    const random = new Random(this.#random.uint32());
    const life = new Life(this.#world, random, this.configuration, this.#name, (channel) =>
      this.#isConsumed(channel, this),
    );
    this.life = life;
    this.lives.push(life);
    life.node.machine.onTurnEnded = () => {
      life.witness.endTurn();
      this.onChange();
    };
    life.node.start();
  }

  /** Its process is killed. */
  crash(): void {
    this.#say('is killed');
    this.#end();
  }

  /** It stands still for so long. */
  hang(ms: number): void {
    this.#say(`hangs for ${ms} ms`);
    this.life?.node.machine.hang(ms);
  }

  /** It is told to stop; `stopped` is called when its process has ended of its own accord. */
  drain(stopped: () => void): void {
    const { life } = this;
    if (life === null || this.isDraining) return;
    this.#say('is told to stop');
    const { node } = life;
    this.drainEnds.push(this.#world.clock.now + this.configuration.router.drainSeconds * 1000);
    node.onStopped = () => {
      this.#world.clock.after(0, () => {
        if (this.life !== life) return;
        this.#say('has stopped');
        this.#end();
        stopped();
      });
    };
    node.machine.turn(() => node.router.drain(this.#world.clock.now));
  }

  #end(): void {
    this.life?.node.kill();
    this.life = null;
    this.onChange();
  }

  #say(what: string): void {
    const { trace, clock } = this.#world;
    if (trace.isOn) trace.line(clock.now, this.id, `════ ${what}`);
  }
}

/** Others are told of mobile addresses, but not of local and topological ones. */
function isMobile(name: string): boolean {
  return !name.startsWith('_') && !name.includes('/_');
}
