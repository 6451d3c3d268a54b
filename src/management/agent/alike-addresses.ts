// Addresses with consumers that may be the one that was meant: the same name in another phase, another spelling of it, or the name with
// something more or less in front.
import type { Address } from '../../core/address.ts';
import { sliceItems } from './limits.ts';
import type { Task } from './work.ts';

export interface AlikeAddress {
  readonly key: string;
  /** On this router. */
  readonly consumers: number;
  /** Other routers with consumers. */
  readonly routers: readonly string[];
}

/** Looks through all addresses, a slice at a time. `key` is of class M. */
export class AlikeAddresses implements Task {
  readonly #addresses: Iterator<Address>;
  readonly #key: string;
  readonly #name: string;
  readonly #samePhase: AlikeAddress[] = [];
  readonly #alike: AlikeAddress[] = [];
  readonly #done: (found: AlikeAddress[]) => void;

  /** @param done gets those found, other phases first */
  constructor(addresses: Iterable<Address>, key: string, done: (found: AlikeAddress[]) => void) {
    this.#addresses = addresses[Symbol.iterator]();
    this.#key = key;
    this.#name = key.slice(2);
    this.#done = done;
  }

  step(): boolean {
    for (let count = 0; count < sliceItems; count++) {
      const { done, value } = this.#addresses.next();
      if (done) {
        this.#done([...this.#samePhase, ...this.#alike].slice(0, foundMax));
        return true;
      }
      this.#look(value);
    }
    return false;
  }

  #look(address: Address): void {
    if (address.key === this.#key || !address.key.startsWith('M') || !address.hasOutlets) return;
    const other = address.key.slice(2);
    if (other === this.#name) this.#samePhase.push(told(address));
    else if (this.#alike.length < foundMax && isAlike(this.#name, other)) this.#alike.push(told(address));
  }
}

const foundMax = 20;

function told({ key, consumers, remotes }: Address): AlikeAddress {
  const routers = [...(remotes?.routers ?? [])].map(({ id }) => id);
  return { key, consumers: consumers.filter(({ isUplink }) => !isUplink).length, routers };
}

/** Alike: one behind a prefix of the other (`queue/orders`, `orders`), the same but for case and separators, or a letter apart. */
function isAlike(a: string, b: string): boolean {
  return endsAlike(a, b) ? isSameEnd(plainName(a), plainName(b)) || isOneLetterApart(a, b) : isOneLetterApart(a, b);
}

/** Whether the last two characters are the same, but for case. */
function endsAlike(a: string, b: string): boolean {
  return isSameLetter(a, a.length - 1, b, b.length - 1) && isSameLetter(a, a.length - 2, b, b.length - 2);
}

function isSameLetter(a: string, atA: number, b: string, atB: number): boolean {
  return (a.charCodeAt(atA) | caseBit) === (b.charCodeAt(atB) | caseBit);
}

const caseBit = 0x20;

const isSameEnd = (a: string, b: string): boolean => a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);

/** Case and the kind of separator do not matter here. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[./:_-]+/g, '/');
}

const lettersMin = 4;

/** One letter more, less, or another, or two neighbours swapped. Digits count: `orders1` and `orders2` are two addresses. */
function isOneLetterApart(a: string, b: string): boolean {
  const most = Math.max(a.length, b.length);
  if (most - Math.min(a.length, b.length) > 1 || most <= lettersMin) return false;
  let start = 0;
  while (start < a.length && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  let end = 0;
  const room = Math.min(a.length, b.length) - start;
  while (end < room && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end++;
  const [left, right] = [a.length - end - start, b.length - end - start];
  if (left <= 1 && right <= 1) return !isDigit(a, start, left) && !isDigit(b, start, right);
  const isSwapped = a[start] === b[start + 1] && a[start + 1] === b[start];
  return left === 2 && right === 2 && isSwapped;
}

function isDigit(text: string, at: number, length: number): boolean {
  const code = text.charCodeAt(at);
  return length > 0 && code >= 0x30 && code <= 0x39;
}
