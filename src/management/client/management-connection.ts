// A connection to a router over which its management agent, and those of the routers behind it, are asked. Does no I/O: it is
// driven as a connection of the host is (bytes and `now` in, bytes and the next deadline out), on Node and in a browser alike.
//
//   Open ─▶ a receiver with a dynamic address for replies, an anonymous sender for requests ─▶ ready
//                        policy forbids anonymous senders ─▶ one sender an agent
//
//   ask(to, …) ─▶ request ─▶ reply by correlation-id                              resolves
//                        ╰─▶ released, deadline, loss, a reply that says no       rejects with ManagementError
import { type Attach, type ErrorInfo, Open, Source, Target } from '../../amqp/performatives.ts';
import { Clock } from '../../engine/clock.ts';
import { amqpError, Condition } from '../../engine/conditions.ts';
import { Connection } from '../../engine/connection.ts';
import type { Link } from '../../engine/link.ts';
import { WriterPool } from '../../engine/output.ts';
import type { ConnectionOwner, DetachCause } from '../../engine/owner.ts';
import { SaslClient } from '../../engine/sasl/client.ts';
import type { Session } from '../../engine/session.ts';
import { describe, forbidden, refusalText, refusedAt, silent, unreachable } from './failures.ts';
import { ManagementError } from './management-error.ts';
import { type Pending, PendingRequests } from './pending-requests.ts';
import { decodeReply, type ManagementReply } from './reply.ts';
import { type ReplyEvents, ReplyReceiver } from './reply-receiver.ts';
import { encodeRequest, type ManagementRequest } from './request.ts';
import { RequestSender, type SenderEvents } from './request-sender.ts';

export interface ManagementLogin {
  readonly containerId: string;
  /** Host name, as the router may choose its policy by. */
  readonly hostname: string;
  /** '' is nobody: SASL ANONYMOUS. */
  readonly user: string;
  readonly password: string;
  /** The transport has shown a certificate of ours: EXTERNAL may be used. */
  readonly hasCertificate: boolean;
  /** SASL mechanisms to choose from, null for all. */
  readonly mechanisms: readonly string[] | null;
}

const idleTimeoutMs = 30_000;
/** In doubt: it was lost with a router or link on its way. */
const modified = 0x27;

export class ManagementConnection implements ConnectionOwner, ReplyEvents, SenderEvents {
  readonly #connection: Connection;
  readonly #pending = new PendingRequests();
  readonly #handleDirty: () => void;
  #session: Session | null = null;
  #replyTo: string | null = null;
  /** Of all agents; null when only a sender an agent is let in. */
  #anonymous: RequestSender | null = null;
  #isAnonymousReady = false;
  readonly #byAgent = new Map<string, RequestSender>();
  /** Asked before the links were ready. */
  #early: (() => void)[] = [];
  #links = 0;
  #endReason: ManagementError | null = null;

  /** `handleDirty`: there is something to write, call {@link takeOutput} when the turn ends. */
  constructor(login: ManagementLogin, now: number, handleDirty: () => void) {
    const clock = new Clock();
    clock.set(now);
    const { containerId, hostname, user, password, hasCertificate, mechanisms } = login;
    this.#handleDirty = handleDirty;
    this.#connection = new Connection(this, {
      open: new Open({ containerId, hostname, maxFrameSize: 65_536, channelMax: 7, idleTimeOut: idleTimeoutMs / 2 }),
      isInitiator: true,
      sasl: new SaslClient({ hostname, user, password, hasCertificate, allowed: mechanisms }),
      requiresSasl: false,
      idleTimeoutMs,
      handshakeTimeoutMs: 0,
      maxSessionFrames: 0,
      pool: new WriterPool(),
      clock,
    });
    this.#connection.onRoom = () => this.#pump();
    this.#connection.start();
  }

  // --- state -------------------------------------------------------------------------------------------------------

  /** Container id of the router; '' until its Open came. */
  get routerId(): string {
    return this.#connection.remoteContainerId;
  }

  /** Why it ended; null while it has not. */
  get endReason(): ManagementError | null {
    return this.#endReason;
  }

  get isFinished(): boolean {
    return this.#connection.isFinished;
  }

  get wantsBytes(): boolean {
    return this.#connection.wantsBytes;
  }

  /** When {@link handleTimeout} wants to be called next, Infinity for never. */
  get nextDeadline(): number {
    return Math.min(this.#connection.nextDeadline, this.#pending.nextDeadline);
  }

  // --- what happened -----------------------------------------------------------------------------------------------

  handleBytes(bytes: Uint8Array, now: number): void {
    this.#connection.handleBytes(bytes, now);
  }

  handleClosed(reason: string, now: number): void {
    this.#endReason ??= new ManagementError('WEFT_MANAGEMENT_LOST', reason);
    this.#connection.handleClosed(now);
    this.#failAll();
  }

  handleTimeout(now: number): void {
    this.#connection.handleTimeout(now);
    for (const request of this.#pending.takeDue(now)) this.#fail(request, silent(request.to));
  }

  // --- verbs -------------------------------------------------------------------------------------------------------

  /**
   * Asks the agent at the address `to`. Resolves with a reply of status 2xx, rejects with ManagementError, by `deadline`
   * (monotonic milliseconds) at the latest. Another status is WEFT_REQUEST_REFUSED.
   */
  ask(to: string, request: ManagementRequest, deadline: number): Promise<ManagementReply> {
    return new Promise((resolve, reject) => {
      if (this.#endReason !== null) return reject(this.#endReason);
      const pending = this.#pending.add(to, deadline, resolve, reject);
      if (pending === null)
        return reject(new ManagementError('WEFT_AGENT_SILENT', 'too many requests wait for their replies'));
      if (this.#isReady) this.#send(pending, request);
      else this.#early.push(() => this.#send(pending, request));
    });
  }

  close(): void {
    this.#connection.close(null);
  }

  // --- output ------------------------------------------------------------------------------------------------------

  takeOutput(): Uint8Array | null {
    this.#connection.endTurn();
    return this.#connection.takeOutput();
  }

  outputWritten(now: number): void {
    this.#connection.outputWritten(now);
  }

  // --- requests ----------------------------------------------------------------------------------------------------

  get #isReady(): boolean {
    return this.#replyTo !== null && (this.#anonymous === null || this.#isAnonymousReady);
  }

  #send(pending: Pending, request: ManagementRequest): void {
    if (!this.#pending.has(pending)) return; // its deadline has passed
    const { to, correlationId } = pending;
    pending.outgoing = {
      payload: encodeRequest(request, { to, replyTo: this.#replyTo as string, correlationId }),
      handleReturned: (outcome) => this.#fail(pending, outcome === modified ? silent(to) : unreachable(to)),
    };
    this.#senderFor(to)?.send(pending.outgoing);
  }

  #senderFor(to: string): RequestSender | null {
    return this.#anonymous ?? this.#byAgent.get(to) ?? this.#attachSender(to);
  }

  #attachSender(address: string | null): RequestSender | null {
    const sender = new RequestSender(this);
    const target = new Target({ address });
    const link = this.#session?.attachSender(this.#linkName(), sender, { source: new Source({}), target }) ?? null;
    if (link !== null && address !== null) this.#byAgent.set(address, sender);
    return link === null ? null : sender;
  }

  #linkName(): string {
    return `management-${++this.#links}`;
  }

  #pump(): void {
    this.#anonymous?.pump();
    for (const sender of this.#byAgent.values()) sender.pump();
  }

  #goOn(): void {
    if (!this.#isReady) return;
    const early = this.#early;
    this.#early = [];
    for (const send of early) send();
  }

  #fail(pending: Pending, error: ManagementError): void {
    this.#pending.take(pending.correlationId);
    if (pending.outgoing !== null) {
      this.#anonymous?.forget(pending.outgoing);
      this.#byAgent.get(pending.to)?.forget(pending.outgoing);
    }
    pending.reject(error);
  }

  #failAll(): void {
    const error = this.#endReason ?? new ManagementError('WEFT_MANAGEMENT_LOST', 'the connection ended');
    this.#early = [];
    for (const pending of this.#pending.takeAll()) pending.reject(error);
  }

  // --- ReplyEvents, SenderEvents -------------------------------------------------------------------------------------

  handleReplyAddress(address: string): void {
    this.#replyTo = address;
    this.#goOn();
  }

  handleReply(bytes: Uint8Array | null): void {
    const addressed = bytes === null ? null : decodeReply(bytes);
    const pending = this.#pending.take(addressed?.correlationId ?? '');
    if (addressed === null || pending === null) return; // of a request given up, or no reply: its asker hears by the deadline
    const { reply } = addressed;
    if (reply.statusCode >= 200 && reply.statusCode < 300) pending.resolve(reply);
    else pending.reject(new ManagementError('WEFT_REQUEST_REFUSED', refusalText(reply), reply.statusCode));
  }

  handleRepliesLost(cause: DetachCause): void {
    if (cause.by === 'loss') return; // of the whole connection, which is told
    this.#endReason ??= forbidden('a reply address', cause.error);
    this.#failAll();
    this.close();
  }

  handleSenderReady(): void {
    this.#isAnonymousReady = true;
    this.#goOn();
  }

  /** Who may not send anonymously may perhaps send to the agent by name. */
  handleSenderLost(sender: RequestSender, cause: DetachCause): void {
    if (cause.by === 'loss') return;
    if (sender === this.#anonymous) {
      this.#anonymous = null;
      this.#goOn();
      return;
    }
    for (const [to, one] of this.#byAgent) {
      if (one !== sender) continue;
      this.#byAgent.delete(to);
      for (const pending of this.#pending.of(to)) this.#fail(pending, refusedAt(to, cause.error));
    }
  }

  // --- ConnectionOwner ---------------------------------------------------------------------------------------------

  handleDirty(): void {
    this.#handleDirty();
  }

  handleDeadline(): void {
    // Whoever drives us asks for the next deadline after every turn.
  }

  handleOpened(): void {
    this.#session = this.#connection.begin();
    this.#session?.attachReceiver(this.#linkName(), new ReplyReceiver(this), {
      source: new Source({ dynamic: true }),
      target: new Target({}),
    });
    this.#anonymous = this.#attachSender(null);
  }

  handleAttach(link: Link, _attach: Attach): void {
    link.refuse(amqpError(Condition.NotAllowed, 'a management client takes no links'));
  }

  handleEnded(_connection: Connection, error: ErrorInfo | null, by: 'peer' | 'us' | 'loss'): void {
    const text =
      error === null ? `the connection ended${by === 'peer' ? ': the router closed it' : ''}` : describe(error);
    this.#endReason ??= new ManagementError('WEFT_MANAGEMENT_LOST', text);
    this.#failAll();
  }

  handlePassword(): void {
    // We dialled: nobody logs in here.
  }
}
