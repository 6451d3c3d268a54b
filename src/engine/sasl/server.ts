// The listening side of a SASL exchange:
//
//   we: mechanisms ─▶ peer: init ─▶ (PLAIN: the host checks the password) ─▶ we: outcome
//
// EXTERNAL (RFC 4422, appendix A) takes the name that the peer's certificate has proved below us; its response is the name
// that the peer wants to act as: empty, or the same. AMQP knows no challenge for a response that is left out; it counts as empty.
import { type Performative, SaslCode, SaslInit, SaslMechanisms, SaslOutcome } from '../../amqp/performatives.ts';
import { assert } from '../../kit/assert.ts';
import { decodePlain } from './plain.ts';
import type { SaslStep } from './step.ts';

/** Mechanisms that a listener can offer today. */
export type ServerMechanism = 'EXTERNAL' | 'ANONYMOUS' | 'PLAIN';

export class SaslServer {
  /** The mechanism in use, '' before the exchange is over. */
  mechanism = '';
  /** The user that was proved, 'anonymous' for ANONYMOUS, '' before. */
  user = '';
  readonly #offered: readonly ServerMechanism[];
  readonly #certifiedUser: string;
  #pendingUser = '';

  /** `certifiedUser`: who the peer is by its certificate; '' when EXTERNAL is not offered. */
  constructor(offered: readonly ServerMechanism[], certifiedUser = '') {
    assert(certifiedUser !== '' || !offered.includes('EXTERNAL'), 'EXTERNAL is offered to nobody');
    this.#offered = offered;
    this.#certifiedUser = certifiedUser;
  }

  mechanisms(): SaslMechanisms {
    return new SaslMechanisms({ saslServerMechanisms: [...this.#offered] });
  }

  handleFrame(performative: Performative): SaslStep {
    if (!(performative instanceof SaslInit)) return failed('a sasl-init was expected');
    const { mechanism, initialResponse } = performative;
    if (!this.#offered.some((offered) => offered === mechanism)) return failed(`mechanism ${mechanism} is not offered`);
    if (mechanism === 'ANONYMOUS') return this.#succeed('ANONYMOUS', 'anonymous');
    if (mechanism === 'EXTERNAL') return this.#handleExternal(initialResponse);
    const plain = decodePlain(initialResponse ?? new Uint8Array(0));
    if (plain === null) return failed('PLAIN response is not "authzid NUL user NUL password"');
    this.#pendingUser = plain.user;
    return { next: 'verify', reply: null, user: plain.user, password: plain.password };
  }

  #handleExternal(response: Uint8Array | null): SaslStep {
    const authorization = response === null ? '' : new TextDecoder().decode(response);
    return authorization === '' || authorization === this.#certifiedUser
      ? this.#succeed('EXTERNAL', this.#certifiedUser)
      : failed(`user ${JSON.stringify(this.#certifiedUser)} may not act as another one`);
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
