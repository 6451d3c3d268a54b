// Composite types of the standard's part "security".
// Generated from the type definitions of the AMQP 1.0 standard by scripts/generate-performatives.ts. Do not edit.

import type { Init } from '../composite-type.ts';

/** amqp:sasl-mechanisms:list */
export class SaslMechanisms {
  readonly code = 0x40;
  /** symbol */
  saslServerMechanisms: string | string[];

  constructor(init: Init<SaslMechanisms, 'saslServerMechanisms'>) {
    this.saslServerMechanisms = init.saslServerMechanisms;
  }
}

/** amqp:sasl-init:list */
export class SaslInit {
  readonly code = 0x41;
  /** symbol */
  mechanism: string;
  /** binary */
  initialResponse: Uint8Array | null;
  /** string */
  hostname: string | null;

  constructor(init: Init<SaslInit, 'mechanism'>) {
    this.mechanism = init.mechanism;
    this.initialResponse = init.initialResponse ?? null;
    this.hostname = init.hostname ?? null;
  }
}

/** amqp:sasl-challenge:list */
export class SaslChallenge {
  readonly code = 0x42;
  /** binary */
  challenge: Uint8Array;

  constructor(init: Init<SaslChallenge, 'challenge'>) {
    this.challenge = init.challenge;
  }
}

/** amqp:sasl-response:list */
export class SaslResponse {
  readonly code = 0x43;
  /** binary */
  response: Uint8Array;

  constructor(init: Init<SaslResponse, 'response'>) {
    this.response = init.response;
  }
}

/** amqp:sasl-outcome:list */
export class SaslOutcome {
  readonly code = 0x44;
  /** sasl-code */
  saslCode: number;
  /** binary */
  additionalData: Uint8Array | null;

  constructor(init: Init<SaslOutcome, 'saslCode'>) {
    this.saslCode = init.saslCode;
    this.additionalData = init.additionalData ?? null;
  }
}
