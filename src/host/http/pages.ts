// What a listener with `http: yes` shows, by path:
//
//   /healthz   the process lives and the router turns            healthz: yes; needs no name
//   /readyz    its links are up and its routes known             healthz: yes; needs no name
//   /metrics   figures for Prometheus                            metrics: yes
//   others     files of httpRootDir
//
// Except for the probes whoever asks is named first, then allowed or not (the policy of the router).
import type { HttpRequest } from '../../router/ports.ts';
import type { ListenerEntity } from '../../schema/configuration.ts';
import { limits } from '../limits.ts';
import type { Visitor } from './http-door.ts';
import { type Exchange, replyText } from './reply.ts';
import { type Passwords, Requesters } from './requester.ts';
import { StaticFiles } from './static-files.ts';

/** What pages ask of the router and its host. */
export interface PageSource extends Passwords {
  /** A turn of the router; resolves at its end. */
  turn(): Promise<void>;
  /** Why the router is not ready, a line each; none when it is. `any`: one link to another router is enough. */
  readiness(any: boolean): readonly string[];
  /** The text of /metrics. */
  metrics(): Promise<string>;
  readonly metricsType: string;
  /** Which rule of the policy forbids the request; null when it is allowed. */
  forbids(request: HttpRequest): string | null;
  /** A request was not answered as it was meant to be, for another reason than policy, which tells of itself. */
  refused(request: HttpRequest, why: string): void;
}

type Page = (exchange: Exchange) => void | Promise<void>;

export class Pages {
  readonly #listener: ListenerEntity;
  readonly #source: PageSource;
  readonly #requesters: Requesters;
  readonly #files: StaticFiles | null;
  readonly #probes = new Map<string, Page>();
  readonly #pages = new Map<string, Page>();
  /** Replies of /metrics that are not read yet. */
  #metricsReplies = 0;

  constructor(listener: ListenerEntity, source: PageSource) {
    this.#listener = listener;
    this.#source = source;
    this.#requesters = new Requesters(listener, source);
    this.#files = listener.httpRootDir === '' ? null : new StaticFiles(listener.httpRootDir);
    if (listener.healthz) {
      this.#probes.set('/healthz', (exchange) => this.#healthz(exchange));
      this.#probes.set('/readyz', (exchange) => this.#readyz(exchange));
    }
    if (listener.metrics) this.#pages.set('/metrics', (exchange) => this.#metrics(exchange));
  }

  /** Answers a request, whatever happens. */
  serve(exchange: Exchange, visitor: Visitor): void {
    this.#answer(exchange, visitor).catch((error: unknown) => {
      // A fault of ours must not cost more than this request.
      const what = error instanceof Error ? error.message : String(error);
      this.#source.refused(this.#describe(exchange, visitor, ''), `it failed: ${what}`);
      replyText(exchange, 500, 'this router could not answer; its log says why\n', { connection: 'close' });
      if (!exchange.response.writableEnded) exchange.response.destroy();
    });
  }

  async #answer(exchange: Exchange, visitor: Visitor): Promise<void> {
    const { method } = exchange.request;
    if (method !== 'GET' && method !== 'HEAD') {
      // Whatever body there is stays unread.
      return replyText(exchange, 405, 'only GET and HEAD\n', { allow: 'GET, HEAD', connection: 'close' });
    }
    const path = pathOf(exchange);
    if (path === null) return replyText(exchange, 400, 'the path is not one\n');
    const probe = this.#probes.get(path);
    if (probe !== undefined) return probe(exchange);
    if (!(await this.#admit(exchange, visitor))) return;
    const page = this.#pages.get(path);
    if (page !== undefined) return page(exchange);
    if (await this.#files?.serve(exchange, path)) return;
    replyText(exchange, 404, `nothing is here${this.#hint()}\n`);
  }

  async #admit(exchange: Exchange, visitor: Visitor): Promise<boolean> {
    const identity = await this.#requesters.identify(exchange.request, visitor);
    if ('refusal' in identity) {
      this.#source.refused(this.#describe(exchange, visitor, ''), identity.refusal);
      const challenge = { 'www-authenticate': 'Basic realm="weft", charset="UTF-8"' };
      replyText(exchange, 401, `${identity.refusal}\n`, challenge);
      return false;
    }
    const request = this.#describe(exchange, visitor, identity.user);
    const rule = this.#source.forbids(request);
    if (rule === null) return true;
    replyText(exchange, 403, `forbidden: ${rule}\n`);
    return false;
  }

  #describe(exchange: Exchange, { remote, security }: Visitor, user: string): HttpRequest {
    const hostname = hostnameOf(exchange);
    return { user, remote, hostname, path: pathOf(exchange) ?? '', listener: this.#listener, security };
  }

  async #healthz(exchange: Exchange): Promise<void> {
    await this.#source.turn();
    replyText(exchange, 200, 'OK\n');
  }

  async #readyz(exchange: Exchange): Promise<void> {
    await this.#source.turn();
    const reasons = this.#source.readiness(isAnyEnough(exchange));
    if (reasons.length === 0) replyText(exchange, 200, 'OK\n');
    else replyText(exchange, 503, reasons.map((reason) => `${reason}\n`).join(''));
  }

  async #metrics(exchange: Exchange): Promise<void> {
    if (this.#metricsReplies >= limits.metricsRepliesMax) {
      return replyText(exchange, 503, 'too many ask at once\n', { 'retry-after': '5' });
    }
    this.#metricsReplies++;
    exchange.response.once('close', () => this.#metricsReplies--);
    const text = await this.#source.metrics();
    replyText(exchange, 200, text, { 'content-type': this.#source.metricsType });
  }

  /** For people who came with a browser. */
  #hint(): string {
    const paths = [...this.#probes.keys(), ...this.#pages.keys()];
    return paths.length === 0 ? '' : `; this listener has ${paths.join(', ')}`;
  }
}

/** Decoded; null when that cannot be done. */
function pathOf({ request }: Exchange): string | null {
  try {
    const path = decodeURIComponent((request.url ?? '').split('?', 1)[0] as string);
    return path.startsWith('/') && !path.includes('\0') ? path : null;
  } catch {
    return null;
  }
}

/** Of the Host header: `[::1]:8080` is `::1`. */
function hostnameOf({ request }: Exchange): string {
  const host = request.headers.host ?? '';
  return host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
}

/** `/readyz?any` */
function isAnyEnough({ request }: Exchange): boolean {
  return new URLSearchParams((request.url ?? '').split('?')[1] ?? '').has('any');
}
