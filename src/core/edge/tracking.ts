// Address tracking: the interior tells an edge router whether there is anybody, other than that edge, for the addresses to which it
// sends. One message for each change: `[ "M0orders", true ]`.

import { DecodeError } from '../../amqp/decode-error.ts';
import { decodeMessage, encodeMessage, Message } from '../../amqp/message.ts';
import { Header } from '../../amqp/performatives.ts';
import { Writer } from '../../amqp/writer.ts';
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { OutgoingLinkOwner } from '../../engine/owner.ts';
import { beforeAll, type ConnectionContext, type RoomWaiter } from '../connection-context.ts';
import type { Producer } from '../producer.ts';
import { WholeMessages } from '../whole-messages.ts';
import { edgeMessageBytesMax, trackingCredit } from './limits.ts';
import { leaveKey } from './names.ts';

/** At the interior: for one edge router. */
export class Tracker implements OutgoingLinkOwner, RoomWaiter {
  readonly urgency = beforeAll;
  readonly #context: ConnectionContext;
  #link: OutgoingLink | null = null;
  readonly #told = new Map<string, boolean>();
  /** What is to be told when there is credit, the oldest first. */
  readonly #pending = new Map<string, boolean>();

  constructor(context: ConnectionContext) {
    this.#context = context;
  }

  /** The edge listens from now on. `producers`: the links on which it sends already, and whether there is somebody for each. */
  attached(link: OutgoingLink, producers: Iterable<readonly [Producer, boolean]>): void {
    this.#link = link;
    this.#told.clear();
    for (const [producer, isReachable] of producers) this.tell(producer, isReachable);
  }

  /** There is somebody to whom `producer` may send, or nobody any more. */
  tell({ address }: Producer, isReachable: boolean): void {
    if (this.#link === null || address === null || !address.key.startsWith('M')) return;
    if ((this.#told.get(address.key) ?? false) === isReachable) return;
    this.#told.set(address.key, isReachable);
    this.#pending.delete(address.key);
    this.#pending.set(address.key, isReachable);
    this.resume();
  }

  /** This router is about to end. */
  tellLeave(): void {
    this.#pending.set(leaveKey, true);
    this.resume();
  }

  /** The edge has given up a link: should it come again, it must be told anew. */
  forget({ address }: Producer): void {
    if (address !== null) this.#told.delete(address.key);
  }

  resume(): void {
    const link = this.#link;
    if (link === null) return;
    for (const [key, isReachable] of this.#pending) {
      if (link.credit <= 0) return;
      if (!link.canSend) {
        this.#context.waitForRoom(this);
        return;
      }
      this.#pending.delete(key);
      const bytes = encodeUpdate(key, isReachable);
      link.send(bytes, 0, bytes.length, true, null, 0);
    }
  }

  handleCredit(link: OutgoingLink): void {
    this.resume();
    if (link.isDraining) link.giveUpCredit();
  }

  handleOutcome(): void {
    // All are settled.
  }

  handleAttached(): void {
    // The edge attaches.
  }

  handleDetached(): void {
    this.#link = null;
    this.#context.stopWaiting(this);
  }
}

function encodeUpdate(key: string, isReachable: boolean): Uint8Array {
  const writer = new Writer(64);
  const header = new Header({ durable: false });
  encodeMessage(writer, new Message({ header, body: { kind: 'value', value: [key, isReachable] } }));
  return writer.written();
}

/** At the edge. */
export class TrackingReceiver extends WholeMessages {
  readonly #setReachable: (key: string, isReachable: boolean) => void;

  constructor(setReachable: (key: string, isReachable: boolean) => void) {
    super(trackingCredit, edgeMessageBytesMax);
    this.#setReachable = setReachable;
  }

  /** What is no update is ignored, as Dispatch does. */
  protected override handleMessage(bytes: Uint8Array, start: number, end: number): void {
    const update = readUpdate(bytes, start, end);
    if (update !== null) this.#setReachable(update.key, update.isReachable);
  }
}

function readUpdate(bytes: Uint8Array, start: number, end: number): { key: string; isReachable: boolean } | null {
  try {
    const { body } = decodeMessage(bytes, start, end);
    if (body.kind !== 'value' || !Array.isArray(body.value) || body.value.length !== 2) return null;
    const [key, isReachable] = body.value;
    return typeof key === 'string' && typeof isReachable === 'boolean' ? { key, isReachable } : null;
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
