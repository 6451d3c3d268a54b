// An open management connection on Node: one socket, one timer, and the time.
import { randomBytes } from 'node:crypto';
import { connect, isIPv6, type Socket } from 'node:net';
import { monotonicMs } from '../../host/clock.ts';
import { WeftError } from '../../host/errors.ts';
import { ManagementConnection } from '../../management/client/management-connection.ts';
import { ManagementError } from '../../management/client/management-error.ts';
import { type Ask, ManagementNode } from '../../management/client/management-node.ts';
import type { ManagementReply } from '../../management/client/reply.ts';
import type { ManagementRequest } from '../../management/client/request.ts';
import { formatTarget } from '../amqp-target.ts';
import { firstEndpoint, readBundle } from '../bundle-folder.ts';
import { connectOverTls, describeClientTlsError } from './client-tls.ts';
import { type ConnectionFlags, loginOf, targetOf } from './connection-flags.ts';
import { cannotConnect, failureOf } from './management-failure.ts';

export class ManagementSession {
  /** `amqp://127.0.0.1:5672`, for people. */
  readonly place: string;
  readonly timeoutMs: number;
  readonly #connection: ManagementConnection;
  readonly #socket: Socket;
  #timer: NodeJS.Timeout | null = null;
  /** The application that we are, when its bundle says that it is no operator. */
  #noOperator = '';
  #isTurnDue = false;
  #isWriting = false;

  private constructor(place: string, timeoutMs: number, socket: Socket, login: Awaited<ReturnType<typeof loginOf>>) {
    this.place = place;
    this.timeoutMs = timeoutMs;
    this.#socket = socket;
    this.#connection = new ManagementConnection(login, monotonicMs(), () => this.#turnDue());
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#handleData(chunk));
    let reason = 'the router ended the connection';
    socket.on('error', (error) => {
      reason = describeClientTlsError(error);
    });
    socket.on('close', () => {
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#connection.handleClosed(reason, monotonicMs());
    });
    this.#turnDue();
  }

  /** Connects and asks the router who it is. Throws WeftError with what to do. */
  static async open(flags: ConnectionFlags): Promise<ManagementSession> {
    if (flags.bundle === undefined) return ManagementSession.#openAt(flags);
    const bundle = await readBundle(flags.bundle);
    const { ca, cert, key } = bundle.files;
    const credentials = { sslTrustfile: ca, sslCertificate: cert, sslKey: key, saslMechanisms: 'EXTERNAL' };
    return firstEndpoint(bundle, async ({ host, port }) => {
      const bus = `amqps://${isIPv6(host) ? `[${host}]` : host}:${port}`;
      const session = await ManagementSession.#openAt({ ...flags, ...credentials, bus });
      if (!bundle.isOperator) session.#noOperator = bundle.application;
      return session;
    });
  }

  static async #openAt(flags: ConnectionFlags): Promise<ManagementSession> {
    const target = targetOf(flags);
    const place = formatTarget({ ...target, address: '' }).slice(0, -1);
    const login = await loginOf(flags, `weft-${process.pid}-${randomBytes(4).toString('hex')}`);
    const timeoutMs = flags.timeout * 1000;
    const { host, port, isTls } = target;
    const socket = isTls ? await connectOverTls(target, flags) : connect({ host, port });
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string): void => {
        clearTimeout(timer);
        socket.on('error', () => undefined).destroy();
        reject(cannotConnect(target, reason));
      };
      const timer = setTimeout(fail, timeoutMs, `no answer within ${flags.timeout} seconds`);
      const failed = (error: unknown): void => fail(describeClientTlsError(error));
      socket.once('error', failed).once(isTls ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        socket.off('error', failed);
        resolve();
      });
    });
    return new ManagementSession(place, timeoutMs, socket, login);
  }

  /** Container id of the router connected to: its id. */
  get routerId(): string {
    return this.#connection.routerId;
  }

  /** Rejects with ManagementError. */
  readonly ask: Ask = (to, request) => this.askWithin(this.timeoutMs, to, request);

  askWithin(timeoutMs: number, to: string, request: ManagementRequest): Promise<ManagementReply> {
    const reply = this.#connection.ask(to, request, monotonicMs() + timeoutMs);
    this.#turnDue();
    return reply;
  }

  node(address: string): ManagementNode {
    return new ManagementNode(this.ask, address);
  }

  /** A failed request in words, with what to do about it; other errors as they are. */
  async explain(error: unknown, address: string): Promise<unknown> {
    if (!(error instanceof ManagementError)) return error;
    if (this.routerId === '' && error.code !== 'WEFT_REQUEST_REFUSED') {
      return new WeftError('WEFT_CANNOT_CONNECT', `cannot manage ${this.place}: ${error.message}`, notOpened);
    }
    if (this.#noOperator !== '' && ['WEFT_NO_AGENT', 'WEFT_MANAGEMENT_FORBIDDEN'].includes(error.code)) {
      const what = `${this.#noOperator} is no operator of the mesh: routers do not tell it how they are`;
      return new WeftError('WEFT_MANAGEMENT_FORBIDDEN', what, 'mesh.yaml names those that may ask: operators.');
    }
    return failureOf(error, { address, place: this.place, known: () => this.node('$management').managementNodes() });
  }

  close(): void {
    this.#connection.close();
    this.#turnDue();
  }

  // --- turns ---------------------------------------------------------------------------------------------------------

  #handleData(chunk: Buffer): void {
    this.#connection.handleBytes(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), monotonicMs());
    this.#endTurn();
  }

  /** What several calls ask for leaves in one write. */
  #turnDue(): void {
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    queueMicrotask(() => this.#endTurn());
  }

  #endTurn(): void {
    this.#isTurnDue = false;
    this.#write();
    if (this.#connection.isFinished && !this.#isWriting) this.#socket.end();
    if (this.#timer !== null) clearTimeout(this.#timer);
    const delay = this.#connection.nextDeadline - monotonicMs();
    if (this.#socket.destroyed || delay === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#handleTimer(), Math.max(1, Math.ceil(delay)));
  }

  #handleTimer(): void {
    this.#connection.handleTimeout(monotonicMs());
    this.#endTurn();
  }

  #write(): void {
    if (this.#isWriting || this.#socket.destroyed) return;
    const bytes = this.#connection.takeOutput();
    if (bytes === null) return;
    this.#isWriting = true;
    this.#socket.write(bytes, () => {
      this.#isWriting = false;
      this.#connection.outputWritten(monotonicMs());
      this.#endTurn();
    });
  }
}

const notOpened =
  'The port answers, but speaks no AMQP with us. Check user, password and mechanism, and whether it wants TLS (amqps://).';
