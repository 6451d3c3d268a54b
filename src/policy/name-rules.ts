// Which addresses a list of a user group allows, compiled when the list is read.
//
//   queue.a        that address               tmp*            every address that begins with tmp
//   in.${user}     with the user's own name   in.${user}.*    the same, and what begins with it
//   *              every address              (nothing)       none
//
// Two names of one address are the same here: `/queue.a`, `amqp:/queue.a` and `amqp://host/queue.a` are compared as `queue.a`, for
// otherwise `tmp*` would allow `tmp://x/secret`, which is the address `secret`.
import { stripAddress } from '../address/address-key.ts';
import { PatternTree } from '../address/pattern-tree.ts';
import type { VhostGroup } from '../schema/vhost.ts';
import { USER_TOKEN } from '../schema/vhost-rules.ts';

export interface NameRules {
  /** Whether `user` may use this address, a text as peers write it. */
  allows(address: string, user: string): boolean;
}

/** `sources` and `sourcePattern` of a group, or its targets. The patterns hold when there are some. */
export function compileNames(texts: readonly string[], patterns: readonly string[]): NameRules {
  return patterns.length > 0 ? new PatternRules(patterns) : new TextRules(texts);
}

export function sourcesOf({ sources, sourcePattern }: VhostGroup): NameRules {
  return compileNames(sources, sourcePattern);
}

export function targetsOf({ targets, targetPattern }: VhostGroup): NameRules {
  return compileNames(targets, targetPattern);
}

/** An item with the user's name in it: what stands before and behind. */
interface UserItem {
  readonly before: string;
  readonly behind: string;
  readonly isPrefix: boolean;
}

class TextRules implements NameRules {
  #isAny = false;
  readonly #exact = new Set<string>();
  readonly #prefixes: string[] = [];
  readonly #withUser: UserItem[] = [];

  constructor(items: readonly string[]) {
    for (const item of items) this.#add(item);
  }

  #add(item: string): void {
    if (item === '*') {
      this.#isAny = true;
      return;
    }
    // A star counts where it was written: not in the name of a user.
    const isPrefix = item.endsWith('*');
    // Of a prefix the separator at its end stays: `queue/*` does not allow `queues`.
    const text = isPrefix ? withoutHost(item.slice(0, -1)) : stripAddress(item);
    const [before = '', behind] = text.split(USER_TOKEN);
    if (behind !== undefined) this.#withUser.push({ before, behind, isPrefix });
    else if (isPrefix) this.#prefixes.push(text);
    else this.#exact.add(text);
  }

  allows(address: string, user: string): boolean {
    const name = stripAddress(address);
    if (name === '') return false;
    if (this.#isAny || this.#exact.has(name)) return true;
    if (this.#prefixes.some((prefix) => name.startsWith(prefix))) return true;
    return this.#withUser.some(({ before, behind, isPrefix }) => {
      const text = before + user + behind;
      return isPrefix ? name.startsWith(text) : name === text;
    });
  }
}

/** Stands for the user's name in the tree: no address that a peer writes can have it. */
const userWord = '\u0000user';

class PatternRules implements NameRules {
  readonly #tree = new PatternTree<true>();
  #namesUser = false;

  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) {
      if (pattern.includes(USER_TOKEN)) this.#namesUser = true;
      this.#tree.insert(pattern.replace(USER_TOKEN, userWord), true);
    }
  }

  allows(address: string, user: string): boolean {
    const name = stripAddress(address);
    if (name === '' || name.includes(userWord)) return false;
    if (this.#tree.match(name) !== null) return true;
    return this.#namesUser && user !== '' && (this.#matchesFirst(name, user) || this.#matchesLast(name, user));
  }

  /** The user's name may hold separators itself: as a whole it is one word. */
  #matchesFirst(name: string, user: string): boolean {
    if (!name.startsWith(user)) return false;
    const rest = name.slice(user.length);
    return (rest === '' || isSeparator(rest[0])) && this.#tree.match(userWord + rest) !== null;
  }

  #matchesLast(name: string, user: string): boolean {
    if (!name.endsWith(user)) return false;
    const front = name.slice(0, name.length - user.length);
    return isSeparator(front.at(-1)) && this.#tree.match(front + userWord) !== null;
  }
}

function isSeparator(letter: string | undefined): boolean {
  return letter === '.' || letter === '/';
}

/** As `stripAddress`, but what stands at the end stays. */
function withoutHost(text: string): string {
  return stripAddress(`${text}x`).slice(0, -1);
}
