// The live links of one connection by name. A name is unique per direction (§2.6.1), so a link in and a link out may share one.
import type { Link } from './link.ts';

export class LinkNames {
  #links: Map<string, Link> | null = null;
  /** Of those that the peer attached: it sends on them, it receives on them. */
  incomingCount = 0;
  outgoingCount = 0;

  /** `isIncoming`: the peer sends on the link asked for. */
  find(name: string, isIncoming: boolean): Link | undefined {
    return this.#links?.get(keyOf(name, isIncoming));
  }

  add(link: Link): void {
    this.#links ??= new Map();
    const key = keyOf(link.name, link.isIncoming);
    const former = this.#links.get(key);
    if (former !== undefined) this.#count(former, -1);
    this.#links.set(key, link);
    this.#count(link, 1);
  }

  /** Does nothing when the name belongs to another link by now. */
  remove(link: Link): void {
    const key = keyOf(link.name, link.isIncoming);
    if (this.#links?.get(key) !== link) return;
    this.#links.delete(key);
    this.#count(link, -1);
  }

  #count({ isInitiator, isIncoming }: Link, by: 1 | -1): void {
    if (isInitiator) return;
    if (isIncoming) this.incomingCount += by;
    else this.outgoingCount += by;
  }
}

function keyOf(name: string, isIncoming: boolean): string {
  return isIncoming ? `<${name}` : `>${name}`;
}
