// One client program, running: a process that speaks the suite's protocol. Its connections and links stand for what the
// program has; their state follows what the program tells.
import type { ChildProcess } from 'node:child_process';
import { startChild } from './child.ts';
import { ClientConnection } from './connection.ts';
import type { ReceiverLink, SenderLink } from './link.ts';
import type { Command, ConnectOptions, Event } from './protocol.ts';
import type { Json } from './values.ts';
import type { Watch } from './watch.ts';

export const libraries = ['rhea', 'python', 'cpp'] as const;
export type Library = (typeof libraries)[number];

let connectionCount = 0;
let serverCount = 0;

/** What a client program accepts, for routers that dial. rhea only. */
export interface ClientServer {
  readonly number: number;
  port: number;
  readonly accepted: ClientConnection[];
}

export class Client {
  readonly library: Library;
  readonly watch: Watch;
  readonly connections = new Map<number, ClientConnection>();
  readonly links = new Map<number, SenderLink | ReceiverLink>();
  readonly #servers = new Map<number, ClientServer>();
  readonly #child: ChildProcess;
  #isEnding = false;
  hasEnded = false;

  constructor(library: Library, program: readonly string[], watch: Watch) {
    this.library = library;
    this.watch = watch;
    const [command, ...args] = program as [string, ...string[]];
    this.#child = startChild(command, args, {
      onLine: (line) => this.#take(line),
      onErrorLine: (line) => watch.note(`${library}: ${line}`),
      onExit: (code, signal) => {
        this.hasEnded = true;
        if (!this.#isEnding)
          watch.fail(new Error(`the ${library} client ended by itself (${signal ?? `exit code ${code}`})`));
      },
    });
  }

  get processId(): number {
    return this.#child.pid as number;
  }

  do(command: Command): void {
    this.watch.note(`${this.library} ← ${brief(command)}`);
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  /** Opens a connection and waits for the peer's Open. */
  async connect(options: ConnectOptions): Promise<ClientConnection> {
    const connection = this.startConnect(options);
    await connection.opened();
    return connection;
  }

  /** Opens a connection that may fail: see `connection.ended`. */
  startConnect(options: ConnectOptions): ClientConnection {
    const connection = this.#adopt(++connectionCount);
    this.do({ do: 'connect', connection: connection.number, ...options });
    return connection;
  }

  /** Listens on loopback; `port` 0 takes one that is free. */
  async listen(
    port: number,
    options: { user?: string; password?: string; properties?: { [key: string]: Json } } = {},
  ): Promise<ClientServer> {
    const server: ClientServer = { number: ++serverCount, port: 0, accepted: [] };
    this.#servers.set(server.number, server);
    this.do({ do: 'listen', server: server.number, port, ...options });
    await this.watch.until(`the ${this.library} server listens`, () => server.port > 0);
    return server;
  }

  unlisten(server: ClientServer): void {
    this.do({ do: 'unlisten', server: server.number });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends the process without a word to its peers; nothing is expected of it any more. */
  kill(): void {
    this.#isEnding = true;
    this.#child.kill('SIGKILL');
  }

  #adopt(number: number): ClientConnection {
    const connection = new ClientConnection(this, number);
    this.connections.set(number, connection);
    return connection;
  }

  #take(line: string): void {
    let event: Event;
    try {
      event = JSON.parse(line) as Event;
    } catch {
      this.watch.note(`${this.library}: ${line}`); // a library that prints
      return;
    }
    this.#apply(event);
    this.watch.note(`${this.library} → ${brief(event)}`);
  }

  #apply(event: Event): void {
    switch (event.on) {
      case 'fault':
        this.watch.fail(new Error(`the ${this.library} client: ${event.text}`));
        return;
      case 'listening':
        (this.#servers.get(event.server) as ClientServer).port = event.port;
        return;
      case 'accepted':
        this.#servers.get(event.server)?.accepted.push(this.#adopt(event.connection));
        return;
      case 'open':
      case 'close':
      case 'disconnected':
        this.connections.get(event.connection)?.handle(event);
        return;
      default:
        this.links.get(event.link)?.handle(event);
    }
  }
}

/** For the report of a failure: long contents are cut. */
function brief(message: Command | Event): string {
  const text = JSON.stringify(message);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
