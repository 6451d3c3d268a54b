// HTTP for all listeners of one router that have it: what their pages show, and who comes in over WebSocket.

import type { HttpRequest } from '../../router/ports.ts';
import { LogLevel } from '../../router/ports.ts';
import type { ListenerEntity } from '../../schema/configuration.ts';
import { monotonicMs } from '../clock.ts';
import type { HostedRouter } from '../hosted-router.ts';
import type { Log } from '../log.ts';
import type { Turns } from '../turns.ts';
import { HttpDoor } from './http-door.ts';
import { type PageSource, Pages } from './pages.ts';
import type { Passwords } from './requester.ts';
import { WebSocketConnection } from './web-socket-connection.ts';

/** Where the text of /metrics comes from. */
export interface MetricsText {
  readonly contentType: string;
  text(): Promise<string>;
  close(): void;
}

export interface HttpServiceParts {
  readonly router: HostedRouter;
  readonly turns: Turns;
  readonly log: Log;
  readonly passwords: Passwords;
  /** Called when the first listener with /metrics is made. */
  makeMetrics(): MetricsText;
}

export class HttpService implements PageSource {
  readonly #parts: HttpServiceParts;
  #metrics: MetricsText | null = null;

  constructor(parts: HttpServiceParts) {
    this.#parts = parts;
  }

  /** `turnedAway` is told of a peer that came no further. */
  makeDoor(listener: ListenerEntity, turnedAway: (remote: string, reason: string) => void): HttpDoor {
    const { router, turns } = this.#parts;
    if (listener.metrics) this.#metrics ??= this.#parts.makeMetrics();
    return new HttpDoor(listener, new Pages(listener, this), {
      entered: (socket, { remote, security }) => {
        const now = monotonicMs();
        new WebSocketConnection(socket, router.acceptConnection(listener, remote, now, security), turns);
        turns.end(now);
      },
      isDraining: () => router.monitor.isDraining,
      turnedAway,
    });
  }

  close(): void {
    this.#metrics?.close();
  }

  // What pages ask for (PageSource).

  get canVerifyPasswords(): boolean {
    return this.#parts.passwords.canVerifyPasswords;
  }

  verifyPassword(user: string, password: string, answer: (valid: boolean) => void): void {
    this.#parts.passwords.verifyPassword(user, password, answer);
  }

  turn(): Promise<void> {
    this.#parts.turns.end(monotonicMs());
    return new Promise((resolve) => setImmediate(resolve));
  }

  readiness(any: boolean): readonly string[] {
    return this.#parts.router.monitor.readiness(any);
  }

  async metrics(): Promise<string> {
    await this.turn(); // so that the router knows what time it is
    return (await this.#metrics?.text()) ?? '';
  }

  get metricsType(): string {
    return this.#metrics?.contentType ?? 'text/plain';
  }

  forbids(request: HttpRequest): string | null {
    return this.#parts.router.monitor.forbids(request);
  }

  refused({ remote, listener, path, user }: HttpRequest, why: string): void {
    const { log } = this.#parts;
    if (!log.enabled('HTTP', LogLevel.Info)) return;
    const who = user === '' ? '' : ` (user ${JSON.stringify(user)})`;
    const what = JSON.stringify(path.slice(0, 256));
    log.write('HTTP', LogLevel.Info, `Request of ${remote}${who} to ${listener.name} for ${what} refused: ${why}`);
  }
}
