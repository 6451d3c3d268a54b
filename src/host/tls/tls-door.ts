// What stands between the sockets of a listener with an sslProfile and its connections:
//
//   accepted ──first byte 0x16──▶ handshake ──▶ connection over TLS
//            ──any other────────▶ connection in clear, or turned away when the listener requires TLS
//
// All of it within `tlsHandshakeMs`, or `initialHandshakeTimeoutSeconds` if that is shorter. A listener that offers EXTERNAL demands a certificate of the peer.
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { TransportSecurity } from '../../router/ports.ts';
import { type ListenerEntity, speaksHttp } from '../../schema/configuration.ts';
import { remoteOf } from '../dialer.ts';
import { describeSystemError } from '../errors.ts';
import { limits } from '../limits.ts';
import { isOutOfPlace } from './certificate-kind.ts';
import { describeTlsError } from './tls-error.ts';
import type { TlsMaterial } from './tls-material.ts';
import type { TlsProfile } from './tls-profile.ts';

export interface DoorEvents {
  /** A socket to read and write AMQP; `security` is null in clear. */
  entered(socket: Socket, security: TransportSecurity | null): void;
  /** A peer left, or was lost, before it said anything: a probe, most likely. */
  left(remote: string, reason: string): void;
  /** A peer came no further. */
  turnedAway(remote: string, reason: string): void;
}

/** The first byte of a TLS record that carries a handshake (RFC 8446, §5.1). */
const handshakeRecord = 0x16;
/** §2.2: what a peer that began in clear is told: TLS (protocol id 2) is spoken here. */
const tlsHeader = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 2, 1, 0, 0);

/** The same for HTTP. */
const httpRefusal =
  'HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\nthis port requires TLS: use https or wss\n';

/** One peer at the door. */
interface Visitor {
  readonly socket: Socket;
  readonly remote: string;
  readonly timer: NodeJS.Timeout;
}

/** Node's server as one visitor sees it; see {@link TlsDoor.#startHandshake}. */
type VisitedServer = Server & { readonly visitor: Visitor; readonly material: TlsMaterial };

export class TlsDoor {
  readonly #listener: ListenerEntity;
  readonly #profile: () => TlsProfile;
  readonly #events: DoorEvents;
  readonly #visitors = new Set<Visitor>();
  readonly #isTlsRequired: boolean;
  readonly #patienceMs: number;
  /** Does the handshakes; made anew when the files of the profile have changed. It never listens. */
  #server: Server | null = null;
  #material: TlsMaterial | null = null;

  /** `profile` is asked for at each handshake. */
  constructor(listener: ListenerEntity, profile: () => TlsProfile, events: DoorEvents) {
    this.#listener = listener;
    this.#profile = profile;
    this.#events = events;
    const configuredMs = listener.initialHandshakeTimeoutSeconds * 1000;
    this.#patienceMs = configuredMs === 0 ? limits.tlsHandshakeMs : Math.min(configuredMs, limits.tlsHandshakeMs);
    this.#isTlsRequired = listener.requireSsl || listener.requireEncryption;
  }

  /** Takes over a socket just accepted, made with `allowHalfOpen`. */
  receive(socket: Socket): void {
    const remote = remoteOf(socket, this.#listener.host);
    if (this.#visitors.size >= limits.tlsHandshakesMax) {
      socket.destroy();
      this.#events.turnedAway(remote, `${limits.tlsHandshakesMax} connections are in their handshake already`);
      return;
    }
    const tooSlow = `no TLS handshake, and no byte in clear, within ${this.#patienceMs / 1000} seconds`;
    const timer = setTimeout(() => this.#turnAway(visitor, tooSlow), this.#patienceMs);
    const visitor: Visitor = { socket, remote, timer };
    this.#visitors.add(visitor);
    const leave = (error?: Error): void => {
      this.#forget(visitor);
      socket.destroy();
      this.#events.left(remote, error === undefined ? 'closed by the peer' : describeSystemError(error));
    };
    const end = (): void => leave();
    socket.once('error', leave).once('end', end);
    socket.once('data', (chunk: Buffer) => {
      socket.off('error', leave).off('end', end).pause();
      socket.unshift(chunk);
      if (chunk[0] === handshakeRecord) this.#startHandshake(visitor);
      else this.#enterInClear(visitor, chunk);
    });
  }

  /** Turns away everybody who is still at the door. Connections that have entered stay. */
  close(): void {
    for (const visitor of [...this.#visitors]) {
      this.#forget(visitor);
      visitor.socket.on('error', () => undefined).destroy();
    }
  }

  #enterInClear(visitor: Visitor, chunk: Buffer): void {
    if (!this.#isTlsRequired) {
      this.#forget(visitor);
      this.#events.entered(visitor.socket, null);
      visitor.socket.resume();
      return;
    }
    if (speaksHttp(this.#listener)) visitor.socket.write(httpRefusal);
    else if (chunk[0] === tlsHeader[0]) visitor.socket.write(tlsHeader);
    visitor.socket.on('error', () => undefined).destroySoon();
    this.#turnAway(visitor, 'it does not speak TLS, which the listener requires');
  }

  /**
   * A server of Node takes sockets from elsewhere by its event 'connection', but does not tell of which of them it speaks in its
   * events, least of all when a handshake has failed. So each visitor gets the server with a face of its own, an object
   * that inherits all of it; the events then come with that object as `this`.
   */
  #startHandshake(visitor: Visitor): void {
    const { material } = this.#profile();
    if (this.#server === null || this.#material !== material) this.#server = this.#makeServer(material);
    this.#material = material;
    const server = Object.assign(Object.create(this.#server), { visitor, material }) as VisitedServer;
    server.emit('connection', visitor.socket);
  }

  /** A browser has no SASL: where HTTP must authenticate itself and an authority is known, it does so by certificate, as with Dispatch. */
  get #demandsCertificate(): boolean {
    const { authenticatePeer, saslMechanisms } = this.#listener;
    const isHttpCertified = speaksHttp(this.#listener) && authenticatePeer && this.#profile().entity.caCertFile !== '';
    return isHttpCertified || saslMechanisms.split(/\s+/).includes('EXTERNAL');
  }

  #makeServer(material: TlsMaterial): Server {
    const door = this;
    const demands = this.#demandsCertificate;
    const server = createServer({ ...material.options, requestCert: demands, rejectUnauthorized: demands });
    server.on('secureConnection', function (this: Server, socket: TLSSocket) {
      door.#finishHandshake(this as VisitedServer, socket);
    });
    server.on('tlsClientError', function (this: Server, error: Error, socket: TLSSocket) {
      const { visitor } = this as VisitedServer;
      socket.on('error', () => undefined).destroy();
      door.#turnAway(visitor, describeTlsError(error, socket.authorizationError));
    });
    return server;
  }

  #finishHandshake({ visitor, material }: VisitedServer, socket: TLSSocket): void {
    if (!this.#visitors.has(visitor)) {
      socket.on('error', () => undefined).destroy(); // its time was over just now
      return;
    }
    if (isOutOfPlace(socket.getPeerX509Certificate(), this.#listener)) {
      socket.on('error', () => undefined).destroy();
      this.#turnAway(visitor, 'its certificate is that of an application, and this listener is for routers');
      return;
    }
    this.#forget(visitor);
    this.#events.entered(socket, this.#profile().describe(socket, material));
  }

  /** Tells why, once; the socket goes, unless it is ending already. */
  #turnAway(visitor: Visitor, reason: string): void {
    if (!this.#visitors.has(visitor)) return;
    this.#forget(visitor);
    if (!visitor.socket.writableEnded) visitor.socket.on('error', () => undefined).destroy();
    this.#events.turnedAway(visitor.remote, reason);
  }

  #forget(visitor: Visitor): void {
    clearTimeout(visitor.timer);
    this.#visitors.delete(visitor);
  }
}
