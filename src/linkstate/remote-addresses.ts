// The addresses of the other routers: kept per router by their updates, and reported to the core while the router can be reached.
import { isAdvertised } from './local-addresses.ts';
import type { MobileAddressUpdate } from './messages.ts';
import type { LinkStatePort } from './port.ts';
import type { RouterNode } from './router-node.ts';
import type { Warnings } from './warnings.ts';

interface AddressEvent {
  readonly node: RouterNode;
  readonly key: string;
  /** Undefined when the address is gone. */
  readonly hint: number | null | undefined;
}

export class RemoteAddresses {
  readonly #port: LinkStatePort;
  readonly #warnings: Warnings;
  /** What the core has not been told yet, in order. */
  #events: AddressEvent[] = [];

  constructor(port: LinkStatePort, warnings: Warnings) {
    this.#port = port;
    this.#warnings = warnings;
  }

  /**
   * Applies an update if it is the one that comes next, or has all addresses. When updates are missing they are asked for;
   * while the answer is under way the differential ones are left to it.
   */
  handleUpdate(node: RouterNode, update: MobileAddressUpdate, clock: number): void {
    const { mobile } = node;
    const sequence = update.mobile_seq;
    if ('exist' in update) {
      // An answer that was overtaken on its way.
      if (sequence < mobile.held || (sequence === mobile.held && !mobile.isOpen)) return;
      const hints = hintsFor(update.exist, update.hints);
      const remaining = new Set(update.exist);
      for (const key of [...node.addresses.keys()]) if (!remaining.has(key)) this.#remove(node, key);
      update.exist.forEach((key, at) => {
        this.#add(node, key, hints[at] ?? null);
      });
    } else {
      if (sequence <= mobile.held) return;
      if (sequence !== mobile.held + 1 || mobile.isOutstanding) {
        mobile.noteAdvertised(sequence);
        return;
      }
      const hints = hintsFor(update.add, update.hints);
      update.add.forEach((key, at) => {
        this.#add(node, key, hints[at] ?? null);
      });
      for (const key of update.del) this.#remove(node, key);
    }
    node.addressesAt = clock;
    mobile.noteHeld(sequence);
  }

  /** Forgets the addresses of a router that is gone or has started anew. */
  flush(node: RouterNode): void {
    for (const key of [...node.addresses.keys()]) this.#remove(node, key);
    node.mobile.reset();
  }

  /** From now on the core knows the addresses of this router, or does not. */
  announce(node: RouterNode, isAnnounced: boolean): void {
    if (node.isAnnounced === isAnnounced) return;
    node.isAnnounced = isAnnounced;
    for (const [key, hint] of node.addresses) this.#events.push({ node, key, hint: isAnnounced ? hint : undefined });
  }

  /** Tells the core what has changed. */
  report(): void {
    const events = this.#events;
    if (events.length === 0) return;
    this.#events = [];
    for (const { node, key, hint } of events) {
      if (hint === undefined) this.#port.addressRemoved(key, node.id);
      else this.#port.addressAdded(key, node.id, hint);
    }
  }

  #add(node: RouterNode, key: string, hint: number | null): void {
    if (node.addresses.has(key)) return;
    if (!isAdvertised(key)) {
      this.#warnings.warn(`Router ${node.id} advertises ${key}, which is no address to advertise: ignored`);
      return;
    }
    node.setAddress(key, hint);
    if (node.isAnnounced) this.#events.push({ node, key, hint });
  }

  #remove(node: RouterNode, key: string): void {
    if (node.deleteAddress(key) && node.isAnnounced) this.#events.push({ node, key, hint: undefined });
  }
}

/** Hints count only when there is one for each key, and only those that are treatments. */
function hintsFor(keys: readonly string[], hints: readonly number[]): readonly (number | null)[] {
  if (hints.length !== keys.length) return [];
  return hints.map((hint) => (hint >= 0 && hint <= 5 ? hint : null));
}
