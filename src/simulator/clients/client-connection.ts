// The connection of a client: the same engine as the router's, with the client as its owner.
import { type Attach, type ErrorInfo, Open } from '../../amqp/performatives.ts';
import type { Clock } from '../../engine/clock.ts';
import { amqpError, Condition } from '../../engine/conditions.ts';
import { Connection } from '../../engine/connection.ts';
import type { Link } from '../../engine/link.ts';
import { WriterPool } from '../../engine/output.ts';
import type { ConnectionOwner } from '../../engine/owner.ts';
import { SaslClient } from '../../engine/sasl/client.ts';
import { SaslServer } from '../../engine/sasl/server.ts';
import type { Random } from '../../kit/random.ts';
import type { HostedConnection } from '../../router/ports.ts';
import type { Client } from './client.ts';

export interface ConnectionHabits {
  readonly containerId: string;
  readonly isDialled: boolean;
  readonly maxFrameSize: number;
  /** Silence of the router that it bears, 0 = any. */
  readonly idleTimeoutMs: number;
  /** Its sessions' incoming windows in frames, 0 = by bytes. */
  readonly windowFrames: number;
  /** `none` skips SASL; then everything up to the attaches leaves in one write. */
  readonly sasl: 'none' | 'anonymous' | 'plain' | 'wrong password';
}

/** The user of all clients that log in. */
export const user = { name: 'simon', password: 'correct horse' } as const;

export function textOf(error: ErrorInfo | null): string {
  return error === null ? 'without an error' : `${error.condition} (${error.description ?? ''})`;
}

/** Whether a fault of the world explains it: silence, or a machine that stood still; or the router is shutting down. */
export function isWorldly({ condition, description }: ErrorInfo): boolean {
  if (condition === Condition.ConnectionForced) return true;
  return /^(local-idle-timeout|nothing was read from us|Timeout waiting for initial handshake)/.test(description ?? '');
}

export class ClientConnection implements HostedConnection, ConnectionOwner {
  readonly connection: Connection;
  isPaused = false;
  readonly #client: Client;
  readonly #habits: ConnectionHabits;
  #isListed = false;

  constructor(client: Client, habits: ConnectionHabits, random: Random, clock: Clock) {
    this.#client = client;
    this.#habits = habits;
    const { idleTimeoutMs } = habits;
    this.connection = new Connection(this, {
      open: new Open({
        containerId: habits.containerId,
        hostname: 'router',
        maxFrameSize: habits.maxFrameSize,
        channelMax: random.pick([7, 255, 65_535]),
        idleTimeOut: idleTimeoutMs === 0 ? null : Math.trunc(idleTimeoutMs / 2),
      }),
      isInitiator: !habits.isDialled,
      sasl: makeSasl(habits),
      requiresSasl: false,
      idleTimeoutMs,
      handshakeTimeoutMs: 10_000,
      maxSessionFrames: habits.windowFrames,
      pool: new WriterPool(),
      clock,
    });
  }

  start(): void {
    this.connection.onRoom = () => this.#client.handleRoom();
    this.connection.start();
    if (this.#isPipelined) this.#client.beginSessions(this);
  }

  get #isPipelined(): boolean {
    return this.#habits.sasl === 'none' && !this.#habits.isDialled;
  }

  endTurn(): void {
    this.#isListed = false;
    this.connection.endTurn();
  }

  handleTimeout(now: number): void {
    this.connection.handleTimeout(now);
  }

  // --- HostedConnection --------------------------------------------------------------------------------------------

  handleBytes(bytes: Uint8Array, now: number): void {
    this.connection.handleBytes(bytes, now);
  }

  handleClosed(_reason: string, now: number): void {
    this.connection.handleClosed(now);
    this.#client.handleClosed(this);
  }

  takeOutput(): Uint8Array | null {
    return this.connection.takeOutput();
  }

  outputWritten(now: number): void {
    this.connection.outputWritten(now);
  }

  get wantsBytes(): boolean {
    return !this.isPaused && this.connection.wantsBytes;
  }

  get isFinished(): boolean {
    return this.connection.isFinished;
  }

  // --- ConnectionOwner ---------------------------------------------------------------------------------------------

  handleDirty(): void {
    if (this.#isListed) return;
    this.#isListed = true;
    this.#client.handleDirty(this);
  }

  handleDeadline(): void {
    // The machine asks for the next deadline after every turn.
  }

  handleOpened(): void {
    if (!this.#isPipelined) this.#client.beginSessions(this);
  }

  /** The router attaches nothing of its own accord yet. */
  handleAttach(link: Link, attach: Attach): void {
    this.#client.complain(`the router attached ${JSON.stringify(attach.name)}, which nobody asked for`);
    link.refuse(amqpError(Condition.NotAllowed, 'nobody asked for this link'));
  }

  handleEnded(_connection: Connection, error: ErrorInfo | null, by: 'peer' | 'us' | 'loss'): void {
    if (error === null || by === 'loss') return;
    this.#client.say(`connection closed by ${by === 'us' ? 'itself' : 'the router'}: ${textOf(error)}`);
    if (isWorldly(error) || this.#habits.sasl === 'wrong password') return;
    this.#client.complain(`connection closed by ${by === 'us' ? 'the client' : 'the router'}: ${textOf(error)}`);
  }

  handlePassword(connection: Connection): void {
    connection.saslVerified(true, connection.clock.nowMs);
  }
}

function makeSasl({ sasl, isDialled }: ConnectionHabits): SaslClient | SaslServer | null {
  if (isDialled) return new SaslServer(['ANONYMOUS', 'PLAIN']);
  if (sasl === 'none') return null;
  const isAnonymous = sasl === 'anonymous';
  return new SaslClient({
    hostname: 'router',
    user: isAnonymous ? '' : user.name,
    password: isAnonymous ? '' : sasl === 'plain' ? user.password : 'wrong',
    allowed: null,
  });
}
