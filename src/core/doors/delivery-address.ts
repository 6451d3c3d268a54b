// Where a message of an anonymous link wants to go: its `to` (§3.2.4), or a router annotation where those are honoured.
// Senders repeat themselves, so the last address is remembered by its bytes.
import { decodeRouterAnnotations } from '../../amqp/annotations.ts';
import { DecodeError } from '../../amqp/decode-error.ts';
import type { ErrorInfo } from '../../amqp/performatives.ts';
import { findTo, SectionOffsets, scanSections } from '../../amqp/sections.ts';
import { amqpError, Condition } from '../../engine/conditions.ts';
import type { Address } from '../address.ts';
import type { MessageGuard } from '../admission.ts';
import type { Core } from '../core.ts';

const sections = new SectionOffsets();
const range = { start: -1, end: -1 };
const utf8 = new TextDecoder();

export class DeliveryAddress {
  readonly #core: Core;
  readonly #ignoresAnnotations: boolean;
  readonly #guard: MessageGuard | null;
  #lastTo: Uint8Array | null = null;
  #lastAddress: Address | null = null;
  /** Why the last message has no address at all; null when it merely has nobody there. */
  error: ErrorInfo | null = null;
  /** That is why. */
  isUnavailable = false;

  constructor(core: Core, ignoresAnnotations: boolean, guard: MessageGuard | null = null) {
    this.#core = core;
    this.#ignoresAnnotations = ignoresAnnotations;
    this.#guard = guard;
  }

  /** The address of this message, or null: see `error`. hot for anonymous senders */
  resolve(bytes: Uint8Array, start: number, end: number): Address | null {
    this.error = null;
    this.isUnavailable = false;
    scanSections(bytes, start, end, 0x73, sections);
    if (sections.malformed || (!sections.complete && sections.scannedTo !== end)) return this.#malformed();
    try {
      if (!this.#ignoresAnnotations && sections.messageAnnotationsStart >= 0) {
        const { to, phase } = decodeRouterAnnotations(
          bytes,
          sections.messageAnnotationsStart,
          sections.messageAnnotationsEnd,
        );
        if (to !== null) return this.#lookUp(to, phase);
      }
      findTo(bytes, sections.propertiesStart, sections.propertiesEnd, range);
    } catch (error) {
      if (error instanceof DecodeError) return this.#malformed();
      throw error;
    }
    if (range.start < 0) {
      this.error = amqpError(Condition.PreconditionFailed, 'Routing failure: no address present');
      return null;
    }
    if (this.#isLast(bytes)) return this.#lastAddress;
    const address = this.#lookUp(utf8.decode(bytes.subarray(range.start, range.end)), -1);
    this.#lastAddress = address;
    this.#lastTo = address === null ? null : bytes.slice(range.start, range.end);
    return address;
  }

  #isLast(bytes: Uint8Array): boolean {
    const last = this.#lastTo;
    const { start } = range;
    if (last === null || this.#lastAddress === null || this.#lastAddress.isRemoved || last.length !== range.end - start)
      return false;
    for (let at = 0; at < last.length; at++) if (last[at] !== bytes[start + at]) return false;
    return true;
  }

  /** `phase` -1: the one that senders to this address have. */
  #lookUp(text: string, phase: number): Address | null {
    if (this.#guard !== null) {
      this.error = this.#guard.checkTarget(text);
      if (this.error !== null) return null;
    }
    const found = this.#core.addresses.find(text, 'ingress', phase);
    if (found !== 'unavailable') return found;
    this.isUnavailable = true;
    this.error = amqpError(Condition.NotFound, 'Deliveries cannot be sent to an unavailable address');
    return null;
  }

  #malformed(): null {
    this.error = amqpError(Condition.DecodeError, 'invalid message format');
    return null;
  }
}
