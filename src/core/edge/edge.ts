// An edge router's side: one connection to an interior router is the uplink, further ones stand by and take over when it is lost.
// Without an uplink the router serves its own clients alone.
//
//   client ─▶ address ─┬─▶ consumer here
//                      ╰─▶ proxy ─▶ uplink          while the interior says that somebody else is there
//   client ─▶ `to` of each message ─▶ anonymous link of the uplink, when nobody is here
import type { Address } from '../address.ts';
import type { ConnectionContext } from '../connection-context.ts';
import type { Core } from '../core.ts';
import { LogLevel } from '../log.ts';
import type { Outlet } from '../outlet.ts';
import type { Producer } from '../producer.ts';
import { everywhereKey } from './names.ts';
import { Uplink } from './uplink.ts';

export class Edge {
  readonly core: Core;
  /** In the order in which they opened. */
  readonly #connections: ConnectionContext[] = [];
  #uplink: Uplink | null = null;

  constructor(core: Core) {
    this.core = core;
  }

  get uplink(): Uplink | null {
    return this.#uplink;
  }

  /** Connections to interior routers, the active one first. */
  get connections(): readonly ConnectionContext[] {
    return this.#connections;
  }

  // --- connections -------------------------------------------------------------------------------------------------

  connected(context: ConnectionContext): void {
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

  #activate(): void {
    const [context] = this.#connections;
    if (context === undefined) {
      this.#log('no uplink is left: this router serves its own clients alone');
      return;
    }
    this.#log(`uplink is ${context.label} to ${context.connection.remoteContainerId}`);
    this.#uplink = new Uplink(this.core, context);
    this.#uplink.attachAll();
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

  /** For a multicast of an anonymous client, which has no proxy: the uplink beside the consumers here. hot for multicast */
  outletBeside(address: Address, producer: Producer): Outlet | null {
    if (producer.address !== null || producer.avoids !== null || address.key === everywhereKey) return null;
    return this.#uplink?.anonymousFor(address) ?? null;
  }
}
