// Link routes of other routers (keys of class C, D, E and F). They are kept and shown; this router carries none out yet.

export class LinkRoutes {
  readonly #routers = new Map<string, Set<string>>();

  isOne(key: string): boolean {
    return 'CDEF'.includes(key.charAt(0));
  }

  get all(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#routers;
  }

  /** Gives a warning for the first router that has this one. */
  add(key: string, routerId: string): string | null {
    const known = this.#routers.get(key);
    if (known !== undefined) {
      known.add(routerId);
      return null;
    }
    this.#routers.set(key, new Set([routerId]));
    const direction = key.startsWith('C') || key.startsWith('E') ? 'in' : 'out';
    return `Link route ${JSON.stringify(key.slice(1))} (${direction}) of router ${routerId} is cut here: this router does not carry out link routes yet, and refuses links of it`;
  }

  remove(key: string, routerId: string): void {
    const known = this.#routers.get(key);
    known?.delete(routerId);
    if (known?.size === 0) this.#routers.delete(key);
  }
}
