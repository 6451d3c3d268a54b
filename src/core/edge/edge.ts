// An edge router's side: one connection to an interior router is the uplink, further ones stand by and take over when it is lost.
// Without an uplink the router serves its own clients alone.
//
//   client ─▶ address ─┬─▶ consumer here
//                      ╰─▶ proxy ─▶ uplink          while the interior says that somebody else is there
//   client ─▶ `to` of each message ─▶ anonymous link of the uplink, when nobody is here
import type { Address } from '../address.ts';
import type { ConnectionContext } from '../connection-context.ts';
import type { Core } from '../core.ts';
import type { HeldDelivery } from '../held-delivery.ts';
import { LogLevel } from '../log.ts';
import type { Outlet } from '../outlet.ts';
import type { Producer } from '../producer.ts';
import { expectationMs } from './limits.ts';
import { everywhereKey } from './names.ts';
import { Uplink } from './uplink.ts';

export class Edge {
  readonly core: Core;
  /** In the order in which they opened. */
  readonly #connections: ConnectionContext[] = [];
  #uplink: Uplink | null = null;
  /** Connections to interior routers that are about to end. */
  readonly #leaving = new WeakSet<ConnectionContext>();
  /** Addresses that were reached over a lost uplink, until the next one has answered for them; by the time of the loss. */
  readonly #expected = new Map<Address, number>();

  constructor(core: Core) {
    this.core = core;
  }

  get uplink(): Uplink | null {
    return this.#uplink;
  }

  /** Connections to interior routers, in the order in which they opened. */
  get connections(): readonly ConnectionContext[] {
    return this.#connections;
  }

  // --- connections -------------------------------------------------------------------------------------------------

  connected(context: ConnectionContext): void {
    context.side = this;
    this.#connections.push(context);
    if (this.#uplink === null) this.#activate();
  }

  disconnected(context: ConnectionContext): void {
    const at = this.#connections.indexOf(context);
    if (at < 0) return;
    this.#connections.splice(at, 1);
    if (this.#uplink?.context !== context) return;
    this.#uplink = null;
    this.#activate();
  }

  /**
   * The interior behind `context` is about to end. Another uplink takes over at once; this one brings in what is under way, and ends when
   * the interior closes it. Without another one everything stays as it is.
   */
  leave(context: ConnectionContext): void {
    this.#leaving.add(context);
    if (this.#uplink?.context !== context || this.#connections.every((one) => this.#leaving.has(one))) return;
    this.#uplink.handOver();
    this.#activate();
  }

  #activate(): void {
    const context = this.#connections.find((one) => !this.#leaving.has(one));
    if (context === undefined) {
      this.handleSecond(Number.POSITIVE_INFINITY);
      this.#log('no uplink is left: this router serves its own clients alone');
      return;
    }
    this.#log(`uplink is ${context.label} to ${context.connection.remoteContainerId}`);
    this.#uplink = new Uplink(this.core, context);
    this.#uplink.attachAll();
  }

  /** The uplink over which the address was reached is lost. If another one stands by, what comes for the address waits for it. */
  handleWayLost(address: Address, over: ConnectionContext): void {
    if (!this.#connections.some((context) => context !== over && context.connection.isOpened)) return;
    this.#expected.set(address, this.core.nowMs);
    address.setExpected(true);
  }

  /** The address is reached again. */
  handleWayFound(address: Address): void {
    if (this.#expected.delete(address)) address.setExpected(false);
  }

  get isExpecting(): boolean {
    return this.#expected.size > 0;
  }

  /** Once a second while {@link isExpecting}: nobody waits for ever. */
  handleSecond(nowMs: number): void {
    for (const [address, sinceMs] of [...this.#expected])
      if (nowMs - sinceMs >= expectationMs) this.handleWayFound(address);
  }

  #log(text: string): void {
    const { log } = this.core;
    if (log.enabled('ROUTER_CORE', LogLevel.Notice)) log.write('ROUTER_CORE', LogLevel.Notice, `Edge: ${text}`);
  }

  // --- addresses ---------------------------------------------------------------------------------------------------

  handleFirstConsumer(address: Address): void {
    this.#uplink?.handleFirstConsumer(address);
  }

  handleLastConsumer(address: Address): void {
    this.#uplink?.handleLastConsumer(address);
  }

  handleFirstProducer(address: Address): void {
    this.#uplink?.handleFirstProducer(address);
  }

  handleLastProducer(address: Address): void {
    this.#uplink?.handleLastProducer(address);
  }

  /** Where a message of an anonymous client goes whose address is `found` here: over the uplink when nobody is here. hot */
  addressFor(found: Address | null): Address | null {
    if (found?.hasOutlets) return found;
    const { addresses } = this.core;
    const everywhere = addresses.byKey(everywhereKey);
    return everywhere?.hasOutlets ? everywhere : found;
  }

  /** Where a message of an anonymous client goes when the last consumer here has left: over the uplink, unless that is just what was lost. */
  beyond({ isFlowing }: HeldDelivery): Address | null {
    const everywhere = this.core.addresses.byKey(everywhereKey);
    return !isFlowing && everywhere?.hasOutlets ? everywhere : null;
  }

  /** For a multicast that has no proxy, or whose proxy waits for the word of the interior: the uplink beside the consumers here. hot for multicast */
  outletBeside(address: Address, producer: Producer): Outlet | null {
    if (producer.avoids !== null || address.key === everywhereKey) return null;
    return this.#uplink?.anonymousFor(address) ?? null;
  }
}
