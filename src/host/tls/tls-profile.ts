// One sslProfile at work. Its files may change while the router runs: connections begun after that use what they hold then,
// those that there are go on. Files that cannot be used are told in the log, and the former content stays.
import type { TLSSocket } from 'node:tls';
import { LogLevel, type LogSink, type TransportSecurity } from '../../router/ports.ts';
import type { SslProfileEntity } from '../../schema/configuration.ts';
import { wallTimeMs } from '../clock.ts';
import { WeftError } from '../errors.ts';
import { stampOf } from '../file-stamp.ts';
import { certificateUser } from './certificate-user.ts';
import { filesOf, readTlsMaterial, type TlsMaterial } from './tls-material.ts';

export class TlsProfile {
  readonly entity: SslProfileEntity;
  readonly #log: LogSink;
  #material: TlsMaterial;
  #stamp: string;
  #refreshing: Promise<void> | null = null;

  private constructor(entity: SslProfileEntity, material: TlsMaterial, stamp: string, log: LogSink) {
    this.entity = entity;
    this.#material = material;
    this.#stamp = stamp;
    this.#log = log;
    this.#warnOfExpiry();
  }

  /** Throws what {@link readTlsMaterial} throws. */
  static async open(entity: SslProfileEntity, log: LogSink): Promise<TlsProfile> {
    const stamp = await stampOfAll(entity); // first: a change while we read is then seen the next time
    return new TlsProfile(entity, await readTlsMaterial(entity), stamp, log);
  }

  /** For a connection that begins now. */
  get material(): TlsMaterial {
    return this.#material;
  }

  /** Reads the files again if one of them has changed. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** The layer below a connection whose handshake, begun with `material`, is over. */
  describe(socket: TLSSocket, material: TlsMaterial): TransportSecurity {
    const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
    const { uidFormat } = this.entity;
    return {
      protocol: socket.getProtocol() ?? '',
      cipher: socket.getCipher().standardName,
      certifiedUser: certificate === undefined ? '' : certificateUser(certificate, uidFormat, material.displayNames),
      hasOwnCertificate: material.certificate !== null,
    };
  }

  async #refresh(): Promise<void> {
    const stamp = await stampOfAll(this.entity);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    try {
      this.#material = await readTlsMaterial(this.entity);
    } catch (error) {
      if (!(error instanceof WeftError)) throw error;
      const line = `${error.message}; what was read before stays in use. ${error.remedy}`;
      this.#log.write('SERVER', LogLevel.Error, line.trim());
      return;
    }
    this.#tellChange();
    this.#warnOfExpiry();
  }

  /** Tells in the log when this one, just opened, has read other content than the one whose place it takes. */
  tellChangeSince(former: TlsProfile | undefined): void {
    if (former !== undefined && former.#stamp !== this.#stamp) this.#tellChange();
  }

  #tellChange(): void {
    const line = `sslProfile ${this.entity.name}: its files have changed; new connections use them`;
    this.#log.write('SERVER', LogLevel.Notice, line);
  }

  #warnOfExpiry(): void {
    const { certificate } = this.#material;
    if (certificate === null || Date.parse(certificate.validTo) > wallTimeMs()) return;
    const line = `sslProfile ${this.entity.name}: the certificate in ${this.entity.certFile} expired on ${certificate.validTo}`;
    this.#log.write('SERVER', LogLevel.Warning, line);
  }
}

async function stampOfAll(entity: SslProfileEntity): Promise<string> {
  return (await Promise.all(filesOf(entity).map(stampOf))).join(' ');
}
