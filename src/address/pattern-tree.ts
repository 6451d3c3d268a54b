// Address patterns, and the best one for an address.
//
// Tokens stand between `.` or `/` (the two are one); `*` is any one token, `#` any number of them, also none.
// A prefix p is the pattern `p/#`. At each token a literal wins over `*`, and `*` over `#`; where that leads nowhere the
// next one is tried. So precedence is decided at the first token in which two patterns differ.
//
//        root                 a.b.c ──▶ 1
//         └─ a                a.b.x ──▶ 2   (* before #)
//            └─ b             a.b   ──▶ 3   (# of no token)
//               ├─ c  = 1
//               ├─ *  = 2
//               └─ #  = 3
import { assert } from '../kit/assert.ts';

interface Node<T> {
  literals: Map<string, Node<T>> | null;
  star: Node<T> | null;
  hash: Node<T> | null;
  value: T | null;
}

/** For each `#` node met during one match, the lowest token from which everything behind it has been tried in vain. */
type Exhausted<T> = Map<Node<T>, number>;

/** The tokens of an address or a pattern. Separators at the front and one at the end are not tokens. */
export function tokensOf(text: string): string[] {
  let start = 0;
  while (start < text.length && (text[start] === '.' || text[start] === '/')) start += 1;
  if (start === text.length) return [];
  const tokens = text.slice(start).split(/[./]/);
  if (tokens[tokens.length - 1] === '') tokens.pop();
  return tokens;
}

/**
 * The tokens in the one form that all patterns with the same meaning share: `#.#` is `#`, and `#.*` is `*.#`,
 * so that of each run of wildcards the stars come first and at most one `#` ends it.
 */
export function normalisePattern(pattern: string): string[] {
  const normal: string[] = [];
  let runHasHash = false;
  for (const token of tokensOf(pattern)) {
    if (token === '#') {
      runHasHash = true;
      continue;
    }
    if (runHasHash && token !== '*') {
      normal.push('#');
      runHasHash = false;
    }
    normal.push(token);
  }
  if (runHasHash) normal.push('#');
  return normal;
}

/** Values by pattern. A value is never null or undefined. */
export class PatternTree<T extends NonNullable<unknown>> {
  #root: Node<T> = emptyNode();
  #size = 0;

  /** Patterns held. */
  get size(): number {
    return this.#size;
  }

  /** Files `value` under `pattern`. False, and nothing changed, when a pattern with the same normal form is there. */
  insert(pattern: string, value: T): boolean {
    assert(value !== null && value !== undefined, 'a pattern needs a value');
    let node = this.#root;
    for (const token of normalisePattern(pattern)) node = childOf(node, token) ?? addChild(node, token);
    if (node.value !== null) return false;
    node.value = value;
    this.#size += 1;
    return true;
  }

  /** The value that was filed under this very pattern (in its normal form), or null. */
  remove(pattern: string): T | null {
    const tokens = normalisePattern(pattern);
    const path: Node<T>[] = [this.#root];
    for (const token of tokens) {
      const next = childOf(path[path.length - 1], token);
      if (next === null) return null;
      path.push(next);
    }
    const value = path[tokens.length].value;
    if (value === null) return null;
    path[tokens.length].value = null;
    this.#size -= 1;
    for (let depth = tokens.length; depth > 0 && isBare(path[depth]); depth--)
      dropChild(path[depth - 1], tokens[depth - 1]);
    return value;
  }

  /** The value of the best pattern for `address` (see `stripAddress`), or null when none matches. */
  match(address: string): T | null {
    if (this.#size === 0) return null;
    return find(this.#root, tokensOf(address), 0, new Map());
  }
}

/** What lies below `node` for the tokens from `at` on. The depth of the recursion is that of the tree. */
function find<T>(node: Node<T>, tokens: readonly string[], at: number, exhausted: Exhausted<T>): T | null {
  if (at === tokens.length && node.value !== null) return node.value;
  if (at < tokens.length) {
    const literal = node.literals?.get(tokens[at]);
    const viaLiteral = literal ? find(literal, tokens, at + 1, exhausted) : null;
    if (viaLiteral !== null) return viaLiteral;
    const viaStar = node.star ? find(node.star, tokens, at + 1, exhausted) : null;
    if (viaStar !== null) return viaStar;
  }
  return node.hash ? findBehindHash(node.hash, tokens, at, exhausted) : null;
}

/**
 * Tries what follows the `#` behind each number of tokens, fewest first. Addresses come from strangers: without the note of
 * what was tried, `#.a.#.a.#.b` would cost time exponential in the number of its hashes.
 */
function findBehindHash<T>(hash: Node<T>, tokens: readonly string[], from: number, exhausted: Exhausted<T>): T | null {
  const until = Math.min(exhausted.get(hash) ?? tokens.length, tokens.length);
  for (let at = from; at < until; at++) {
    const literal = hash.literals?.get(tokens[at]);
    const found = literal ? find(literal, tokens, at + 1, exhausted) : null;
    if (found !== null) return found;
  }
  exhausted.set(hash, Math.min(from, until));
  return hash.value;
}

function emptyNode<T>(): Node<T> {
  return { literals: null, star: null, hash: null, value: null };
}

function isBare<T>(node: Node<T>): boolean {
  return node.value === null && node.star === null && node.hash === null && node.literals === null;
}

function childOf<T>(node: Node<T>, token: string): Node<T> | null {
  if (token === '*') return node.star;
  if (token === '#') return node.hash;
  return node.literals?.get(token) ?? null;
}

function addChild<T>(node: Node<T>, token: string): Node<T> {
  const child = emptyNode<T>();
  if (token === '*') node.star = child;
  else if (token === '#') node.hash = child;
  else (node.literals ??= new Map()).set(token, child);
  return child;
}

function dropChild<T>(node: Node<T>, token: string): void {
  if (token === '*') node.star = null;
  else if (token === '#') node.hash = null;
  else if (node.literals?.delete(token) && node.literals.size === 0) node.literals = null;
}
