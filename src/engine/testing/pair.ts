// Two Endpoints and the bytes between them. The test says how the bytes are cut.
import { Clock } from '../clock.ts';
import { Endpoint, type EndpointOptions } from './endpoint.ts';

/** How one write arrives: in one piece, or in many. */
export type Cut = (bytes: Uint8Array) => Uint8Array[];

export const whole: Cut = (bytes) => [bytes];
export const byteByByte: Cut = (bytes) => Array.from(bytes, (_, at) => bytes.slice(at, at + 1));

/** In two pieces. */
export function splitAt(place: number): Cut {
  return (bytes) => [bytes.slice(0, place), bytes.slice(place)].filter(({ length }) => length > 0);
}

export class Pair {
  readonly clock = new Clock();
  /** Dials. */
  readonly client: Endpoint;
  /** Listens. */
  readonly server: Endpoint;
  cut: Cut = whole;
  /** All that each of them wrote. */
  readonly written: { readonly client: Uint8Array[]; readonly server: Uint8Array[] } = { client: [], server: [] };

  constructor(client: EndpointOptions = {}, server: EndpointOptions = {}) {
    const { clock } = this;
    this.client = new Endpoint({ clock, isInitiator: true, ...client });
    this.server = new Endpoint({ clock, isInitiator: false, ...server });
    this.client.connection.start();
  }

  get now(): number {
    return this.clock.nowMs;
  }

  /** Moves bytes to and fro until neither has more to say. */
  run(): void {
    for (let turns = 0; this.#move('client', 'server') || this.#move('server', 'client'); turns++) {
      if (turns > 10_000) throw new Error('they never stop talking');
    }
  }

  /** Lets time pass; timeouts are handled as they come. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = Math.min(this.client.connection.nextDeadline, this.server.connection.nextDeadline);
      if (next > until) break;
      this.clock.set(next);
      for (const { connection } of [this.client, this.server]) connection.handleTimeout(next);
      this.run();
    }
    this.clock.set(until);
  }

  /** The transport breaks. */
  lose(): void {
    for (const { connection } of [this.client, this.server]) connection.handleClosed(this.now);
  }

  #move(from: 'client' | 'server', to: 'client' | 'server'): boolean {
    const bytes = this[from].takeBytes();
    if (bytes === null) return false;
    this.written[from].push(bytes);
    for (const piece of this.cut(bytes)) this[to].connection.handleBytes(piece, this.now);
    return true;
  }
}
