// A machine that runs the production router, and does for it what the host does on Node: listens, dials, checks passwords.
// The answers come later, each as a turn of its own.
import type { Random } from '../../kit/random.ts';
import { type Dial, type HostedConnection, type HostPort, LogMemory, type LogSink } from '../../router/ports.ts';
import { Router } from '../../router/router.ts';
import type { RouterConnection } from '../../router/router-connection.ts';
import type { Configuration, ListenerEntity } from '../../schema/configuration.ts';
import type { SimulatedClock } from '../clock.ts';
import type { SimulatedNetwork } from '../network/network.ts';
import type { WireEnd } from '../network/wire.ts';
import type { Trace } from '../trace.ts';
import { Machine } from './machine.ts';
import { SimulatedSocket, type Tap } from './socket.ts';

/** 2026-01-01T00:00Z: the wall clock when the monotonic one stands at 0. */
const wallTimeOfZero = 1_767_225_600_000;

export interface RouterNodeOptions {
  readonly configuration: Configuration;
  readonly clock: SimulatedClock;
  readonly network: SimulatedNetwork;
  readonly random: Random;
  readonly trace: Trace;
  /** Who may log in with PLAIN; null: no users file. */
  readonly passwords: ReadonlyMap<string, string> | null;
  /** Asked for every connection: who watches its bytes. */
  tap(connection: RouterConnection, socket: () => SimulatedSocket): Tap;
}

export class RouterNode implements HostPort {
  readonly machine: Machine;
  readonly router: Router;
  readonly log: LogSink;
  readonly logMemory = new LogMemory();
  /** The drain is over: the process would end now. */
  isStopped = false;
  onStopped: () => void = () => undefined;
  readonly #options: RouterNodeOptions;

  constructor(options: RouterNodeOptions) {
    const { clock, random, configuration, trace } = options;
    this.#options = options;
    const name = configuration.router.id;
    this.log = {
      enabled: () => trace.isOn,
      write: (module, _level, text) => {
        if (trace.isOn) trace.line(clock.now, name, `${module} ${text}`);
      },
    };
    this.machine = new Machine(name, clock, random);
    this.router = new Router({ configuration, host: this, now: clock.now });
    this.machine.run(this.router);
  }

  start(): void {
    this.machine.turn(() => this.router.start(this.#now));
  }

  /** The process ends at once: its connections are reset, and nobody listens any more. */
  kill(): void {
    this.machine.kill();
    for (const listener of this.#options.configuration.listeners) this.unlisten(listener);
  }

  get #now(): number {
    return this.#options.clock.now;
  }

  // --- HostPort ----------------------------------------------------------------------------------------------------

  wallTimeMs(): number {
    return wallTimeOfZero + this.#now;
  }

  randomBytes(count: number): Uint8Array {
    return this.#options.random.bytes(count);
  }

  get canVerifyPasswords(): boolean {
    return this.#options.passwords !== null;
  }

  verifyPassword(user: string, password: string, answer: (valid: boolean) => void): void {
    const { passwords, random } = this.#options;
    const isValid = passwords?.get(user) === password;
    this.machine.after(random.between(1, 40), () => answer(isValid));
  }

  listen(listener: ListenerEntity): void {
    const { network } = this.#options;
    const isListening = network.listen(placeOf(listener), (end, remote) => {
      this.machine.adopt(end, () => this.#adopt(end, this.router.acceptConnection(listener, remote, this.#now)));
    });
    this.machine.after(0, () => {
      if (isListening) this.router.listenSucceeded(listener, this.#now);
      else this.router.listenFailed(listener, 'Address in use', this.#now);
    });
  }

  unlisten(listener: ListenerEntity): void {
    this.#options.network.unlisten(placeOf(listener));
  }

  dial(dial: Dial): void {
    this.#options.network.dial(this.machine.name, `${dial.host}:${dial.port}`, {
      connected: (end, remote) => {
        this.machine.adopt(end, () => this.#adopt(end, this.router.dialSucceeded(dial, remote, this.#now)));
      },
      failed: (reason) => this.machine.turn(() => this.router.dialFailed(dial, reason, this.#now)),
    });
  }

  lookUp(_name: string, answer: (addresses: readonly string[]) => void): void {
    answer([]); // names mean nothing in the simulated network
  }

  stopped(): void {
    this.isStopped = true;
    this.onStopped();
  }

  #adopt(end: WireEnd, hosted: HostedConnection): void {
    const tap = this.#options.tap(hosted as RouterConnection, () => socket);
    const socket: SimulatedSocket = new SimulatedSocket(this.machine, end, hosted, tap);
  }
}

export function placeOf({ host, port }: { readonly host: string; readonly port: string }): string {
  return `${host}:${port}`;
}
