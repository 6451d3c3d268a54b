// This router's own link state: its neighbours, and what it has told the others of them.
//
//   peers      who is a neighbour now: our own paths are computed with it
//   published  nothing until we know the network, then what the others know under the latest sequence number: requests are answered with it
import { isSamePeers, type Peers } from './link-state-graph.ts';
import { noPeers } from './router-node.ts';

export class OwnLinkState {
  readonly #firstSequence: number;
  #peers: Peers = noPeers;
  #published: Peers = noPeers;
  #sequence = 0;
  #isWorse = false;
  #isWithheld = false;
  #isJoining = true;

  /** @param firstSequence of what is published first, see settings.ts */
  constructor(firstSequence = 1) {
    this.#firstSequence = firstSequence;
  }

  /** Of what is published; 0 until there was a first neighbour. */
  get sequence(): number {
    return this.#sequence;
  }

  /** A new object after each change. */
  get peers(): Peers {
    return this.#peers;
  }

  get published(): Peers {
    return this.#published;
  }

  /** Whether something is to be published. */
  get isChanged(): boolean {
    return this.#published !== this.#wanted && !isSamePeers(this.#published, this.#wanted);
  }

  /** Whether the others go on counting on something that is gone: then they must know at once. */
  get isUrgent(): boolean {
    return this.#isWorse && this.isChanged;
  }

  setPeer(id: string, cost: number): void {
    const before = this.#peers.get(id);
    if (before === cost) return;
    if (before !== undefined && before < cost) this.#isWorse = true;
    this.#peers = new Map(this.#peers).set(id, cost);
  }

  removePeer(id: string): void {
    if (!this.#peers.has(id)) return;
    this.#isWorse = true;
    const peers = new Map(this.#peers);
    peers.delete(id);
    this.#peers = peers;
    if (peers.size === 0) this.#isJoining = true;
  }

  /** From now on the others are told that we have no neighbours: they reach us, but go no longer through us. */
  withhold(): void {
    this.#isWithheld = true;
    this.#isWorse = true;
  }

  /** Whether the others are told of no neighbours yet, see {@link joined}. */
  get isJoining(): boolean {
    return this.#isJoining;
  }

  /**
   * This router knows what is where. Until then it was reached, but nobody went through it: it would have sent back what it does not know
   * yet. One that has lost all neighbours begins anew.
   */
  joined(): void {
    this.#isJoining = false;
  }

  /** Publishes what has changed, if anything, under the next sequence number. */
  publish(): boolean {
    const isChanged = this.isChanged;
    this.#published = this.#wanted;
    this.#isWorse = false;
    if (isChanged) this.#sequence = Math.max(this.#sequence + 1, this.#firstSequence);
    return isChanged;
  }

  get #wanted(): Peers {
    return this.#isWithheld || this.#isJoining ? noPeers : this.#peers;
  }
}
