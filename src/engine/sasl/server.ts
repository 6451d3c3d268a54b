// The listening side of a SASL exchange:
//
//   we: mechanisms ─▶ peer: init ─▶ (PLAIN: the host checks the password) ─▶ we: outcome
import { type Performative, SaslCode, SaslInit, SaslMechanisms, SaslOutcome } from '../../amqp/performatives.ts';
import { decodePlain } from './plain.ts';
import type { SaslStep } from './step.ts';

/** Mechanisms that a listener can offer today. */
export type ServerMechanism = 'ANONYMOUS' | 'PLAIN';

export class SaslServer {
  /** The mechanism in use, '' before the exchange is over. */
  mechanism = '';
  /** The user that was proved, 'anonymous' for ANONYMOUS, '' before. */
  user = '';
  readonly #offered: readonly ServerMechanism[];
  #pendingUser = '';

  constructor(offered: readonly ServerMechanism[]) {
    this.#offered = offered;
  }

  mechanisms(): SaslMechanisms {
    return new SaslMechanisms({ saslServerMechanisms: [...this.#offered] });
  }

  handleFrame(performative: Performative): SaslStep {
    if (!(performative instanceof SaslInit)) return failed('a sasl-init was expected');
    const { mechanism, initialResponse } = performative;
    if (!this.#offered.some((offered) => offered === mechanism)) return failed(`mechanism ${mechanism} is not offered`);
    if (mechanism === 'ANONYMOUS') return this.#succeed('ANONYMOUS', 'anonymous');
    const plain = decodePlain(initialResponse ?? new Uint8Array(0));
    if (plain === null) return failed('PLAIN response is not "authzid NUL user NUL password"');
    this.#pendingUser = plain.user;
    return { next: 'verify', reply: null, user: plain.user, password: plain.password };
  }

  /** The host's word on the password. */
  verified(valid: boolean): SaslStep {
    return valid
      ? this.#succeed('PLAIN', this.#pendingUser)
      : failed(`password of user ${JSON.stringify(this.#pendingUser)} refused`);
  }

  #succeed(mechanism: ServerMechanism, user: string): SaslStep {
    this.mechanism = mechanism;
    this.user = user;
    return { next: 'done', reply: new SaslOutcome({ saslCode: SaslCode.Ok }) };
  }
}

function failed(reason: string): SaslStep {
  return { next: 'failed', reply: new SaslOutcome({ saslCode: SaslCode.Auth }), reason };
}
