// The links of one session by handle: ours, and the peer's (§2.6.2). Handles that were given back are used again.
import type { Link } from './link.ts';

export class LinkTable {
  readonly #own: (Link | undefined)[] = [];
  readonly #remote: (Link | undefined)[] = [];
  readonly #freeHandles: number[] = [];

  /** Links on which the peer's handle is bound, or ours. */
  get all(): Link[] {
    return this.#own.filter((link): link is Link => link !== undefined);
  }

  /** By the peer's handle, as a bit pattern. hot */
  byRemote(handle: number): Link | undefined {
    return this.#remote[handle];
  }

  byOwn(handle: number): Link | undefined {
    return this.#own[handle];
  }

  /** The handle of the next link that is added. */
  get nextHandle(): number {
    return this.#freeHandles.at(-1) ?? this.#own.length;
  }

  /** Adds a link with {@link nextHandle}. */
  add(link: Link): void {
    this.#freeHandles.pop();
    this.#own[link.handle] = link;
  }

  bindRemote(link: Link, handle: number): void {
    link.remoteHandle = handle;
    this.#remote[handle] = link;
  }

  /** Both sides have detached: the handles are free. False when the link is not here any more. */
  release(link: Link): boolean {
    if (this.#own[link.handle] !== link) return false;
    this.#own[link.handle] = undefined;
    this.#freeHandles.push(link.handle);
    if (link.remoteHandle >= 0) this.#remote[link.remoteHandle] = undefined;
    return true;
  }

  clear(): void {
    this.#own.length = 0;
    this.#remote.length = 0;
    this.#freeHandles.length = 0;
  }
}
