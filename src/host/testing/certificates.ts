// Certificates (X.509 v3, ECDSA on P-256) made at test time: an authority of a test, and leaves that it signs.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bits, boolean, der, integer, objectId, octets, sequence, set, tagged, utcTime, utf8 } from './der.ts';

const attributeIds = { CN: '2.5.4.3', C: '2.5.4.6', L: '2.5.4.7', ST: '2.5.4.8', O: '2.5.4.10', OU: '2.5.4.11' };
type AttributeName = keyof typeof attributeIds;

/** The fields of a name in the order of the certificate. */
export type Subject = readonly (readonly [AttributeName, string])[];

export interface LeafOptions {
  /** DNS names, IPv4 addresses and URIs that the certificate is for. */
  readonly hosts?: readonly string[];
  /** Encrypts the key. */
  readonly password?: string;
}

export interface Leaf {
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
}

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));
const dayMs = 86_400_000;

export class TestAuthority {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #name: Uint8Array;
  /** PEM. */
  readonly certificate: string;

  constructor(name = 'Test Authority') {
    this.#name = nameOf([['CN', name]]);
    const isAuthority = extension('2.5.29.19', sequence(boolean(true)), true);
    const signsCertificates = extension('2.5.29.15', bits(Uint8Array.of(0x04), 2), true);
    this.certificate = this.#sign(this.#name, this.#keys.publicKey, [isAuthority, signsCertificates]);
  }

  /** A certificate for a server or a client, with a key of its own. */
  issue(subject: Subject, { hosts = [], password }: LeafOptions = {}): Leaf {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const alternatives = sequence(...hosts.map(generalName));
    const extensions = hosts.length === 0 ? [] : [extension('2.5.29.17', alternatives)];
    const encryption = password === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: password };
    return {
      certificate: this.#sign(nameOf(subject), publicKey, extensions),
      key: privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }) as string,
    };
  }

  #sign(subject: Uint8Array, publicKey: KeyObject, extensions: readonly Uint8Array[]): string {
    const now = Date.now();
    const body = sequence(
      tagged(0, integer(Uint8Array.of(2))),
      integer(Uint8Array.of(0x40, ...randomBytes(8))),
      ecdsaWithSha256,
      this.#name,
      sequence(utcTime(new Date(now - dayMs)), utcTime(new Date(now + dayMs))),
      subject,
      publicKey.export({ type: 'spki', format: 'der' }),
      ...(extensions.length === 0 ? [] : [tagged(3, sequence(...extensions))]),
    );
    const signature = sign('sha256', body, this.#keys.privateKey);
    return toPem(sequence(body, ecdsaWithSha256, bits(signature)));
  }
}

function nameOf(subject: Subject): Uint8Array {
  return sequence(...subject.map(([name, value]) => set(sequence(objectId(attributeIds[name]), utf8(value)))));
}

function extension(id: string, value: Uint8Array, isCritical = false): Uint8Array {
  return sequence(objectId(id), ...(isCritical ? [boolean(true)] : []), octets(value));
}

/** dNSName `[2]`, uniformResourceIdentifier `[6]` or iPAddress `[7]`. */
function generalName(host: string): Uint8Array {
  if (host.includes('://')) return der(0x86, Buffer.from(host));
  return isIPv4(host) ? der(0x87, Uint8Array.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));
}

function toPem(bytes: Uint8Array): string {
  const lines = Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,64}/g) as string[];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
