// The hosts that users of a group may come from: IP addresses, ranges of them, names that were looked up when the rule was read.
import { readIpAddress } from '../schema/ip-address.ts';
import { readHostRule } from '../schema/vhost-rules.ts';

/** Looks a host name up; `answer` is called once, at once or later, with its IP addresses as texts: none when there are none. */
export type LookUp = (name: string, answer: (addresses: readonly string[]) => void) => void;

interface Range {
  readonly low: string;
  readonly high: string;
}

export class HostRules {
  #isAny = false;
  readonly #ranges: Range[] = [];

  /** Until a name is looked up, nobody is let in for it. */
  constructor(items: readonly string[], lookUp: LookUp) {
    for (const item of items) {
      const rule = readHostRule(item);
      if (typeof rule === 'string') continue; // told when the vhost was read
      if (rule.kind === 'any') this.#isAny = true;
      else if (rule.kind === 'range') this.#ranges.push(rule);
      else lookUp(rule.name, (addresses) => this.#addAll(addresses));
    }
  }

  #addAll(addresses: readonly string[]): void {
    for (const text of addresses) {
      const address = readIpAddress(text);
      if (address !== null) this.#ranges.push({ low: address, high: address });
    }
  }

  /** `host`: an IP address; what is none (a Unix socket) only `*` allows. */
  allows(host: string): boolean {
    if (this.#isAny) return true;
    const address = readIpAddress(host);
    if (address === null) return false;
    return this.#ranges.some(({ low, high }) => low.length === address.length && low <= address && address <= high);
  }
}
