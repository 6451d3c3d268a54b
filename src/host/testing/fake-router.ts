// A router for tests of the host: it speaks no AMQP, writes what a test tells it to write, and remembers what it was told.
// Like the real one it owns one output buffer per connection, and fills it anew as soon as it was given back: bytes that
// the host still needed then would arrive wrong.
import { EventEmitter, once } from 'node:events';
import { assert } from '../../kit/assert.ts';
import type { Dial, HostedConnection, HostPort, HttpRequest, TransportSecurity } from '../../router/ports.ts';
import type { Configuration, ListenerEntity } from '../../schema/configuration.ts';
import type { HostedMonitor, HostedRouter, RouterFigures } from '../hosted-router.ts';

const bufferBytes = 64 * 1024;

export class FakeConnection extends EventEmitter<{ bytes: []; closed: [] }> implements HostedConnection {
  readonly remote: string;
  /** null in clear. */
  readonly security: TransportSecurity | null;
  received = 0;
  receivedText = '';
  wantsBytes = true;
  isFinished = false;
  /** null while open. */
  closedReason: string | null = null;
  #pending = 0;
  #nextByte = 0;
  #pendingText = '';
  readonly #buffer = new Uint8Array(bufferBytes);
  #isTaken = false;
  readonly #touch: (connection: FakeConnection) => void;

  constructor(remote: string, security: TransportSecurity | null, touch: (connection: FakeConnection) => void) {
    super();
    this.remote = remote;
    this.security = security;
    this.#touch = touch;
  }

  /** Bytes that it has to write. */
  get pending(): number {
    return this.#pending;
  }

  /** Has `count` bytes to write: 0, 1, … 250, 0, 1, … */
  sendPattern(count: number): void {
    this.#pending += count;
    this.#touch(this);
  }

  sendText(text: string): void {
    this.#pendingText += text;
    this.#touch(this);
  }

  set(wishes: { wantsBytes?: boolean; isFinished?: boolean }): void {
    Object.assign(this, wishes);
    this.#touch(this);
  }

  handleBytes(bytes: Uint8Array, _now: number): void {
    assert(this.closedReason === null, 'bytes after the end');
    assert(bytes.constructor === Uint8Array, 'bytes come as a plain Uint8Array');
    this.received += bytes.length;
    if (this.receivedText.length < 100) this.receivedText += new TextDecoder().decode(bytes.slice(0, 100));
    this.emit('bytes');
  }

  handleClosed(reason: string, _now: number): void {
    assert(this.closedReason === null, 'a connection ends once');
    this.closedReason = reason;
    this.emit('closed');
  }

  takeOutput(): Uint8Array | null {
    assert(this.closedReason === null, 'taken after the end');
    if (this.#isTaken) return null;
    let length = 0;
    if (this.#pendingText !== '') {
      ({ written: length } = new TextEncoder().encodeInto(this.#pendingText, this.#buffer));
      this.#pendingText = '';
    } else {
      for (; length < bufferBytes && this.#pending > 0; length++, this.#pending--) {
        this.#buffer[length] = this.#nextByte;
        this.#nextByte = (this.#nextByte + 1) % 251;
      }
    }
    if (length === 0) return null;
    this.#isTaken = true;
    return this.#buffer.subarray(0, length);
  }

  outputWritten(_now: number): void {
    assert(this.#isTaken, 'written without having been taken');
    this.#isTaken = false;
    this.#buffer.fill(0xff);
    if (this.#pending > 0 || this.#pendingText !== '') this.#touch(this);
  }

  /** Waits until the connection has ended; why. */
  async closed(): Promise<string> {
    if (this.closedReason === null) await once(this, 'closed');
    return this.closedReason as unknown as string;
  }

  async receivedAtLeast(count: number): Promise<void> {
    while (this.received < count) await once(this, 'bytes');
  }
}

export class FakeRouter
  extends EventEmitter<{ connection: [FakeConnection]; listening: []; listenFailed: [string]; dialFailed: [string] }>
  implements HostedRouter
{
  configuration: Configuration | null;
  readonly host: HostPort | null;
  readonly connections: FakeConnection[] = [];
  deadline = Number.POSITIVE_INFINITY;
  timeouts: number[] = [];
  dialFailures: string[] = [];
  /** What `start` dials. */
  dials: Dial[] = [];
  /** What `drain` does; the default has nothing to wait for. */
  onDrain = (): void => this.host?.stopped();
  isDraining = false;
  /** It is watched by nobody else. */
  readonly monitor: HostedMonitor = this;
  /** Why it is not ready. */
  reasons: string[] = [];
  /** Requests over HTTP that were judged, and paths that are forbidden by a rule. */
  readonly requests: HttpRequest[] = [];
  readonly forbidden = new Map<string, string>();
  #dirty = new Set<FakeConnection>();
  #isFlushing = false;

  constructor(configuration: Configuration | null = null, host: HostPort | null = null) {
    super();
    this.configuration = configuration;
    this.host = host;
  }

  start(_now: number): void {
    for (const listener of this.configuration?.listeners ?? []) this.host?.listen(listener);
    for (const dial of this.dials) this.host?.dial(dial);
  }

  mayConnect(): boolean {
    return true;
  }

  acceptConnection(
    _listener: ListenerEntity | null,
    remote: string,
    _now: number,
    security: TransportSecurity | null = null,
  ): FakeConnection {
    return this.#add(remote, security);
  }

  dialSucceeded(_dial: Dial, remote: string, _now: number, security: TransportSecurity | null = null): FakeConnection {
    return this.#add(remote, security);
  }

  listenFailed(_listener: ListenerEntity, reason: string, _now: number): void {
    this.emit('listenFailed', reason);
  }

  dialFailed(_dial: Dial, reason: string, _now: number): void {
    this.dialFailures.push(reason);
    this.emit('dialFailed', reason);
  }

  handleTimeout(now: number): void {
    this.timeouts.push(now);
    if (now >= this.deadline) this.deadline = Number.POSITIVE_INFINITY;
  }

  nextDeadline(): number {
    return this.deadline;
  }

  flush(_now: number): readonly HostedConnection[] {
    assert(!this.#isFlushing, 'flush within a turn of the router');
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    return dirty.filter((one) => one.closedReason === null);
  }

  reload(configuration: Configuration, _now: number): string[] {
    const before = this.configuration?.listeners ?? [];
    for (const gone of before.filter((one) => !configuration.listeners.some((new_) => new_.name === one.name))) {
      this.host?.unlisten(gone);
    }
    for (const new_ of configuration.listeners.filter((one) => !before.some((old) => old.name === one.name))) {
      this.host?.listen(new_);
    }
    this.configuration = configuration;
    return ['applied'];
  }

  listenSucceeded(_listener: ListenerEntity, _now: number): void {
    this.emit('listening');
  }

  readiness(_any: boolean): readonly string[] {
    return this.reasons;
  }

  forbids(request: HttpRequest): string | null {
    this.requests.push(request);
    return this.forbidden.get(request.path) ?? null;
  }

  figures(): RouterFigures {
    throw new Error('there is nothing to count');
  }

  survey(): { step(): null } {
    return { step: () => null };
  }

  clientTraffic(): ReturnType<HostedMonitor['clientTraffic']> {
    return { totals: () => new Map() };
  }

  connectionsBefore(): readonly never[] {
    return [];
  }

  drain(_now: number): void {
    this.isDraining = true;
    this.#isFlushing = true;
    this.onDrain();
    this.#isFlushing = false;
  }

  /** The next connection, or the first one that is there already. */
  async connection(): Promise<FakeConnection> {
    if (this.connections.length === 0) await once(this, 'connection');
    return this.connections[0] as FakeConnection;
  }

  #add(remote: string, security: TransportSecurity | null): FakeConnection {
    const connection = new FakeConnection(remote, security, (one) => this.#dirty.add(one));
    this.connections.push(connection);
    this.emit('connection', connection);
    return connection;
  }
}
