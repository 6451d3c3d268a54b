// What Node does for one router: listens, dials, checks passwords, and hands over what comes of it. Every answer is a turn
// of its own (see turns.ts).
import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import { assert } from '../kit/assert.ts';
import {
  type ChangeOutcome,
  type Dial,
  type HostPort,
  LogLevel,
  type LogMemory,
  type TransportSecurity,
} from '../router/ports.ts';
import type { ChangeRequest } from '../schema/change-configuration.ts';
import { type ListenerEntity, speaksHttp } from '../schema/configuration.ts';
import { Acceptor } from './acceptor.ts';
import { monotonicMs, wallTimeMs } from './clock.ts';
import { remoteOf, startDial } from './dialer.ts';
import { unixPathOf } from './endpoint-address.ts';
import { WeftError } from './errors.ts';
import type { HostedRouter } from './hosted-router.ts';
import type { HttpDoor } from './http/http-door.ts';
import { HttpService } from './http/http-service.ts';
import { checkRootFolder } from './http/static-files.ts';
import { limits } from './limits.ts';
import type { Log } from './log.ts';
import { makeMetricsPage } from './metrics/metrics-page.ts';
import type { PasswordCheck } from './password-check.ts';
import { processFigures } from './process-figures.ts';
import { SocketConnection } from './socket-connection.ts';
import { TlsDoor } from './tls/tls-door.ts';
import type { TlsProfile } from './tls/tls-profile.ts';
import type { TlsProfiles } from './tls/tls-profiles.ts';
import type { Turns } from './turns.ts';

interface ListeningPlace {
  /** null while it is being opened. */
  acceptor: Acceptor | null;
  /** null: the listener has no sslProfile. */
  readonly door: TlsDoor | null;
  /** null: the listener is one for bare AMQP. */
  readonly http: HttpDoor | null;
  isWanted: boolean;
}

export class NodeHost implements HostPort {
  readonly log: Log;
  /** null: there is no users file. */
  passwordCheck: PasswordCheck | null;
  #tlsProfiles: TlsProfiles;
  readonly #onStopped: () => void;
  #router!: HostedRouter;
  #turns!: Turns;
  #http!: HttpService;
  /** By the listener's name. */
  readonly #places = new Map<string, ListeningPlace>();
  readonly #openings = new Set<Promise<void>>();
  /** Gives up each dial under way. */
  readonly #dials = new Set<() => void>();
  /** Why listeners could not be bound, since {@link settled} told the last time. */
  #listenFailures: WeftError[] = [];
  /** Changes what the router runs by; see `LiveConfiguration`. */
  changeLive: ((request: ChangeRequest, saves: boolean) => Promise<ChangeOutcome>) | null = null;

  #acceptFailureSilentUntil = 0;
  #turnedAwaySilentUntil = 0;

  constructor(log: Log, passwordCheck: PasswordCheck | null, tlsProfiles: TlsProfiles, onStopped: () => void) {
    this.log = log;
    this.passwordCheck = passwordCheck;
    this.#tlsProfiles = tlsProfiles;
    this.#onStopped = onStopped;
  }

  /** Before the router is started: who gets the answers. */
  attach(router: HostedRouter, turns: Turns): void {
    this.#router = router;
    this.#turns = turns;
    this.#http = new HttpService({
      router,
      turns,
      log: this.log,
      passwords: this,
      makeMetrics: () => makeMetricsPage({ router, tlsProfiles: () => this.#tlsProfiles }),
    });
  }

  /** Waits until every listener asked for is bound or has failed. Why some have, since the last time. */
  async settled(): Promise<WeftError[]> {
    while (this.#openings.size > 0) await Promise.all(this.#openings);
    const failures = this.#listenFailures;
    this.#listenFailures = [];
    return failures;
  }

  /** Where it listens: `127.0.0.1:5672`, `unix:/path`. */
  get addresses(): string[] {
    return [...this.#places.values()].flatMap(({ acceptor }) => acceptor?.addresses ?? []);
  }

  get tlsProfiles(): TlsProfiles {
    return this.#tlsProfiles;
  }

  /** Takes over other profiles, for connections that begin from now on. */
  set tlsProfiles(profiles: TlsProfiles) {
    profiles.tellChangesSince(this.#tlsProfiles);
    this.#tlsProfiles.close();
    this.#tlsProfiles = profiles;
  }

  /** Accepts and dials no more. */
  close(): void {
    for (const place of this.#places.values()) shut(place);
    this.#places.clear();
    this.#tlsProfiles.close();
    this.#http.close();
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

  readonly process = processFigures;

  get logMemory(): LogMemory {
    return this.log.memory;
  }

  lookUp(name: string, answer: (addresses: readonly string[]) => void): void {
    const opening = lookup(name, { all: true })
      .then((found) => found.map(({ address }) => address))
      .catch(() => []) // who asked tells that there are none
      .then((addresses) => {
        answer(addresses);
        this.#turns.end(monotonicMs());
      })
      .finally(() => this.#openings.delete(opening));
    this.#openings.add(opening);
  }

  changeConfiguration(request: ChangeRequest, saves: boolean, answer: (outcome: ChangeOutcome) => void): void {
    const answerInTurn = (outcome: ChangeOutcome): void => {
      answer(outcome);
      this.#turns.end(monotonicMs());
    };
    assert(this.changeLive !== null, 'who is asked for a change has a configuration');
    this.changeLive(request, saves).then((outcome) => setImmediate(answerInTurn, outcome), rethrow);
  }

  listen(listener: ListenerEntity): void {
    const http = speaksHttp(listener) ? this.#makeHttpDoor(listener) : null;
    const place: ListeningPlace = { acceptor: null, door: this.#makeDoor(listener, http), http, isWanted: true };
    this.#places.set(listener.name, place);
    const opening = this.#open(listener, place).finally(() => this.#openings.delete(opening));
    this.#openings.add(opening);
  }

  unlisten(listener: ListenerEntity): void {
    const place = this.#places.get(listener.name);
    if (place === undefined) return;
    shut(place);
    this.#places.delete(listener.name);
  }

  dial(dial: Dial): void {
    const abandon = startDial(dial, this.#tlsProfiles.get(dial.connector.sslProfile), {
      connected: (socket, security) => {
        this.#dials.delete(abandon);
        this.#adopt(socket, (now) => this.#router.dialSucceeded(dial, remoteOf(socket, dial.host), now, security));
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
    try {
      await checkRootFolder(listener);
      place.acceptor = await Acceptor.open(listener, {
        accepted: (socket) => this.#receive(listener, place, socket),
        acceptFailed: (reason) => this.#handleAcceptFailed(listener, reason),
      });
    } catch (error) {
      if (!(error instanceof WeftError)) throw error;
      if (place.isWanted) this.#handleListenFailed(listener, error);
      return;
    }
    if (!place.isWanted) place.acceptor.close();
    else this.#handleListening(listener, place.acceptor);
  }

  #handleListening(listener: ListenerEntity, { addresses }: Acceptor): void {
    const [module, what] = speaksHttp(listener) ? (['HTTP', 'for HTTP on'] as const) : (['SERVER', 'on'] as const);
    for (const address of addresses) this.log.write(module, LogLevel.Notice, `Listening ${what} ${address}`);
    const now = monotonicMs();
    this.#router.listenSucceeded(listener, now);
    this.#turns.end(now);
  }

  #makeHttpDoor(listener: ListenerEntity): HttpDoor {
    return this.#http.makeDoor(listener, (remote, reason) => this.#handleTurnedAway(listener, remote, reason));
  }

  #makeDoor(listener: ListenerEntity, http: HttpDoor | null): TlsDoor | null {
    if (listener.sslProfile === '') return null;
    return new TlsDoor(listener, () => this.#tlsProfiles.get(listener.sslProfile) as TlsProfile, {
      entered: (socket, security) => this.#enter(listener, http, socket, security),
      left: (remote, reason) => {
        if (this.log.enabled('SERVER', LogLevel.Info))
          this.log.write('SERVER', LogLevel.Info, `Connection of ${remote} lost before it said anything: ${reason}`);
      },
      turnedAway: (remote, reason) => this.#handleTurnedAway(listener, remote, reason),
    });
  }

  /** Before the handshake of TLS, which is not for those who are turned away anyway. */
  #receive(listener: ListenerEntity, { door, http }: ListeningPlace, socket: Socket): void {
    if (door === null) this.#enter(listener, http, socket, null);
    // A probe is no connection: of an HTTP listener only WebSockets count.
    else if (http !== null || this.#router.mayConnect(remoteOf(socket, 'unknown'))) door.receive(socket);
    else socket.destroy();
  }

  #enter(listener: ListenerEntity, http: HttpDoor | null, socket: Socket, security: TransportSecurity | null): void {
    const remote = remoteOf(socket, unixPathOf(listener.host) === null ? 'unknown' : listener.host);
    if (http !== null) http.receive(socket, { remote, security });
    else this.#adopt(socket, (now) => this.#router.acceptConnection(listener, remote, now, security));
  }

  #handleTurnedAway(listener: ListenerEntity, remote: string, reason: string): void {
    const now = monotonicMs();
    if (now < this.#turnedAwaySilentUntil) return;
    this.#turnedAwaySilentUntil = now + limits.acceptFailureLogMs;
    this.log.write('SERVER', LogLevel.Warning, `Connection of ${remote} to ${listener.name} turned away: ${reason}`);
  }

  #handleAcceptFailed(listener: ListenerEntity, reason: string): void {
    const now = monotonicMs();
    if (now < this.#acceptFailureSilentUntil) return;
    this.#acceptFailureSilentUntil = now + limits.acceptFailureLogMs;
    this.log.write('SERVER', LogLevel.Error, `Cannot accept connections on ${listener.name}: ${reason}`);
  }

  #handleListenFailed(listener: ListenerEntity, error: WeftError): void {
    this.#places.delete(listener.name);
    this.#listenFailures.push(error);
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

/** A bug of ours must not be swallowed by a promise. */
function rethrow(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

function shut(place: ListeningPlace): void {
  place.isWanted = false;
  place.acceptor?.close();
  place.door?.close();
  place.http?.close();
}
