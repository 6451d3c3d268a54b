// Addresses of class R: everything at one other router (`_topo/0/<id>/…`), such as reply addresses and its management. They have that
// router as their only destination, for as long as it is known.
import type { Address } from '../address.ts';
import type { Mesh } from './mesh.ts';

export class RouterAddresses {
  readonly #mesh: Mesh;
  readonly #addresses = new Map<string, Address>();

  constructor(mesh: Mesh) {
    this.#mesh = mesh;
  }

  /** The record for a router that is known. */
  find(id: string): Address | null {
    const known = this.#addresses.get(id);
    if (known !== undefined && !known.isRemoved) return known;
    if (this.#mesh.protocol.router(id) === null) return null;
    const address = this.#mesh.core.addresses.ofKey(`R${id}`, null);
    if (address !== null) this.add(address, id);
    return address;
  }

  add(address: Address, id: string): void {
    this.#addresses.set(id, address);
    const router = this.#mesh.protocol.router(id);
    if (router !== null) address.addRemote(router);
  }

  /** Routers may have become known, or forgotten. */
  handleRoutesChanged(): void {
    for (const [id, address] of this.#addresses) {
      const router = this.#mesh.protocol.router(id);
      if (router === null) address.removeRemote(id);
      else address.addRemote(router);
      if (address.isRemoved) this.#addresses.delete(id);
    }
  }
}
