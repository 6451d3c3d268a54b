// Composite types of the standard's part "transactions".
// Generated from the type definitions of the AMQP 1.0 standard by scripts/generate-performatives.ts. Do not edit.

import type { Init } from '../composite-type.ts';
import type { AmqpValue } from '../value-model.ts';
import type { Outcome } from './messaging.ts';

/** amqp:coordinator:list */
export class Coordinator {
  readonly code = 0x30;
  /** symbol */
  capabilities: string | string[] | null;

  constructor(init: Init<Coordinator> = {}) {
    this.capabilities = init.capabilities ?? null;
  }
}

/** amqp:declare:list */
export class Declare {
  readonly code = 0x31;
  /** * */
  globalId: AmqpValue;

  constructor(init: Init<Declare> = {}) {
    this.globalId = init.globalId ?? null;
  }
}

/** amqp:discharge:list */
export class Discharge {
  readonly code = 0x32;
  /** * */
  txnId: AmqpValue;
  /** boolean */
  fail: boolean | null;

  constructor(init: Init<Discharge, 'txnId'>) {
    this.txnId = init.txnId;
    this.fail = init.fail ?? null;
  }
}

/** amqp:declared:list */
export class Declared {
  readonly code = 0x33;
  /** * */
  txnId: AmqpValue;

  constructor(init: Init<Declared, 'txnId'>) {
    this.txnId = init.txnId;
  }
}

/** amqp:transactional-state:list */
export class TransactionalState {
  readonly code = 0x34;
  /** * */
  txnId: AmqpValue;
  /** * */
  outcome: Outcome | AmqpValue;

  constructor(init: Init<TransactionalState, 'txnId'>) {
    this.txnId = init.txnId;
    this.outcome = init.outcome ?? null;
  }
}
