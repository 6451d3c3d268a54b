// The clients of a router that takes the place of a recorded one. Their own connections were not recorded: what they send and how they
// settle is told by what their router sent and settled then.
import { decodeMessage, encodeMessage, type Message } from '../../../amqp/message.ts';
import type { DeliveryState } from '../../../amqp/performatives.ts';
import { asText, lookup } from '../../../amqp/values.ts';
import { Writer } from '../../../amqp/writer.ts';
import type { Receiver } from '../../../engine/testing/receiver.ts';
import type { Sender } from '../../../engine/testing/sender.ts';
import type { Client, RouterBench } from '../router-bench.ts';
import type { Conversation } from './conversation.ts';
import { type Substitutes, substituted } from './played-connection.ts';

export class LocalClients {
  readonly #client: Client;
  readonly #substitutes: Substitutes;
  readonly #senders = new Map<string, Sender>();
  /** By address; a dynamic one under ''. */
  readonly #receivers = new Map<string, Receiver>();
  /** Ids of messages that were sent ahead. */
  readonly #ahead = new Set<unknown>();
  /** Texts of messages of which the consumer goes without settling. */
  readonly #abandoned: readonly string[];

  constructor(bench: RouterBench, listener: number, substitutes: Substitutes, abandoned: readonly string[] = []) {
    this.#client = bench.opened({ open: { containerId: 'local' } }, listener);
    this.#substitutes = substitutes;
    this.#abandoned = abandoned;
  }

  /** Does what the clients of the recorded router did on this connection of its. */
  follow(recorded: Conversation): void {
    recorded.onDelivery = (payload, settled) => this.#send(payload, settled);
    recorded.onOutcome = (payload, state) => this.#settle(payload, state as DeliveryState);
  }

  /** Sends a message before it is recorded: a long one, for which its router makes ready first. */
  sendAhead(to: string, message: Message): void {
    this.#ahead.add(message.properties?.messageId);
    this.#senderTo(to, false).send(encoded(message));
  }

  /** '' wants a dynamic address. */
  receive(address: string): void {
    this.#receivers.set(address, this.#client.receive(address === '' ? null : address, { outcome: null }));
  }

  leave(address: string): void {
    this.#receivers.get(address)?.link?.detach(null);
    this.#receivers.delete(address);
  }

  close(): void {
    this.#client.connection.close(null);
  }

  /** What the router sent, a client had sent before, without the annotations of routers. */
  #send(payload: Uint8Array, settled: boolean): void {
    this.#nameReplyAddress(payload);
    const bytes = substituted(payload, this.#substitutes);
    const message = decodeMessage(bytes, 0, bytes.length);
    if (lookup(message.applicationProperties, 'opcode') !== undefined) return;
    const { properties } = message;
    if (properties !== null && properties.messageId !== null && this.#ahead.has(properties.messageId)) return;
    const to = asText(lookup(message.messageAnnotations, 'x-opt-qd.to'));
    this.#senderTo(to, settled).send(encoded(withoutRouters(message)), settled);
  }

  #senderTo(to: string | null, settled: boolean): Sender {
    const key = `${to} ${settled}`;
    const sender = this.#senders.get(key) ?? this.#client.send(to);
    this.#senders.set(key, sender);
    return sender;
  }

  #settle(payload: Uint8Array, state: DeliveryState): void {
    const message = decodeMessage(payload, 0, payload.length);
    const to =
      asText(lookup(message.messageAnnotations, 'x-opt-qd.to')) ?? asText(message.properties?.to ?? null) ?? '';
    const address = to.includes('/temp.') ? '' : to;
    const receiver = this.#receivers.get(address);
    const received = receiver?.received.find(({ isComplete, isDone }) => isComplete && !isDone);
    if (receiver === undefined || received === undefined) return;
    const { body } = message;
    if (body.kind === 'value' && this.#abandoned.includes(String(body.value))) this.leave(address);
    else receiver.settle(received, state);
  }

  /** The dynamic address of ours stands for the recorded one. */
  #nameReplyAddress(payload: Uint8Array): void {
    const dynamic = this.#receivers.get('')?.attached?.source as { address?: string } | undefined;
    const [then] = /temp\.[A-Za-z0-9+_-]{15}/.exec(Buffer.from(payload).toString('latin1')) ?? [];
    const [now] = /temp\..*/.exec(dynamic?.address ?? '') ?? [];
    if (then !== undefined && now !== undefined) this.#substitutes.set(then, now);
  }
}

function withoutRouters(message: Message): Message {
  const own = [...(message.messageAnnotations ?? [])].filter(([key]) => asText(key)?.startsWith('x-opt-qd.') !== true);
  message.messageAnnotations = own.length === 0 ? null : new Map(own);
  return message;
}

function encoded(message: Message): Uint8Array {
  const writer = new Writer(256);
  encodeMessage(writer, message);
  return writer.written();
}
