// What a publisher has to say: of its own accord in bursts, on the order of an application, and to try out its credit.
import type { Random } from '../../kit/random.ts';
import type { Channel } from '../channel.ts';
import type { MessageOrder } from '../messages.ts';
import type { Client } from './client.ts';
import { drawSize, type SizeStyle } from './sizes.ts';

export interface OrderOptions {
  /** Where messages go. More than one, or none at all (null): only over an anonymous link. */
  readonly channels: readonly (Channel | null)[];
  readonly isAnonymous: boolean;
  readonly sizes: SizeStyle;
  /** Messages that it has to say of its own accord, and the mean time between two bursts of them. */
  readonly count: number;
  readonly everyMs: number;
  readonly burst: number;
}

const ordersMax = 400;
/** When the world is calm so many are still sent; the others were never begun. */
const lastWords = 5;

export class Orders {
  readonly #options: OrderOptions;
  readonly #random: Random;
  #queue: MessageOrder[] = [];
  #toSay: number;
  #isCalm = false;

  constructor(random: Random, options: OrderOptions) {
    this.#random = random;
    this.#options = options;
    this.#toSay = options.count;
  }

  get count(): number {
    return this.#queue.length;
  }

  /** The next one, which stays. */
  get next(): MessageOrder | null {
    return this.#queue[0] ?? null;
  }

  take(): void {
    this.#queue.shift();
  }

  add(order: MessageOrder): void {
    if (this.#queue.length < ordersMax) this.#queue.push(order);
  }

  calm(): void {
    this.#isCalm = true;
    this.#queue.length = Math.min(this.#queue.length, lastWords);
  }

  /** Speaks from now on, whatever becomes of the link; `tell` is called after each burst. */
  speak(client: Client, tell: () => void): void {
    if (this.#isCalm || this.#toSay <= 0) return;
    const { burst, everyMs, isAnonymous, sizes } = this.#options;
    for (let left = Math.min(burst, this.#toSay); left > 0; left--) {
      this.#queue.push(this.#draw(isAnonymous || this.#random.chance(0.2), drawSize(this.#random, sizes)));
    }
    this.#toSay -= burst;
    tell();
    client.later(this.#random.between(1, everyMs * 2), () => this.speak(client, tell));
  }

  /** `count` small messages. */
  probe(count: number): void {
    for (let left = count; left > 0; left--)
      this.#queue.push(this.#draw(this.#options.isAnonymous, this.#random.below(200)));
  }

  #draw(namesChannel: boolean, size: number): MessageOrder {
    return { channel: this.#random.pick(this.#options.channels), namesChannel, size };
  }
}
