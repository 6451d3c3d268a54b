// What Node does for one router: listens, dials, checks passwords, and hands over what comes of it. Every answer is a turn
// of its own (see turns.ts).
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { type Dial, type HostPort, LogLevel } from '../router/ports.ts';
import type { ListenerEntity } from '../schema/configuration.ts';
import { Acceptor } from './acceptor.ts';
import { monotonicMs, wallTimeMs } from './clock.ts';
import { remoteOf, startDial } from './dialer.ts';
import { unixPathOf } from './endpoint-address.ts';
import { WeftError } from './errors.ts';
import type { HostedRouter } from './hosted-router.ts';
import { limits } from './limits.ts';
import type { Log } from './log.ts';
import type { PasswordCheck } from './password-check.ts';
import { SocketConnection } from './socket-connection.ts';
import type { Turns } from './turns.ts';

interface ListeningPlace {
  /** null while it is being opened. */
  acceptor: Acceptor | null;
  isWanted: boolean;
}

export class NodeHost implements HostPort {
  readonly log: Log;
  /** null: there is no users file. */
  passwordCheck: PasswordCheck | null;
  readonly #onStopped: () => void;
  #router!: HostedRouter;
  #turns!: Turns;
  /** By the listener's name. */
  readonly #places = new Map<string, ListeningPlace>();
  readonly #openings = new Set<Promise<void>>();
  /** Gives up each dial under way. */
  readonly #dials = new Set<() => void>();
  /** Collects why listeners failed until the start is over; null from then on. */
  #startFailures: WeftError[] | null = [];

  #acceptFailureSilentUntil = 0;

  constructor(log: Log, passwordCheck: PasswordCheck | null, onStopped: () => void) {
    this.log = log;
    this.passwordCheck = passwordCheck;
    this.#onStopped = onStopped;
  }

  /** Before the router is started: who gets the answers. */
  attach(router: HostedRouter, turns: Turns): void {
    this.#router = router;
    this.#turns = turns;
  }

  /** Waits until every listener asked for is bound or has failed. The first time: why some failed. */
  async settled(): Promise<WeftError[]> {
    while (this.#openings.size > 0) await Promise.all(this.#openings);
    const failures = this.#startFailures ?? [];
    this.#startFailures = null;
    return failures;
  }

  /** Where it listens: `127.0.0.1:5672`, `unix:/path`. */
  get addresses(): string[] {
    return [...this.#places.values()].flatMap(({ acceptor }) => acceptor?.addresses ?? []);
  }

  /** Accepts and dials no more. */
  close(): void {
    for (const place of this.#places.values()) {
      place.isWanted = false;
      place.acceptor?.close();
    }
    this.#places.clear();
    for (const abandon of this.#dials) abandon();
    this.#dials.clear();
  }

  // The requests of the router (HostPort).

  wallTimeMs(): number {
    return wallTimeMs();
  }

  randomBytes(count: number): Uint8Array {
    return new Uint8Array(randomBytes(count));
  }

  get canVerifyPasswords(): boolean {
    return this.passwordCheck !== null;
  }

  verifyPassword(user: string, password: string, answer: (valid: boolean) => void): void {
    const answerInTurn = (valid: boolean): void => {
      answer(valid);
      this.#turns.end(monotonicMs());
    };
    if (this.passwordCheck === null) setImmediate(answerInTurn, false);
    else this.passwordCheck.check(user, password, answerInTurn);
  }

  listen(listener: ListenerEntity): void {
    const place: ListeningPlace = { acceptor: null, isWanted: true };
    this.#places.set(listener.name, place);
    const opening = this.#open(listener, place).finally(() => this.#openings.delete(opening));
    this.#openings.add(opening);
  }

  unlisten(listener: ListenerEntity): void {
    const place = this.#places.get(listener.name);
    if (place === undefined) return;
    place.isWanted = false;
    place.acceptor?.close();
    this.#places.delete(listener.name);
  }

  dial(dial: Dial): void {
    const abandon = startDial(dial, {
      connected: (socket) => {
        this.#dials.delete(abandon);
        this.#adopt(socket, (now) => this.#router.dialSucceeded(dial, remoteOf(socket, dial.host), now));
      },
      failed: (reason) => {
        this.#dials.delete(abandon);
        const now = monotonicMs();
        this.#router.dialFailed(dial, reason, now);
        this.#turns.end(now);
      },
    });
    this.#dials.add(abandon);
  }

  stopped(): void {
    setImmediate(this.#onStopped); // the router is in the middle of its turn
  }

  async #open(listener: ListenerEntity, place: ListeningPlace): Promise<void> {
    const unknown = unixPathOf(listener.host) === null ? 'unknown' : listener.host;
    try {
      place.acceptor = await Acceptor.open(listener, {
        accepted: (socket) =>
          this.#adopt(socket, (now) => this.#router.acceptConnection(listener, remoteOf(socket, unknown), now)),
        acceptFailed: (reason) => this.#handleAcceptFailed(listener, reason),
      });
    } catch (error) {
      if (!(error instanceof WeftError)) throw error;
      if (place.isWanted) this.#handleListenFailed(listener, error);
      return;
    }
    if (!place.isWanted) place.acceptor.close();
    else
      for (const address of place.acceptor.addresses)
        this.log.write('SERVER', LogLevel.Notice, `Listening on ${address}`);
  }

  #handleAcceptFailed(listener: ListenerEntity, reason: string): void {
    const now = monotonicMs();
    if (now < this.#acceptFailureSilentUntil) return;
    this.#acceptFailureSilentUntil = now + limits.acceptFailureLogMs;
    this.log.write('SERVER', LogLevel.Error, `Cannot accept connections on ${listener.name}: ${reason}`);
  }

  #handleListenFailed(listener: ListenerEntity, error: WeftError): void {
    this.#places.delete(listener.name);
    this.#startFailures?.push(error);
    const now = monotonicMs();
    this.#router.listenFailed(listener, error.message, now);
    this.#turns.end(now);
  }

  #adopt(socket: Socket, introduce: (now: number) => ReturnType<HostedRouter['acceptConnection']>): void {
    const now = monotonicMs();
    new SocketConnection(socket, introduce(now), this.#turns);
    this.#turns.end(now);
  }
}
