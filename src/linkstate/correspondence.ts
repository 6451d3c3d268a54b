// The messages that we make, and which of them single routers are owed: requests to them, and answers to theirs. A router is
// written to only while there is a path to it; what is due waits until then.
import { expectedMs, requestsMax } from './limits.ts';
import type { AddressChanges, LocalAddresses } from './local-addresses.ts';
import {
  type DifferentialUpdate,
  type Hello,
  type LinkStateUpdate,
  protocolVersion,
  type RouterAdvertisement,
} from './messages.ts';
import type { OwnLinkState } from './own-link-state.ts';
import type { LinkStatePort } from './port.ts';
import type { RouterNode } from './router-node.ts';
import type { LinkStateSettings } from './settings.ts';

export class Correspondence {
  readonly #ownId: string;
  readonly #ownInstance: number;
  readonly #ownLinkState: OwnLinkState;
  readonly #localAddresses: LocalAddresses;
  readonly #port: LinkStatePort;
  /** Routers to which something may be due. */
  readonly #noted = new Set<RouterNode>();
  /** Those whose news are coming by flood, with the time until which they are waited for; the first to be over is the first. */
  readonly #expected = new Map<RouterNode, number>();
  /** Those whose link state was asked for since the last tick, and had not come when we last looked. */
  readonly #asked = new Set<RouterNode>();
  /** Those that are asked as soon as fewer are. */
  readonly #waiting = new Set<RouterNode>();
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(
    settings: LinkStateSettings,
    ownLinkState: OwnLinkState,
    localAddresses: LocalAddresses,
    port: LinkStatePort,
  ) {
    this.#ownId = settings.routerId;
    this.#ownInstance = settings.instance;
    this.#ownLinkState = ownLinkState;
    this.#localAddresses = localAddresses;
    this.#port = port;
  }

  /** Something may be due to `node`: look at the end of the turn. */
  note(node: RouterNode): void {
    this.#noted.add(node);
  }

  /** What `node` has to tell is coming unasked, so it is asked only if that takes too long. */
  expect(node: RouterNode, clock: number): void {
    const isExpected = [node.linkState, node.mobile].filter((inquiry) => inquiry.expect()).length > 0;
    if (isExpected && !this.#expected.has(node)) this.#expected.set(node, clock + expectedMs);
  }

  /** Nothing of `node` may be on its way by itself: it is asked at once for what is not known. */
  seek(node: RouterNode): void {
    node.linkState.isExpected = false;
    node.mobile.isExpected = false;
    if (this.#expected.delete(node)) this.#noted.add(node);
  }

  forget(node: RouterNode): void {
    for (const nodes of [this.#noted, this.#expected, this.#asked, this.#waiting]) nodes.delete(node);
  }

  /** When something is no longer waited for. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** What was not answered since the last tick is asked for again. */
  tick(nodes: Iterable<RouterNode>): void {
    this.#asked.clear();
    for (const node of nodes) {
      node.linkState.tick();
      node.mobile.tick();
      if (node.linkState.isOpen || node.mobile.isOpen) this.#noted.add(node);
    }
  }

  composeHello(seen: readonly string[]): Hello {
    return { opcode: 'HELLO', ...this.#common(), instance: this.#ownInstance, seen };
  }

  composeRouterAdvertisement(): RouterAdvertisement {
    return {
      opcode: 'RA',
      ...this.#common(),
      instance: this.#ownInstance,
      ls_seq: this.#ownLinkState.sequence,
      mobile_seq: this.#localAddresses.sequence,
    };
  }

  /** Changes of our addresses that have just become the latest. */
  composeDifferential({ hints, add, del }: AddressChanges): DifferentialUpdate {
    return { opcode: 'MAU', ...this.#common(), mobile_seq: this.#localAddresses.sequence, hints, add, del };
  }

  /** Our link state as it is published now. */
  composeLinkStateUpdate(): LinkStateUpdate {
    const { sequence, published } = this.#ownLinkState;
    return {
      opcode: 'LSU',
      ...this.#common(),
      instance: this.#ownInstance,
      ls_seq: sequence,
      ls: { id: this.#ownId, area: '0', ls_seq: sequence, peers: published },
    };
  }

  /** Requests and answers about link states. */
  sendLinkStates(clock: number): void {
    this.#seekOverdue(clock);
    for (const node of this.#noted) {
      if (!node.isReachable) continue;
      if (node.linkState.isDue) this.#waiting.add(node);
      if (node.owedLinkState) {
        node.owedLinkState = false;
        this.#port.send(this.composeLinkStateUpdate(), { kind: 'router', id: node.id });
      }
    }
    this.#askForLinkStates();
  }

  #seekOverdue(clock: number): void {
    this.#dueAt = Number.POSITIVE_INFINITY;
    for (const [node, until] of this.#expected) {
      if (until <= clock) this.seek(node);
      else if (node.linkState.isExpected || node.mobile.isExpected) {
        this.#dueAt = until;
        return;
      } else this.#expected.delete(node);
    }
  }

  /** A few at a time: while they answer, floods may bring what the others would be asked for. */
  #askForLinkStates(): void {
    if (this.#waiting.size === 0) return;
    for (const node of this.#asked) if (!node.linkState.isOpen) this.#asked.delete(node);
    for (const node of this.#waiting) {
      if (this.#asked.size >= requestsMax) return;
      this.#waiting.delete(node);
      if (!node.isReachable || !node.linkState.isDue) continue;
      node.linkState.noteAsked();
      this.#asked.add(node);
      this.#port.send({ opcode: 'LSR', ...this.#common() }, { kind: 'router', id: node.id });
    }
  }

  /**
   * Requests and answers about addresses; to be called last. A router whose link state was asked for and has not come may not
   * know us yet, and would not heed a MAR.
   */
  sendAddresses(): void {
    for (const node of this.#noted) {
      if (!node.isReachable) continue;
      if (node.mobile.isDue && !node.linkState.isWanted) {
        node.mobile.noteAsked();
        // Without known news there may be no answer: ask once.
        node.mobile.isWanted = false;
        this.#port.send(
          { opcode: 'MAR', ...this.#common(), have_seq: node.mobile.held },
          { kind: 'router', id: node.id },
        );
      }
      if (node.owedAddresses) {
        node.owedAddresses = false;
        this.#sendAllAddresses(node);
      }
    }
    this.#noted.clear();
  }

  #sendAllAddresses(node: RouterNode): void {
    const { published, sequence } = this.#localAddresses;
    this.#port.send(
      {
        opcode: 'MAU',
        ...this.#common(),
        mobile_seq: sequence,
        exist: [...published.keys()],
        hints: [...published.values()],
      },
      { kind: 'router', id: node.id },
    );
  }

  #common(): { id: string; pv: number; area: '0' } {
    return { id: this.#ownId, pv: protocolVersion, area: '0' };
  }
}
