// From the decoded body of a message to its record, or to the reason why it is malformed. Types are checked as strictly as
// Dispatch checks them, lengths by limits.ts.
import { addressesMax, costMax, idLengthMax, keyLengthMax, peersMax } from './limits.ts';
import type { Peers } from './link-state-graph.ts';
import type {
  Hello,
  LinkStateMessage,
  LinkStateRequest,
  LinkStateUpdate,
  MobileAddressRequest,
  MobileAddressUpdate,
  Opcode,
  RouterAdvertisement,
} from './messages.ts';

/**
 * The decoded body of a message: a Map, or a plain object with the same keys. Text and symbols are strings, integers of every
 * AMQP type numbers (or bigints), lists arrays, maps again Maps or objects. What is none of these (binaries, AMQP arrays,
 * floats) must be anything else, so that it is found to be wrong.
 */
export type MessageBody = object;

/** @returns the message, or why it is malformed; the same holds for every function here */
export function readMessage(opcode: Opcode, body: MessageBody): LinkStateMessage | string {
  switch (opcode) {
    case 'HELLO':
      return readHello(body);
    case 'RA':
      return readRouterAdvertisement(body);
    case 'LSR':
      return readLinkStateRequest(body);
    case 'LSU':
      return readLinkStateUpdate(body);
    case 'MAR':
      return readMobileAddressRequest(body);
    case 'MAU':
      return readMobileAddressUpdate(body);
  }
}

export function readHello(body: MessageBody): Hello | string {
  const fields = new Fields(body);
  return fields.result({
    opcode: 'HELLO',
    ...fields.common(),
    instance: fields.optionalInteger('instance'),
    seen: fields.texts('seen', peersMax, idLengthMax) ?? [],
  });
}

export function readRouterAdvertisement(body: MessageBody): RouterAdvertisement | string {
  const fields = new Fields(body);
  return fields.result({
    opcode: 'RA',
    ...fields.common(),
    instance: fields.optionalInteger('instance'),
    ls_seq: fields.sequence('ls_seq'),
    mobile_seq: fields.sequence('mobile_seq'),
  });
}

export function readLinkStateRequest(body: MessageBody): LinkStateRequest | string {
  const fields = new Fields(body);
  return fields.result({ opcode: 'LSR', ...fields.common() });
}

export function readLinkStateUpdate(body: MessageBody): LinkStateUpdate | string {
  const fields = new Fields(body);
  const common = fields.common();
  const linkState = new Fields(fields.map('ls'), fields);
  const id = linkState.id('id');
  if (id !== common.id) fields.blame(`ls is the one of ${id}`);
  return fields.result({
    opcode: 'LSU',
    ...common,
    instance: fields.optionalInteger('instance'),
    ls_seq: fields.sequence('ls_seq'),
    ls: { id, area: '0', ls_seq: linkState.sequence('ls_seq'), peers: linkState.peers('peers') },
  });
}

export function readMobileAddressRequest(body: MessageBody): MobileAddressRequest | string {
  const fields = new Fields(body);
  return fields.result({ opcode: 'MAR', ...fields.common(), have_seq: fields.sequence('have_seq') });
}

/** Exactly one of: `exist`, or both `add` and `del`. */
export function readMobileAddressUpdate(body: MessageBody): MobileAddressUpdate | string {
  const fields = new Fields(body);
  const common = { opcode: 'MAU' as const, ...fields.common(), mobile_seq: fields.sequence('mobile_seq') };
  const exist = fields.texts('exist', addressesMax, keyLengthMax, true);
  const add = fields.texts('add', addressesMax, keyLengthMax, true);
  const del = fields.texts('del', addressesMax, keyLengthMax, true);
  const hints = fields.hints('hints');
  if (exist !== null) {
    if (add !== null || del !== null) fields.blame('exist stands beside add or del');
    return fields.result({ ...common, exist, hints });
  }
  if (add === null || del === null) fields.blame('neither exist nor both add and del');
  return fields.result({ ...common, hints, add: add ?? [], del: del ?? [] });
}

/** Reads the fields of one map and keeps the first fault. */
class Fields {
  readonly #map: object;
  readonly #outer: Fields | null;
  #fault: string | null = null;

  /** @param outer takes the faults instead */
  constructor(map: object, outer: Fields | null = null) {
    this.#map = map;
    this.#outer = outer;
  }

  blame(fault: string): void {
    if (this.#outer !== null) this.#outer.blame(`ls: ${fault}`);
    else this.#fault ??= fault;
  }

  result<Message>(message: Message): Message | string {
    return this.#fault ?? message;
  }

  common(): { id: string; pv: number; area: '0' } {
    return { id: this.id('id'), pv: this.optionalInteger('pv'), area: '0' };
  }

  id(key: string): string {
    const value = this.#get(key);
    if (isText(value, idLengthMax)) return value;
    this.blame(`${key} is no text of 1 to ${idLengthMax} characters`);
    return '';
  }

  /** 0 when it is not there. */
  optionalInteger(key: string): number {
    const value = this.#get(key);
    if (value === undefined || value === null) return 0;
    const number = toInteger(value);
    if (number === null) this.blame(`${key} is no integer`);
    return number ?? 0;
  }

  sequence(key: string): number {
    const number = toInteger(this.#get(key));
    if (number === null || number < 0) this.blame(`${key} is no whole number`);
    return number ?? 0;
  }

  map(key: string): object {
    const value = this.#get(key);
    if (isMap(value)) return value;
    this.blame(`${key} is no map`);
    return {};
  }

  /** A list of texts; null when it is not there, which is a fault unless `isOptional`. */
  texts(key: string, countMax: number, lengthMax: number, isOptional = false): readonly string[] | null {
    const value = this.#get(key);
    if (isOptional && (value === undefined || value === null)) return null;
    if (!Array.isArray(value)) this.blame(`${key} is no list`);
    else if (value.length > countMax) this.blame(`${key} has more than ${countMax} items`);
    else if (value.every((item) => isText(item, lengthMax))) return value;
    else this.blame(`${key} has an item that is no text of 1 to ${lengthMax} characters`);
    return [];
  }

  /** Hints are advice: what is no list of integers is none. */
  hints(key: string): readonly number[] {
    const value = this.#get(key);
    return Array.isArray(value) && value.length <= addressesMax ? value.map((item) => toInteger(item) ?? -1) : [];
  }

  peers(key: string): Peers {
    const map = this.map(key);
    const peers = new Map<string, number>();
    for (const [id, value] of map instanceof Map ? map : Object.entries(map)) {
      const cost = toInteger(value);
      if (!isText(id, idLengthMax)) this.blame(`${key} has a key that is no text of 1 to ${idLengthMax} characters`);
      else if (cost === null || cost < 1 || cost > costMax) this.blame(`the cost to ${id} is not from 1 to ${costMax}`);
      else peers.set(id, cost);
    }
    if (peers.size > peersMax) this.blame(`${key} has more than ${peersMax} entries`);
    return peers;
  }

  #get(key: string): unknown {
    return this.#map instanceof Map ? this.#map.get(key) : (this.#map as Readonly<Record<string, unknown>>)[key];
  }
}

function isText(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= lengthMax;
}

/** A Map, or an object that is nothing but its fields. */
function isMap(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return value instanceof Map || prototype === Object.prototype || prototype === null;
}

/** Null for what is no integer, or for one that a JavaScript number cannot hold exactly. */
function toInteger(value: unknown): number | null {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : null;
}
