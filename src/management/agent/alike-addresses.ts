// Addresses with consumers that may be the one that was meant: the same name in another phase, another spelling of it, or the name with
// something more or less in front.
import type { Address } from '../../core/address.ts';

export interface AlikeAddress {
  readonly key: string;
  /** On this router. */
  readonly consumers: number;
  /** Other routers with consumers. */
  readonly routers: readonly string[];
}

/** `key` is of class M. Other phases come first. Looks at every address: cold. */
export function othersLike(addresses: Iterable<Address>, key: string): AlikeAddress[] {
  const name = key.slice(2);
  const plain = plainName(name);
  const samePhase: AlikeAddress[] = [];
  const alike: AlikeAddress[] = [];
  for (const address of addresses) {
    if (address.key === key || !address.key.startsWith('M') || !address.hasOutlets) continue;
    const other = address.key.slice(2);
    if (other === name) samePhase.push(told(address));
    else if (isAlike(plain, plainName(other))) alike.push(told(address));
  }
  return [...samePhase, ...alike];
}

function told({ key, consumers, remotes }: Address): AlikeAddress {
  const routers = [...(remotes?.routers ?? [])].map(({ id }) => id);
  return { key, consumers: consumers.filter(({ isUplink }) => !isUplink).length, routers };
}

/** Case and the kind of separator do not matter here. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[./:_-]+/g, '/');
}

/** Alike: equal, one behind a prefix of the other (`queue/orders`, `orders`), or a letter or two apart. */
function isAlike(a: string, b: string): boolean {
  if (a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`)) return true;
  if (Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < 4) return false;
  return isOneEdit(a, b);
}

/** One letter more, less, or another; or two neighbours swapped. */
function isOneEdit(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  return left.length <= 1 && right.length <= 1 ? true : left.length === 2 && left === [...right].reverse().join('');
}
