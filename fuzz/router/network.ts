// Carries bytes between a router and its clients as a host does: a turn at a time, in an order that never changes.

import type { HostedConnection } from '../../src/router/ports.ts';
import { Router } from '../../src/router/router.ts';
import { must } from '../target.ts';
import type { Choices } from './configuration.ts';
import { FakeHost } from './fake-host.ts';
import type { StrictClient } from './strict-client.ts';

/** Turns after which two peers that keep answering each other count as a hang. */
const turnsMax = 20_000;
/** What may wait to be written to a peer that does not read: the limits of the engine, with room for one turn. */
const outputBytesMax = 4 * 1024 * 1024;

/** A peer that does what its program says. */
export interface Attacker {
  connection: HostedConnection | null;
  reads: boolean;
  /** The router was told that its output is under way, and not yet that it is written. */
  isWriting: boolean;
  /** Bytes that came while the router did not want any. */
  readonly waiting: Uint8Array[];
}

export class Network {
  readonly host = new FakeHost();
  readonly router: Router;
  readonly clients = new Map<StrictClient, HostedConnection>();
  readonly attackers: Attacker[] = [];
  now = 1000;
  readonly #choices: Choices;
  readonly #attackerOf = new Map<HostedConnection, Attacker>();
  readonly #clientOf = new Map<HostedConnection, StrictClient>();

  constructor(choices: Choices) {
    this.#choices = choices;
    this.router = new Router({ configuration: choices.configuration, host: this.host, now: this.now });
    this.router.start(this.now);
  }

  // --- who is there ------------------------------------------------------------------------------------------------

  accept(): HostedConnection {
    const [listener] = this.#choices.configuration.listeners;
    return this.router.acceptConnection(listener!, '10.0.0.1:1', this.now);
  }

  addClient(client: StrictClient): void {
    const connection = this.accept();
    this.clients.set(client, connection);
    this.#clientOf.set(connection, client);
  }

  /** Connects an attacker, who listens to one of the router's dials if there is one and it wants to. */
  connect(attacker: Attacker, wantsDial: boolean): HostedConnection {
    const dial = wantsDial ? this.host.dials.shift() : undefined;
    const connection = dial === undefined ? this.accept() : this.router.dialSucceeded(dial, '10.0.0.2:1', this.now);
    attacker.connection = connection;
    attacker.reads = true;
    attacker.isWriting = false;
    attacker.waiting.length = 0;
    this.#attackerOf.set(connection, attacker);
    return connection;
  }

  attack(attacker: Attacker, bytes: Uint8Array): void {
    attacker.waiting.push(bytes);
    this.settle();
  }

  cut(attacker: Attacker): void {
    const { connection } = attacker;
    if (connection === null) return;
    attacker.connection = null;
    attacker.waiting.length = 0;
    this.#attackerOf.delete(connection);
    connection.handleClosed('cut', this.now);
    this.settle();
  }

  // --- turns -------------------------------------------------------------------------------------------------------

  /** Goes on until nobody has anything to say. */
  settle(): void {
    for (let turns = 0; this.#turn(); turns++) must(turns < turnsMax, 'clients and router come to rest');
  }

  /** Whether anything moved. */
  #turn(): boolean {
    let hasMoved = false;
    for (const [client, connection] of this.clients) {
      const bytes = client.takeOutput(this.now);
      if (bytes === null) continue;
      must(connection.wantsBytes, 'a client that reads is read');
      connection.handleBytes(bytes, this.now);
      hasMoved = true;
    }
    for (const attacker of this.attackers) hasMoved = this.#listen(attacker) || hasMoved;
    for (const answer of this.host.answers.splice(0)) {
      answer();
      hasMoved = true;
    }
    for (const connection of [...this.router.flush(this.now)]) hasMoved = this.#write(connection) || hasMoved;
    return hasMoved;
  }

  #listen(attacker: Attacker): boolean {
    const { connection, waiting } = attacker;
    if (connection === null || waiting.length === 0 || !connection.wantsBytes) return false;
    connection.handleBytes(waiting.shift() as Uint8Array, this.now);
    return true;
  }

  #write(connection: HostedConnection): boolean {
    const attacker = this.#attackerOf.get(connection);
    const client = this.#clientOf.get(connection);
    let hasWritten = false;
    for (let bytes = connection.takeOutput(); bytes !== null; bytes = connection.takeOutput()) {
      client?.handleBytes(bytes);
      hasWritten = true;
      if (attacker !== undefined && !attacker.reads) {
        must(bytes.length <= outputBytesMax, 'output to a peer that does not read is bounded');
        attacker.isWriting = true;
        break;
      }
      connection.outputWritten(this.now);
    }
    if (!connection.isFinished || attacker?.isWriting) return hasWritten;
    if (attacker !== undefined) this.cut(attacker);
    if (client !== undefined && this.clients.delete(client)) {
      must(client.isClosing, `${client.name} is not hung up on`);
      connection.handleClosed('ended', this.now);
    }
    return true;
  }

  /** An attacker reads on, or no longer. */
  setReading(attacker: Attacker, reads: boolean): void {
    attacker.reads = reads;
    if (!reads || !attacker.isWriting || attacker.connection === null) return;
    attacker.isWriting = false;
    attacker.connection.outputWritten(this.now);
    this.router.list(attacker.connection as Parameters<Router['list']>[0]);
    this.settle();
  }

  // --- time --------------------------------------------------------------------------------------------------------

  /** Time passes, and every deadline on the way is kept. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (let standing = 0; ; ) {
      const next = Math.min(
        this.router.nextDeadline(),
        ...[...this.clients.keys()].map((client) => client.nextDeadline),
      );
      if (next > until) break;
      standing = next > this.now ? 0 : standing + 1;
      must(standing < 100, 'a deadline that was kept is not due again');
      this.now = Math.max(this.now, next);
      this.#keepDeadlines();
    }
    this.now = until;
    this.#keepDeadlines();
  }

  #keepDeadlines(): void {
    for (const client of this.clients.keys()) client.handleTimeout(this.now);
    this.router.handleTimeout(this.now);
    this.settle();
  }
}
