// The door of a client: its messages enter the network here. Router annotations are taken off where the configuration says so;
// those for other routers, and for consumers that want them, are put on.
import { findUserAnnotations, writeMessageAnnotations } from '../../amqp/annotations.ts';
import { DecodeError } from '../../amqp/decode-error.ts';
import type { ErrorInfo } from '../../amqp/performatives.ts';
import { Writer } from '../../amqp/writer.ts';
import { amqpError, Condition } from '../../engine/conditions.ts';
import type { Address } from '../address.ts';
import type { MessageGuard } from '../admission.ts';
import type { Core } from '../core.ts';
import { entersHere } from '../route.ts';
import {
  malformedMessage,
  mayHaveAnnotations,
  mayHaveProperties,
  withoutRouterAnnotations,
} from '../router-annotations.ts';
import { DeliveryAddress } from './delivery-address.ts';
import { type Door, findPlace, place } from './door.ts';
import { SectionCache } from './section-cache.ts';

const malformed = amqpError(Condition.DecodeError, 'invalid message format');

export class ClientDoor implements Door {
  readonly isTransit = false;
  readonly route = entersHere;
  error: ErrorInfo | null = null;
  changed: Uint8Array | null = null;
  readonly #core: Core;
  /** Null for an anonymous link: each message names its own. */
  readonly #address: Address | null;
  /** As the sender wrote it. */
  readonly #target: string;
  readonly #strips: boolean;
  readonly #to: DeliveryAddress | null;
  readonly #guard: MessageGuard | null;
  readonly #onward = new SectionCache<Uint8Array>();

  constructor(core: Core, address: Address | null, target: string, strips: boolean, guard: MessageGuard | null = null) {
    this.#core = core;
    this.#address = address;
    this.#target = target;
    this.#strips = strips;
    this.#guard = guard;
    this.#to = address === null ? new DeliveryAddress(core, strips, guard) : null;
  }

  /** hot */
  admit(bytes: Uint8Array, start: number, end: number): Address | null {
    this.error = null;
    this.changed = null;
    if (this.#guard !== null && mayHaveProperties(bytes, start, end)) {
      this.error = this.#guard.checkUser(bytes, start, end);
      if (this.error !== null) return null;
    }
    if (mayHaveAnnotations(bytes, start, end)) {
      const stripped = withoutRouterAnnotations(bytes, start, end);
      if (stripped === malformedMessage) {
        this.error = malformed;
        return null;
      }
      if (stripped !== null && this.#strips) {
        this.changed = bytes = stripped;
        start = 0;
        end = stripped.length;
      }
    }
    const to = this.#to;
    if (to === null) return this.#address;
    const address = to.resolve(bytes, start, end);
    this.error = to.error;
    const { edge } = this.#core;
    return edge !== null && to.error === null ? edge.addressFor(address) : address;
  }

  section(bytes: Uint8Array, start: number, end: number, isAnnotated: boolean): Uint8Array | null {
    if (!isAnnotated) return null;
    findPlace(bytes, start, end);
    const known = this.#onward.find(bytes, place.start, place.end);
    if (known !== undefined) return known;
    const section = this.#compose(bytes, place.start, place.end);
    this.#onward.add(bytes, place.start, place.end, section);
    return section;
  }

  restore(bytes: Uint8Array): Uint8Array {
    return withoutRouterAnnotations(bytes, 0, bytes.length) ?? bytes;
  }

  /** The user's annotations, then `to` (when the link has a target), `ingress` and `trace` of this one router. */
  #compose(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const { nodeId, self } = this.#core;
    const writer = new Writer(end - start + 128);
    writeMessageAnnotations(writer, bytes, userAnnotations(bytes, start, end), {
      to: this.#target || null,
      // An edge router is not seen in the network: the interior to which it is connected speaks for it. Its id in the trace keeps
      // what it sent from coming back, when it has gone over to another interior meanwhile.
      ingress: self.isEdge ? null : nodeId,
      trace: [nodeId],
      phase: this.#address?.phase ?? 0,
      stream: false,
    });
    return writer.written();
  }
}

function userAnnotations(bytes: Uint8Array, start: number, end: number) {
  if (start === end) return null;
  try {
    return findUserAnnotations(bytes, start, end);
  } catch (error) {
    if (error instanceof DecodeError) return null; // `admit` has refused such a message
    throw error;
  }
}
