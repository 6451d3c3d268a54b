// An application of a mesh that `weft up` runs, over rhea: it connects with its certificate, tries its endpoints in turn, and comes back when its
// router ends. Files of certificates are read whenever it connects.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import rhea, { type Connection, type ConnectionOptions, type EventContext, type Receiver, type Sender } from 'rhea';

export interface ApplicationPlace {
  /** The folder of certificates. */
  readonly pki: string;
  /** TEAM/APP */
  readonly name: string;
  /** In the order in which it tries them. */
  readonly ports: readonly number[];
}

export interface Credentials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export function credentialsOf({ pki, name }: Pick<ApplicationPlace, 'pki' | 'name'>): Credentials {
  const read = (path: string): string => readFileSync(join(pki, path), 'utf8');
  return { ca: read('ca.pem'), cert: read(`apps/${name}/cert.pem`), key: read(`apps/${name}/key.pem`) };
}

export class MeshApplication {
  readonly connection: Connection;
  /** How its connections opened and ended, for messages of failures. */
  readonly story: string[] = [];

  constructor(place: ApplicationPlace, credentials: () => Credentials = () => credentialsOf(place)) {
    let tried = 0;
    const details = (): object => {
      const port = place.ports[tried++ % place.ports.length];
      return { host: '127.0.0.1', port, transport: 'tls', options: { servername: 'localhost', ...credentials() } };
    };
    // rhea speaks EXTERNAL only when it is told of a certificate here, too.
    const external = { enable_sasl_external: true, cert: 'as in the details' };
    const options = {
      ...external,
      connection_details: details,
      initial_reconnect_delay: 20,
      max_reconnect_delay: 200,
    };
    this.connection = rhea.create_container({ id: place.name }).connect(options as unknown as ConnectionOptions);
    const tell = (what: string) => (context: EventContext) =>
      void this.story.push(`${what} ${String(context.error ?? '')}`);
    this.connection.on('connection_open', tell('opened'));
    this.connection.on('connection_close', tell('closed'));
    this.connection.on('disconnected', tell('disconnected'));
    for (const event of ['connection_error', 'error', 'session_error']) this.connection.on(event, tell(event));
  }

  close(): void {
    this.connection.set_reconnect(false);
    const { scheduled_reconnect } = this.connection as unknown as { scheduled_reconnect?: NodeJS.Timeout };
    clearTimeout(scheduled_reconnect);
    this.connection.close();
  }
}

/** Of a publisher: some hundreds a second, so that some are under way whatever happens. */
const everyMs = 5;
const atOnceMax = 2;
const underWayMax = 20;

/** Publishes steadily, and remembers what became of each message. */
export class Publisher {
  readonly outcomes = { accepted: 0, rejected: 0, released: 0, modified: 0 };
  sent = 0;
  readonly #sender: Sender;
  readonly #timer: NodeJS.Timeout;

  constructor({ connection }: MeshApplication, channel: string) {
    // Otherwise rhea tells of each modified message twice.
    this.#sender = connection.open_sender({ target: channel, treat_modified_as_released: false } as never);
    for (const outcome of ['accepted', 'rejected', 'released', 'modified'] as const) {
      this.#sender.on(outcome, () => {
        this.outcomes[outcome]++;
      });
    }
    this.#timer = setInterval(() => this.#send(), everyMs);
  }

  /** Those without an outcome. */
  get open(): number {
    const { accepted, rejected, released, modified } = this.outcomes;
    return this.sent - accepted - rejected - released - modified;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** No more than there is credit for: rhea takes them, keeps them to itself and forgets them when the connection goes. */
  #send(): void {
    if (!this.#sender.is_open() || !this.#sender.sendable()) return;
    const { credit } = this.#sender as unknown as { credit: number };
    const count = Math.min(credit, atOnceMax, underWayMax - this.open);
    for (let n = 0; n < count; n++) {
      this.sent++;
      this.#sender.send({ body: this.sent });
    }
  }
}

/** Accepts all that comes. */
export function consume(
  { connection }: MeshApplication,
  channel: string,
): { readonly link: Receiver; count(): number } {
  let received = 0;
  const link = connection.open_receiver({ source: channel, credit_window: 50 });
  link.on('message', () => received++);
  return { link, count: () => received };
}
