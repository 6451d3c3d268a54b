// From the text of an address to the key under which a router files it.
//
//   amqp://host:5672/queue.a   amqp:/queue.a   /queue.a   queue.a/   ──▶  M0queue.a
//   │       strip what names no node      │                               │││
//   └─────────────────────────────────────┘                  class ───────┘│└── name
//                                                            phase (M only)┘
//
// Key for key what qdrouterd makes: keys cross the wire between routers (mobile address updates, edge address tracking).

/**
 * `M` mobile · `L` local to this router · `T` topological, every router · `R` one other router · `A` another area ·
 * `H` everything on one edge router.
 */
export type AddressClass = 'M' | 'L' | 'T' | 'R' | 'A' | 'H';

export interface AddressKey {
  readonly class: AddressClass;
  /** Without the phase, which is a property of the link, not of the text. */
  readonly name: string;
}

/** The router on whose behalf an address is read: `_topo/0/<me>/x` is local to me and remote to anyone else. */
export interface Self {
  readonly routerId: string;
  /** '0' in every release of Dispatch; the wire has room for others. */
  readonly area: '0';
  readonly isEdge: boolean;
}

/** The phase of a fallback address: its character in a key is `F`, its number in `x-opt-qd.phase` is `F` − `0`. */
export const FALLBACK_PHASE = 22;

/** Where an edge router sends all that it cannot place: the anonymous link to its interior router. */
const UPLINK: AddressKey = { class: 'L', name: '_edge' };

/**
 * The address without scheme, authority, leading slash and one trailing separator. This is also the text that address
 * patterns are matched against. Text that is no absolute address is left alone.
 */
export function stripAddress(text: string): string {
  const start = nodeStart(text);
  let end = text.length;
  if (end > start) {
    const last = text.charCodeAt(end - 1);
    if (last === DOT || last === SLASH) end -= 1;
  }
  return text.slice(start, end);
}

/** Classifies an address as `self` sees it. Every text has a key; nothing is refused here. */
export function parseAddress(text: string, self: Self): AddressKey {
  const address = stripAddress(text);
  if (address.charCodeAt(0) === UNDERSCORE) {
    if (address.startsWith('_local/')) return { class: 'L', name: address.slice('_local/'.length) };
    if (address.startsWith('_topo/')) return parseTopological(address.slice('_topo/'.length), self);
    if (address.startsWith('_edge/')) return parseEdge(address.slice('_edge/'.length), self);
  }
  return { class: 'M', name: address };
}

/**
 * The key as a string, such as `M0queue`, `Ltemp.x`, `Tqdrouter`, `RQDR.B`.
 * `phase` is 0..9 or {@link FALLBACK_PHASE}; only class M has one.
 */
export function hashKey(addressClass: AddressClass, phase: number, name: string): string {
  return addressClass === 'M' ? `M${String.fromCharCode(ZERO + phase)}${name}` : addressClass + name;
}

/** `all/all/X`, `<area>/all/X`, `<area>/<router>/X`; the trailing slash belongs to each word, so `0/all` names a router. */
function parseTopological(rest: string, self: Self): AddressKey {
  const inMyArea = rest.startsWith('all/')
    ? 'all/'.length
    : rest.startsWith(`${self.area}/`)
      ? self.area.length + 1
      : 0;
  if (inMyArea === 0) return self.isEdge ? UPLINK : { class: 'A', name: untilSlash(rest) };
  const place = rest.slice(inMyArea);
  if (place.startsWith('all/')) return { class: 'T', name: place.slice('all/'.length) };
  if (place.startsWith(`${self.routerId}/`)) return { class: 'L', name: place.slice(self.routerId.length + 1) };
  return self.isEdge ? UPLINK : { class: 'R', name: untilSlash(place) };
}

function parseEdge(rest: string, self: Self): AddressKey {
  if (rest.startsWith(`${self.routerId}/`)) return { class: 'L', name: rest.slice(self.routerId.length + 1) };
  return self.isEdge ? UPLINK : { class: 'H', name: untilSlash(rest) };
}

function untilSlash(text: string): string {
  const slash = text.indexOf('/');
  return slash < 0 ? text : text.slice(0, slash);
}

const DOT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;

/**
 * Index of the first character of the node:
 *
 *     /x            → behind the slash            //host/x          → behind the next slash
 *     scheme:/x     → behind `:/`                 scheme://host/x   → behind the third slash
 *
 * A colon counts only when something stands before it and a slash right behind it. An absolute form that ends before its
 * node begins (`//host`, `amqp:/`) is taken literally, as Dispatch does.
 */
function nodeStart(text: string): number {
  if (text.charCodeAt(0) === SLASH) {
    if (text.length === 1) return 0;
    return text.charCodeAt(1) === SLASH ? behindHost(text, 2) : 1;
  }
  let colon = text.indexOf(':', 1);
  while (colon >= 0) {
    if (text.charCodeAt(colon + 1) === SLASH) {
      const start = colon + 2;
      if (start >= text.length) return 0;
      return text.charCodeAt(start) === SLASH ? behindHost(text, start + 1) : start;
    }
    // Of two colons in a row the second one is spent on finding out that the first is not followed by a slash.
    colon = text.indexOf(':', text.charCodeAt(colon + 1) === COLON ? colon + 2 : colon + 1);
  }
  return 0;
}

function behindHost(text: string, host: number): number {
  const slash = text.indexOf('/', host);
  return slash < 0 ? 0 : slash + 1;
}
