// The dialling side of a SASL exchange: takes the best mechanism that both sides have.
import { type Performative, SaslCode, SaslInit, SaslMechanisms, SaslOutcome } from '../../amqp/performatives.ts';
import { encodePlain } from './plain.ts';
import type { SaslStep } from './step.ts';

/** `password` is kept only until it was sent. `allowed`: names to choose from, null for all. */
export interface SaslClientOptions {
  readonly hostname: string;
  readonly user: string;
  readonly password: string;
  readonly allowed: readonly string[] | null;
}

export class SaslClient {
  mechanism = '';
  /** The name we showed. */
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
    const { hostname, user, password, allowed } = options;
    const theirs = typeof offered === 'string' ? [offered] : (offered ?? []);
    const usable = (name: string): boolean => theirs.includes(name) && (allowed === null || allowed.includes(name));
    if (user !== '' && usable('PLAIN')) {
      this.#chosen = 'PLAIN';
      this.user = user;
      return {
        next: 'go-on',
        reply: new SaslInit({ mechanism: 'PLAIN', initialResponse: encodePlain(user, password), hostname }),
      };
    }
    if (user === '' && usable('ANONYMOUS')) {
      this.#chosen = 'ANONYMOUS';
      this.user = 'anonymous';
      return {
        next: 'go-on',
        reply: new SaslInit({
          mechanism: 'ANONYMOUS',
          initialResponse: new TextEncoder().encode('anonymous'),
          hostname,
        }),
      };
    }
    return refused(
      `no common mechanism: the peer offers ${theirs.join(' ') || 'none'}${user === '' ? ', we have no user' : ''}`,
    );
  }
}

function refused(reason: string): SaslStep {
  return { next: 'failed', reply: null, reason };
}
