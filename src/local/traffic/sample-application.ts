// One application of the mesh, imitated: it connects with its own certificate to the first of its endpoints, goes on to the next when
// that is lost, and publishes and consumes what its file says.
//
//   connecting ──open──▶ open ──lost, or closed by the router──▶ connecting to the next endpoint
//       └──failed──▶ the next endpoint at once; after all of them, a while
import { readFileSync } from 'node:fs';
import rhea, { type Connection, type ConnectionOptions, type EventContext } from 'rhea';
import type { Endpoint } from '../running-mesh.ts';
import { Consuming } from './consuming.ts';
import { trafficLimits } from './limits.ts';
import type { SampleApplicationPlan } from './plan.ts';
import { Publishing } from './publishing.ts';
import type { UseReport } from './report.ts';
import type { LinkError, LinkHost } from './sample-link.ts';
import { UseTally } from './tally.ts';

interface Attachment {
  readonly connection: Connection;
  readonly endpoint: Endpoint;
  isOpen: boolean;
  publishing: readonly Publishing[];
  consuming: readonly Consuming[];
}

export class SampleApplication {
  readonly plan: SampleApplicationPlan;
  #endpoints: readonly Endpoint[];
  readonly #tallies: ReadonlyMap<string, UseTally>;
  readonly #tell: (problem: string) => void;
  readonly #told = new Set<string>();
  #attachment: Attachment | null = null;
  #attempts = 0;
  /** Since it has been without a router; null while it has one. */
  #withoutSinceMs: number | null = performance.now();
  #connectAtMs = 0;
  #connectUntilMs = 0;
  #isStopping = false;
  #reason = 'no answer';

  /** `tell`: of what is wrong, in a sentence; each once. */
  constructor(plan: SampleApplicationPlan, tell: (problem: string) => void) {
    this.plan = plan;
    this.#endpoints = plan.endpoints;
    this.#tell = tell;
    this.#tallies = new Map(plan.uses.map(({ key }) => [key, new UseTally(key)]));
  }

  /** The router that it is connected to; null for none. */
  get router(): string | null {
    return this.#attachment?.isOpen === true ? this.#attachment.endpoint.router : null;
  }

  /** Where it goes when its router is lost. */
  setEndpoints(endpoints: readonly Endpoint[]): void {
    this.#endpoints = endpoints;
  }

  reports(): UseReport[] {
    return [...this.#tallies.values()].flatMap((tally) => tally.report() ?? []);
  }

  /** Connects, attaches and sends, each when it is time. */
  tick(nowMs: number): void {
    const attachment = this.#attachment;
    if (attachment === null) {
      if (!this.#isStopping && nowMs >= this.#connectAtMs) this.#connect(nowMs);
    } else if (attachment.isOpen) {
      for (const use of [...attachment.publishing, ...attachment.consuming]) use.tick(nowMs);
    } else if (nowMs >= this.#connectUntilMs) {
      this.#reason = 'no answer';
      (attachment.connection as unknown as { socket: { destroy(): void } }).socket.destroy();
      this.#handleEnd(attachment);
    }
    if (this.#withoutSinceMs !== null && nowMs - this.#withoutSinceMs > trafficLimits.withoutRouterMs)
      this.#tellOnce(`${this.plan.name} finds no router that takes it: ${this.#reason}`);
  }

  #connect(nowMs: number): void {
    const endpoints = this.#endpoints;
    const endpoint = endpoints[this.#attempts % endpoints.length];
    if (endpoint === undefined) return; // told by who looks for its router
    this.#attempts++;
    this.#connectUntilMs = nowMs + trafficLimits.connectMs;
    try {
      const connection = rhea.create_container({ id: this.plan.name }).create_connection(this.#optionsFor(endpoint));
      const attachment: Attachment = { connection, endpoint, isOpen: false, publishing: [], consuming: [] };
      this.#watch(attachment);
      connection.connect();
      this.#attachment = attachment;
    } catch (error) {
      // Of its files: one is not there, or the key is already the new one and the certificate not yet.
      this.#reason = `${endpoint.router}: ${errorText(error as Error)}`;
      this.#backOff(nowMs);
    }
  }

  /** The files are read anew each time: a certificate may have been replaced. */
  #optionsFor({ host, port }: Endpoint): ConnectionOptions {
    const { ca, cert, key } = this.plan.credentials;
    const own = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key), enable_sasl_external: true };
    // An address is no server name in TLS; routers on this machine are `localhost` in their certificates, too.
    const how = { servername: 'localhost', reconnect: false, tcp_no_delay: true };
    return { host, port, transport: 'tls', ...how, ...own };
  }

  #watch(attachment: Attachment): void {
    const { connection, endpoint } = attachment;
    const noteReason = (error: LinkError | Error | undefined): void => {
      if (error !== undefined) this.#reason = `${endpoint.router}: ${errorText(error)}`;
    };
    connection.on('connection_open', () => this.#handleOpen(attachment));
    connection.on('connection_error', ({ error, connection: { error: said } }: EventContext & { error?: Error }) => {
      const why = (said ?? error) as LinkError | undefined;
      noteReason(why);
      if (why?.condition === 'amqp:unauthorized-access')
        this.#tellOnce(`${this.plan.name} may not connect to ${endpoint.router}: ${errorText(why)}`);
    });
    const end = (): void => this.#handleEnd(attachment);
    connection.on('connection_close', end);
    connection.on('disconnected', ({ error }: EventContext & { error?: Error }) => {
      noteReason(error);
      end();
    });
    // Both end the connection; without a listener rhea would print them, or throw.
    connection.on('protocol_error', noteReason);
    connection.on('error', noteReason);
    connection.on('session_error', ({ session }: EventContext) => noteReason(session?.error as LinkError | undefined));
    connection.on('session_close', end);
  }

  #handleOpen(attachment: Attachment): void {
    attachment.isOpen = true;
    this.#withoutSinceMs = null;
    const { connection, endpoint } = attachment;
    const host: LinkHost = {
      connection,
      router: endpoint.router,
      ended: (what, error) => {
        if (error.condition === 'amqp:connection:forced') return; // the router drains, and closes in a moment
        this.#tellOnce(`${this.plan.name} may not ${what}: ${errorText(error)}`);
      },
    };
    const tallyOf = (key: string): UseTally => this.#tallies.get(key) as UseTally;
    const { uses } = this.plan;
    attachment.consuming = uses
      .filter(({ right }) => right === 'subscribe')
      .map((use) => new Consuming(host, use, tallyOf(use.key)));
    attachment.publishing = this.#isStopping
      ? []
      : uses.filter(({ right }) => right === 'publish').map((use) => new Publishing(host, use, tallyOf(use.key)));
  }

  #handleEnd(attachment: Attachment): void {
    if (this.#attachment !== attachment) return;
    this.#attachment = null;
    for (const use of [...attachment.publishing, ...attachment.consuming]) use.end();
    const nowMs = performance.now();
    this.#withoutSinceMs ??= nowMs;
    const { length } = this.#endpoints;
    if (attachment.isOpen) {
      // The next one after it, at once.
      this.#attempts %= Math.max(1, length);
      this.#connectAtMs = length > 1 ? nowMs : nowMs + trafficLimits.firstBackOffMs;
      return;
    }
    this.#backOff(nowMs);
  }

  /** The next endpoint at once; after all of them, a while. */
  #backOff(nowMs: number): void {
    const length = Math.max(1, this.#endpoints.length);
    const rounds = Math.floor(this.#attempts / length);
    const isRoundOver = this.#attempts % length === 0;
    const backOffMs = Math.min(
      trafficLimits.firstBackOffMs * 2 ** Math.max(0, rounds - 1),
      trafficLimits.longestBackOffMs,
    );
    this.#connectAtMs = isRoundOver ? nowMs + backOffMs : nowMs;
  }

  /** Sends no more; true when nothing that it sent, or has to answer, is left without an end. */
  quiesce(): boolean {
    this.#isStopping = true;
    const { publishing = [], consuming = [] } = this.#attachment ?? {};
    for (const one of publishing) one.stop();
    return [...publishing, ...consuming].every(({ openDeliveries }) => openDeliveries === 0);
  }

  /** Leaves. Resolves when the router has taken note, or is gone. */
  async close(): Promise<void> {
    this.#isStopping = true;
    const attachment = this.#attachment;
    if (attachment === null) return;
    const { connection } = attachment;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, trafficLimits.closeMs);
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      connection.once('connection_close', end);
      connection.once('disconnected', end);
      connection.close();
    });
    this.#handleEnd(attachment);
  }

  #tellOnce(problem: string): void {
    if (this.#told.has(problem)) return;
    this.#told.add(problem);
    this.#tell(problem);
  }
}

/** `amqp:unauthorized-access: … (rule target)`, as much of it as there is. */
function errorText(error: LinkError | Error): string {
  const { condition, description, info } = error as LinkError;
  if (condition === undefined) return error instanceof Error ? error.message : String(description ?? error);
  const rule = info?.rule === undefined ? '' : ` (rule ${info.rule})`;
  return `${condition}${description ? `: ${description}` : ''}${rule}`;
}
