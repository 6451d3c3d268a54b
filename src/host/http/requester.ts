// Who asks over HTTP: named by the certificate of the connection, or by HTTP Basic (RFC 7617), whose password is checked like that
// of PLAIN. A listener with `authenticatePeer` serves nobody without a name.
import type { IncomingMessage } from 'node:http';
import type { ListenerEntity } from '../../schema/configuration.ts';
import type { Visitor } from './http-door.ts';

/** The passwords of the router's users. */
export interface Passwords {
  readonly canVerifyPasswords: boolean;
  verifyPassword(user: string, password: string, answer: (valid: boolean) => void): void;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** The user, '' for nobody in particular; or why nobody was named who may be served. */
export type Identity = { readonly user: string } | { readonly refusal: string };

export class Requesters {
  readonly #listener: ListenerEntity;
  readonly #passwords: Passwords;
  readonly #takesBasic: boolean;

  constructor(listener: ListenerEntity, passwords: Passwords) {
    this.#listener = listener;
    this.#passwords = passwords;
    const mechanisms = listener.saslMechanisms.split(/\s+/).filter(Boolean);
    this.#takesBasic = mechanisms.length === 0 || mechanisms.includes('PLAIN');
  }

  async identify(request: IncomingMessage, { security }: Visitor): Promise<Identity> {
    const certified = security?.certifiedUser ?? '';
    if (certified !== '') return { user: certified };
    const { authorization } = request.headers;
    const isNeeded = this.#listener.authenticatePeer;
    if (authorization === undefined || (!isNeeded && !this.#canCheck)) {
      return isNeeded ? { refusal: 'the listener serves nobody without a name' } : { user: '' };
    }
    const credentials = parseBasic(authorization);
    if (credentials === null) return { refusal: 'the authorization is not HTTP Basic' };
    if (!this.#canCheck) return { refusal: 'the listener takes no passwords' };
    const { user, password } = credentials;
    const isValid = await new Promise<boolean>((resolve) => this.#passwords.verifyPassword(user, password, resolve));
    return isValid ? { user } : { refusal: 'user or password is wrong' };
  }

  get #canCheck(): boolean {
    return this.#takesBasic && this.#passwords.canVerifyPasswords;
  }
}

/** Null when it is something else, or damaged. */
export function parseBasic(authorization: string): Credentials | null {
  const match = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization);
  if (match === null) return null;
  const text = Buffer.from(match[1] as string, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
