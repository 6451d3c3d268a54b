// The live links of one connection by name. A name is unique per direction (§2.6.1), so a link in and a link out may share one.
import type { Link } from './link.ts';

export class LinkNames {
  #links: Map<string, Link> | null = null;

  /** `isIncoming`: the peer sends on the link asked for. */
  find(name: string, isIncoming: boolean): Link | undefined {
    return this.#links?.get(keyOf(name, isIncoming));
  }

  add(link: Link): void {
    this.#links ??= new Map();
    this.#links.set(keyOf(link.name, link.isIncoming), link);
  }

  /** Does nothing when the name belongs to another link by now. */
  remove(link: Link): void {
    const key = keyOf(link.name, link.isIncoming);
    if (this.#links?.get(key) === link) this.#links.delete(key);
  }
}

function keyOf(name: string, isIncoming: boolean): string {
  return isIncoming ? `<${name}` : `>${name}`;
}
