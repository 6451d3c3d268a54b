// The messages that we make, and which of them single routers are owed: requests to them, and answers to theirs. A router is
// written to only while there is a path to it; what is due waits until then.
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

  forget(node: RouterNode): void {
    this.#noted.delete(node);
  }

  /** What was not answered since the last tick is asked for again. */
  tick(nodes: Iterable<RouterNode>): void {
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
  sendLinkStates(): void {
    for (const node of this.#noted) {
      if (!node.isReachable) continue;
      if (node.linkState.isDue) {
        node.linkState.noteAsked();
        this.#port.send({ opcode: 'LSR', ...this.#common() }, { kind: 'router', id: node.id });
      }
      if (node.owedLinkState) {
        node.owedLinkState = false;
        this.#port.send(this.composeLinkStateUpdate(), { kind: 'router', id: node.id });
      }
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
