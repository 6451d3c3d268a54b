// All addresses of this router by key, and the configuration that says how a new one is distributed.
import { type AddressKey, hashKey, parseAddress, type Self, stripAddress } from '../address/address-key.ts';
import { PatternTree } from '../address/pattern-tree.ts';
import { Address, type Distribution } from './address.ts';
import type { Core } from './core.ts';
import { addressesMax, addressKeysLengthMax } from './limits.ts';

/** One `address` of the configuration, as the core needs it. */
export interface AddressRule {
  readonly pattern: string;
  readonly distribution: Distribution;
  readonly ingressPhase: number;
  readonly egressPhase: number;
  /** 0…9, or -1. */
  readonly priority: number;
}

export class AddressTable {
  readonly #core: Core;
  readonly #self: Self;
  readonly #addresses = new Map<string, Address>();
  /** Characters of all keys. */
  #keysLength = 0;
  /** Keys of addresses that are served inside this router: no rule holds for them. */
  readonly #ownKeys = new Set<string>();
  #rules = new PatternTree<AddressRule>();
  #defaultDistribution: Distribution = 'balanced';

  constructor(core: Core, self: Self) {
    this.#core = core;
    this.#self = self;
  }

  /** How many there are, without those that are served inside this router. */
  get size(): number {
    return this.#addresses.size - this.#ownKeys.size;
  }

  get ownSize(): number {
    return this.#ownKeys.size;
  }

  /** In the order in which they came. */
  get all(): Address[] {
    return [...this.#addresses.values()].filter(({ isOwn }) => !isOwn);
  }

  /** All, one by one, for a walk over many turns: what comes and goes meanwhile may be missed. */
  get each(): Iterator<Address> {
    return this.#addresses.values();
  }

  /** Those that are served inside this router, too. */
  get allAndOwn(): Iterable<Address> {
    return this.#addresses.values();
  }

  /** New addresses follow these rules; those that exist keep what they have, as in Dispatch. */
  configure(rules: readonly AddressRule[], defaultDistribution: Distribution): void {
    this.#rules = new PatternTree();
    for (const rule of rules) this.#rules.insert(rule.pattern, rule);
    this.#defaultDistribution = defaultDistribution;
  }

  /** Class and name of an address text. */
  keyOf(text: string): AddressKey {
    return parseAddress(text, this.#self);
  }

  /** The rule for an address text, null when none matches. Topological and local addresses have none. */
  ruleOf(text: string): AddressRule | null {
    return this.#rules.match(stripAddress(text));
  }

  #ruleFor({ class: keyClass, name }: AddressKey, text: string): AddressRule | null {
    return keyClass === 'M' && !this.#ownKeys.has(hashKey('M', 0, name)) ? this.ruleOf(text) : null;
  }

  /** The address for something inside this router; nobody else may consume from it. Made when it is not there. */
  own(text: string): Address {
    const key = this.keyOf(text);
    const hash = hashKey(key.class, 0, key.name);
    this.#ownKeys.add(hash);
    const address = this.#addresses.get(hash) ?? this.#add(hash, 'closest', -1);
    address.isOwn = true;
    return address;
  }

  /** Whether this text names an address that is served inside this router. */
  isOwn(text: string): boolean {
    const key = this.keyOf(text);
    return this.#ownKeys.has(hashKey(key.class, 0, key.name));
  }

  /** Whether there is an address for this text, in phase 0. */
  isKnown(text: string): boolean {
    const key = this.keyOf(text);
    return this.#addresses.has(hashKey(key.class, 0, key.name));
  }

  /** The address that exists for this text; null when nobody is there. `phase` -1: as configured. */
  find(text: string, direction: 'ingress' | 'egress', phase: number): Address | null | 'unavailable' {
    const key = this.keyOf(text);
    const rule = this.#ruleFor(key, text);
    const address = this.#addresses.get(hashKey(key.class, phaseOf(rule, direction, phase), key.name));
    if (address !== undefined) return address;
    if (key.class === 'R') return this.#core.mesh?.addressOfRouter(key.name) ?? null;
    return key.class === 'M' && (rule?.distribution ?? this.#defaultDistribution) === 'unavailable'
      ? 'unavailable'
      : null;
  }

  /** As `find`, and made when it is not there; null when the table is full. */
  findOrMake(text: string, direction: 'ingress' | 'egress', phase: number): Address | null | 'unavailable' {
    const found = this.find(text, direction, phase);
    if (found !== null) return found !== 'unavailable' && found.isUnavailable ? 'unavailable' : found;
    if (this.#isFull) return null;
    const key = this.keyOf(text);
    const rule = this.#ruleFor(key, text);
    const distribution =
      key.class === 'M'
        ? (rule?.distribution ?? this.#defaultDistribution)
        : key.class === 'R'
          ? 'closest'
          : 'balanced';
    const hash = hashKey(key.class, phaseOf(rule, direction, phase), key.name);
    const address = this.#add(hash, distribution as Exclude<Distribution, 'unavailable'>, rule?.priority ?? -1);
    if (key.class === 'R') this.#core.mesh?.handleRouterAddress(address, key.name);
    return address;
  }

  get #isFull(): boolean {
    return this.#addresses.size >= addressesMax || this.#keysLength >= addressKeysLengthMax;
  }

  #add(hash: string, distribution: Exclude<Distribution, 'unavailable'>, priority: number): Address {
    const address = new Address(this.#core, hash, distribution, priority);
    this.#addresses.set(hash, address);
    this.#keysLength += hash.length;
    return address;
  }

  /** The record for a key that another router told; null when the table is full. `hint`: its treatment of the address. */
  ofKey(hash: string, hint: number | null): Address | null {
    const known = this.#addresses.get(hash);
    if (known !== undefined) return known;
    if (this.#isFull) return null;
    const isMobile = hash.startsWith('M');
    const rule = isMobile ? this.#rules.match(hash.slice(2)) : null;
    const wanted =
      rule?.distribution ??
      hinted(hint) ??
      (isMobile ? this.#defaultDistribution : hash.startsWith('R') ? 'closest' : 'balanced');
    const address = this.#add(hash, wanted === 'unavailable' ? 'balanced' : wanted, rule?.priority ?? -1);
    address.isUnavailable = wanted === 'unavailable';
    return address;
  }

  byKey(hash: string): Address | undefined {
    return this.#addresses.get(hash);
  }

  remove(address: Address): void {
    if (!this.#addresses.delete(address.key)) return;
    this.#keysLength -= address.key.length;
    this.#core.ledger?.addressGone(address);
  }
}

/** Treatments as other routers tell them; null for those that are none of ours. */
function hinted(hint: number | null): Distribution | null {
  return hint === 0 || hint === 1 ? 'multicast' : hint === 2 ? 'closest' : hint === 3 ? 'balanced' : null;
}

function phaseOf(rule: AddressRule | null, direction: 'ingress' | 'egress', phase: number): number {
  if (phase >= 0) return phase;
  if (rule === null) return 0;
  return direction === 'ingress' ? rule.ingressPhase : rule.egressPhase;
}
