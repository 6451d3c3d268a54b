// What the items of a vhost's lists may be: hosts that users come from, names of addresses with the user's own name in them.
//
//   remoteHosts    *   10.0.0.1   10.0.0.0-10.0.0.255   app.example.org
//   sources        *   queue.a   tmp*   inbox.${user}   inbox.${user}.*        (texts; a `*` at the end: begins with)
//   sourcePattern  #   queue.#   inbox/${user}/*        (words; ${user} is the first or the last one)
import { readIpAddress } from './ip-address.ts';
import { MAX_PATTERN_TOKENS } from './limits.ts';

export type HostRule =
  | { readonly kind: 'any' }
  /** One family; both ends belong to it. */
  | { readonly kind: 'range'; readonly low: string; readonly high: string }
  | { readonly kind: 'name'; readonly name: string };

/** Stands for the name of whoever asks. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: that is how it is written
export const USER_TOKEN = '${user}';

/** The rule, or what is wrong with it. */
export function readHostRule(item: string): HostRule | string {
  if (item === '*') return { kind: 'any' };
  const one = readIpAddress(item);
  if (one !== null) return { kind: 'range', low: one, high: one };
  const dash = item.indexOf('-');
  const low = dash < 0 ? null : readIpAddress(item.slice(0, dash).trim());
  const high = dash < 0 ? null : readIpAddress(item.slice(dash + 1).trim());
  if (low !== null && high !== null) {
    if (low.length !== high.length) return `'${item}' goes from one kind of IP address to the other`;
    return low <= high ? { kind: 'range', low, high } : `'${item}' ends before it begins`;
  }
  if (low !== null || high !== null) return `'${item}' is no range of two IP addresses`;
  // What looks like an address and is none must not be looked up as a name.
  if (/^[\d.]+$/.test(item) || item.includes(':')) return `'${item}' is no IP address`;
  if (!/^[\w.-]+$/.test(item)) return `'${item}' is no host name and no IP address`;
  return { kind: 'name', name: item };
}

/** Why an item of `sources` or `targets` (or of the patterns) cannot be meant; null when it can. */
export function nameFault(item: string, isPattern: boolean): string | null {
  const parts = item.split(USER_TOKEN);
  if (parts.length > 2) return `'${item}' names ${USER_TOKEN} more than once`;
  if (!isPattern) return null;
  const tokens = item.replace(/^[./]+|[./]+$/g, '').split(/[./]/);
  if (tokens.length > MAX_PATTERN_TOKENS)
    return `'${item}' has ${tokens.length} words; ${MAX_PATTERN_TOKENS} are allowed`;
  if (parts.length === 1) return null;
  if (tokens[0] === USER_TOKEN || tokens.at(-1) === USER_TOKEN) return null;
  return `'${item}': in a pattern ${USER_TOKEN} is the first or the last word`;
}
