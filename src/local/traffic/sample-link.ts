// A link of a sample application: attached again a while after it was refused or ended, as long as its connection is there.
import type { Connection, EventContext, link as RheaLink } from 'rhea';
import { trafficLimits } from './limits.ts';

export interface LinkError {
  readonly condition?: string;
  readonly description?: string;
  readonly info?: { readonly rule?: unknown } | null;
}

/** The connection of an application, as its links see it. */
export interface LinkHost {
  readonly connection: Connection;
  /** Id of the router. */
  readonly router: string;
  /** The router refused a link, or ended it with an error. `what`: `publish to orders`. */
  ended(what: string, error: LinkError): void;
}

export abstract class SampleLink<L extends RheaLink> {
  readonly host: LinkHost;
  readonly #what: string;
  #link: L | null = null;
  #attachAtMs = 0;

  constructor(host: LinkHost, what: string) {
    this.host = host;
    this.#what = what;
  }

  /** Null while it is not attached. */
  get link(): L | null {
    return this.#link;
  }

  /** Attaches it when it is time. */
  tick(nowMs: number): void {
    if (this.#link !== null || nowMs < this.#attachAtMs) return;
    const link = this.attach(this.host.connection);
    this.#link = link;
    let error: LinkError | undefined;
    const noteError = (): void => {
      error = link.error as LinkError | undefined;
    };
    link.on('sender_error', noteError).on('receiver_error', noteError);
    const end = (_: EventContext): void => {
      if (error !== undefined) this.host.ended(this.#what, error);
      this.end();
      this.#attachAtMs = performance.now() + trafficLimits.reattachMs;
    };
    link.on('sender_close', end).on('receiver_close', end);
  }

  /** The link, or its connection, is no more. */
  end(): void {
    if (this.#link === null) return;
    this.#link = null;
    this.handleEnd();
  }

  protected abstract attach(connection: Connection): L;
  protected abstract handleEnd(): void;
}
