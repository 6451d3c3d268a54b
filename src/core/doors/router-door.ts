// The door of another router: its messages carry annotations, which say where they go and which way they came (see amqp/annotations.ts).
// Nearly all messages of a link repeat one of a few sections: each is decoded once, and rewritten once.

import { routerIdOf } from '../../address/node-id.ts';
import {
  decodeRouterAnnotations,
  findUserAnnotations,
  type RouterAnnotations,
  type UserAnnotations,
  writeMessageAnnotations,
} from '../../amqp/annotations.ts';
import { DecodeError } from '../../amqp/decode-error.ts';
import type { ErrorInfo } from '../../amqp/performatives.ts';
import { SectionOffsets, scanSections } from '../../amqp/sections.ts';
import { Writer } from '../../amqp/writer.ts';
import { amqpError, Condition } from '../../engine/conditions.ts';
import type { Address } from '../address.ts';
import type { MessageGuard } from '../admission.ts';
import type { Core } from '../core.ts';
import { entersHere, type Route } from '../route.ts';
import { DeliveryAddress } from './delivery-address.ts';
import type { Door } from './door.ts';
import { SectionCache } from './section-cache.ts';

const malformed = amqpError(Condition.DecodeError, 'invalid message format');
const invalidAnnotations = amqpError(Condition.InvalidField, 'invalid router annotations');
const noAnnotations: RouterAnnotations = { to: null, ingress: null, trace: null, phase: 0, stream: false };

/** What a section of message-annotations says, and how it goes on. */
interface Envelope extends Route {
  readonly to: string | null;
  readonly phase: number;
  /** It has been here: this router stands in its trace. */
  readonly isLooped: boolean;
  readonly onward: Uint8Array;
  readonly plain: Uint8Array;
  /** Of `to`, as long as it is in the table. */
  address: Address | null;
}

const sections = new SectionOffsets();

export class RouterDoor implements Door {
  readonly isTransit = true;
  readonly changed = null;
  error: ErrorInfo | null = null;
  route: Route = entersHere;
  readonly #core: Core;
  readonly #address: Address | null;
  readonly #target: string;
  readonly #to: DeliveryAddress;
  readonly #guard: MessageGuard | null;
  readonly #envelopes = new SectionCache<Envelope>();

  /** @param address of the link; null: each message names its own @param target the same as its sender wrote it */
  constructor(core: Core, address: Address | null = null, target = '', guard: MessageGuard | null = null) {
    this.#core = core;
    this.#address = address;
    this.#target = target;
    this.#guard = guard;
    this.#to = new DeliveryAddress(core, true, guard);
  }

  /** hot */
  admit(bytes: Uint8Array, start: number, end: number): Address | null {
    this.error = null;
    if (this.#guard !== null) {
      this.error = this.#guard.checkUser(bytes, start, end);
      if (this.error !== null) return null;
    }
    scanSections(bytes, start, end, 0x73, sections);
    if (sections.malformed || (!sections.complete && sections.scannedTo !== end)) {
      this.error = malformed;
      return null;
    }
    const envelope = this.#open(
      bytes,
      Math.max(sections.messageAnnotationsStart, 0),
      Math.max(sections.messageAnnotationsEnd, 0),
    );
    if (envelope === null) {
      this.error = invalidAnnotations;
      return null;
    }
    this.route = envelope;
    if (envelope.isLooped) return null;
    if (this.#address !== null) return this.#address;
    if (envelope.to !== null) return this.#addressOf(envelope, envelope.to);
    const address = this.#to.resolve(bytes, start, end);
    // Of an address that is unavailable here a router hears nothing but `released`.
    this.error = this.#to.isUnavailable ? null : this.#to.error;
    return address;
  }

  #addressOf(envelope: Envelope, to: string): Address | null {
    if (envelope.address !== null && !envelope.address.isRemoved) return envelope.address;
    if (this.#guard !== null) {
      this.error = this.#guard.checkTarget(to);
      if (this.error !== null) return null;
    }
    const found = this.#core.addresses.find(to, 'ingress', envelope.phase);
    envelope.address = found === 'unavailable' ? null : found;
    return envelope.address;
  }

  /** Nothing is read again: the envelope that was admitted is the route. hot */
  section(_bytes: Uint8Array, _start: number, _end: number, isAnnotated: boolean, route: Route): Uint8Array {
    const envelope = route as Envelope;
    return isAnnotated ? envelope.onward : envelope.plain;
  }

  /** Only its route: whatever it is given to gets a section of its own. */
  restore(bytes: Uint8Array): Uint8Array {
    scanSections(bytes, 0, bytes.length, 0x72, sections);
    const { user, router } = readAnnotations(bytes, sections.messageAnnotationsStart, sections.messageAnnotationsEnd);
    const { trace } = router;
    const isOurs = trace?.at(-1) === this.#core.nodeId;
    this.route = this.#envelope(bytes, user, isOurs ? { ...router, trace: trace.slice(0, -1) } : router);
    return bytes;
  }

  /** Null when a router annotation is not what it must be. hot */
  #open(bytes: Uint8Array, start: number, end: number): Envelope | null {
    const known = this.#envelopes.find(bytes, start, end);
    if (known !== undefined) return known;
    try {
      const { user, router } = readAnnotations(bytes, start, end);
      const envelope = this.#envelope(bytes, user, router);
      this.#envelopes.add(bytes, start, end, envelope);
      return envelope;
    } catch (error) {
      if (error instanceof DecodeError) return null;
      throw error;
    }
  }

  #envelope(bytes: Uint8Array, user: UserAnnotations | null, router: RouterAnnotations): Envelope {
    const { nodeId, self } = this.#core;
    const trace = router.trace ?? [];
    const ingress = router.ingress === null ? null : routerIdOf(router.ingress);
    return {
      to: router.to,
      phase: router.phase,
      stream: router.stream,
      ingress: ingress === self.routerId ? null : ingress,
      trace: trace.map((id) => routerIdOf(id) ?? id),
      isLooped: trace.includes(nodeId),
      onward: compose(bytes, user, this.#onward(router, trace)),
      plain: compose(bytes, user, null),
      address: null,
    };
  }

  /** An edge router is not seen in the network: the interior to which it is connected speaks for it. */
  #onward(router: RouterAnnotations, trace: readonly string[]): RouterAnnotations {
    const { nodeId, self } = this.#core;
    const to = router.to ?? (this.#target || null);
    const phase = router.to === null ? (this.#address?.phase ?? 0) : router.phase;
    if (self.isEdge) return { ...router, to, phase, ingress: null, trace: null };
    return { ...router, to, phase, ingress: router.ingress ?? nodeId, trace: [...trace, nodeId] };
  }
}

function readAnnotations(bytes: Uint8Array, start: number, end: number) {
  if (start === end) return { user: null, router: noAnnotations };
  return { user: findUserAnnotations(bytes, start, end), router: decodeRouterAnnotations(bytes, start, end) };
}

function compose(bytes: Uint8Array, user: UserAnnotations | null, router: RouterAnnotations | null): Uint8Array {
  const writer = new Writer(256);
  writeMessageAnnotations(writer, bytes, user, router);
  return writer.written();
}
