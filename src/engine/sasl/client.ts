// The dialling side of a SASL exchange: takes the best mechanism that both sides have. EXTERNAL, our certificate, is better
// than PLAIN, a password; ANONYMOUS is for those who have neither.
import { type Performative, SaslCode, SaslInit, SaslMechanisms, SaslOutcome } from '../../amqp/performatives.ts';
import { encodePlain } from './plain.ts';
import type { SaslStep } from './step.ts';

/** `password` is kept only until it was sent. `allowed`: names to choose from, null for all. */
export interface SaslClientOptions {
  readonly hostname: string;
  readonly user: string;
  readonly password: string;
  /** The transport has shown a certificate of ours: EXTERNAL may be used. Default: no. */
  readonly hasCertificate?: boolean;
  readonly allowed: readonly string[] | null;
}

export class SaslClient {
  mechanism = '';
  /** The name we showed; '' when our certificate speaks for us. */
  user = '';
  #options: SaslClientOptions | null;
  #chosen = '';

  constructor(options: SaslClientOptions) {
    this.#options = options;
  }

  /** A client has nothing to offer; the dialled side speaks first. */
  mechanisms(): SaslMechanisms {
    return new SaslMechanisms({ saslServerMechanisms: [] });
  }

  handleFrame(performative: Performative): SaslStep {
    if (performative instanceof SaslMechanisms) return this.#choose(performative);
    if (!(performative instanceof SaslOutcome))
      return refused('the peer asked for a response that the mechanism does not have');
    if (performative.saslCode !== SaslCode.Ok)
      return refused(`the peer refused us (sasl outcome ${performative.saslCode}, ${this.#chosen || 'no mechanism'})`);
    if (this.#chosen === '') return refused('the peer ended the exchange before it began');
    this.mechanism = this.#chosen;
    return { next: 'done', reply: null };
  }

  verified(): SaslStep {
    return refused('a client has no password to verify');
  }

  #choose({ saslServerMechanisms: offered }: SaslMechanisms): SaslStep {
    const options = this.#options;
    if (options === null) return refused('the peer offered its mechanisms twice');
    this.#options = null;
    const { hostname, user, password, hasCertificate = false, allowed } = options;
    const theirs = typeof offered === 'string' ? [offered] : (offered ?? []);
    const usable = (name: string): boolean => theirs.includes(name) && (allowed === null || allowed.includes(name));
    const begin = (mechanism: string, name: string, initialResponse: Uint8Array): SaslStep => {
      this.#chosen = mechanism;
      this.user = name;
      return { next: 'go-on', reply: new SaslInit({ mechanism, initialResponse, hostname }) };
    };
    // RFC 4422, appendix A: an empty response acts as whoever the certificate names.
    if (hasCertificate && usable('EXTERNAL')) return begin('EXTERNAL', '', new Uint8Array(0));
    if (user !== '' && usable('PLAIN')) return begin('PLAIN', user, encodePlain(user, password));
    if (user === '' && usable('ANONYMOUS')) {
      return begin('ANONYMOUS', 'anonymous', new TextEncoder().encode('anonymous'));
    }
    return refused(
      `no common mechanism: the peer offers ${theirs.join(' ') || 'none'}${user === '' ? ', we have no user' : ''}`,
    );
  }
}

function refused(reason: string): SaslStep {
  return { next: 'failed', reply: null, reason };
}
