// Composite types of the standard's part "messaging".
// Generated from the type definitions of the AMQP 1.0 standard by scripts/generate-performatives.ts. Do not edit.

import type { Init } from '../composite-type.ts';
import type { AmqpMap, AmqpValue } from '../value-model.ts';
import type { Declared, TransactionalState } from './transactions.ts';
import type { ErrorInfo } from './transport.ts';

/** amqp:header:list */
export class Header {
  readonly code = 0x70;
  /** boolean */
  durable: boolean | null;
  /** ubyte */
  priority: number | null;
  /** milliseconds */
  ttl: number | null;
  /** boolean */
  firstAcquirer: boolean | null;
  /** uint */
  deliveryCount: number | null;

  constructor(init: Init<Header> = {}) {
    this.durable = init.durable ?? null;
    this.priority = init.priority ?? null;
    this.ttl = init.ttl ?? null;
    this.firstAcquirer = init.firstAcquirer ?? null;
    this.deliveryCount = init.deliveryCount ?? null;
  }
}

/** amqp:properties:list */
export class Properties {
  readonly code = 0x73;
  /** * */
  messageId: AmqpValue;
  /** binary */
  userId: Uint8Array | null;
  /** * */
  to: AmqpValue;
  /** string */
  subject: string | null;
  /** * */
  replyTo: AmqpValue;
  /** * */
  correlationId: AmqpValue;
  /** symbol */
  contentType: string | null;
  /** symbol */
  contentEncoding: string | null;
  /** timestamp */
  absoluteExpiryTime: number | bigint | null;
  /** timestamp */
  creationTime: number | bigint | null;
  /** string */
  groupId: string | null;
  /** sequence-no */
  groupSequence: number | null;
  /** string */
  replyToGroupId: string | null;

  constructor(init: Init<Properties> = {}) {
    this.messageId = init.messageId ?? null;
    this.userId = init.userId ?? null;
    this.to = init.to ?? null;
    this.subject = init.subject ?? null;
    this.replyTo = init.replyTo ?? null;
    this.correlationId = init.correlationId ?? null;
    this.contentType = init.contentType ?? null;
    this.contentEncoding = init.contentEncoding ?? null;
    this.absoluteExpiryTime = init.absoluteExpiryTime ?? null;
    this.creationTime = init.creationTime ?? null;
    this.groupId = init.groupId ?? null;
    this.groupSequence = init.groupSequence ?? null;
    this.replyToGroupId = init.replyToGroupId ?? null;
  }
}

/** amqp:received:list */
export class Received {
  readonly code = 0x23;
  /** uint */
  sectionNumber: number;
  /** ulong */
  sectionOffset: number | bigint;

  constructor(init: Init<Received, 'sectionNumber' | 'sectionOffset'>) {
    this.sectionNumber = init.sectionNumber;
    this.sectionOffset = init.sectionOffset;
  }
}

/** amqp:accepted:list */
export class Accepted {
  readonly code = 0x24;
}

/** amqp:rejected:list */
export class Rejected {
  readonly code = 0x25;
  /** error */
  error: ErrorInfo | null;

  constructor(init: Init<Rejected> = {}) {
    this.error = init.error ?? null;
  }
}

/** amqp:released:list */
export class Released {
  readonly code = 0x26;
}

/** amqp:modified:list */
export class Modified {
  readonly code = 0x27;
  /** boolean */
  deliveryFailed: boolean | null;
  /** boolean */
  undeliverableHere: boolean | null;
  /** fields */
  messageAnnotations: AmqpMap | null;

  constructor(init: Init<Modified> = {}) {
    this.deliveryFailed = init.deliveryFailed ?? null;
    this.undeliverableHere = init.undeliverableHere ?? null;
    this.messageAnnotations = init.messageAnnotations ?? null;
  }
}

/** amqp:source:list */
export class Source {
  readonly code = 0x28;
  /** * */
  address: AmqpValue;
  /** terminus-durability, default none */
  durable: number | null;
  /** terminus-expiry-policy, default session-end */
  expiryPolicy: string | null;
  /** seconds, default 0 */
  timeout: number | null;
  /** boolean, default false */
  dynamic: boolean | null;
  /** node-properties */
  dynamicNodeProperties: AmqpMap | null;
  /** symbol */
  distributionMode: string | null;
  /** filter-set */
  filter: AmqpMap | null;
  /** * */
  defaultOutcome: Outcome | AmqpValue;
  /** symbol */
  outcomes: string | string[] | null;
  /** symbol */
  capabilities: string | string[] | null;

  constructor(init: Init<Source> = {}) {
    this.address = init.address ?? null;
    this.durable = init.durable ?? null;
    this.expiryPolicy = init.expiryPolicy ?? null;
    this.timeout = init.timeout ?? null;
    this.dynamic = init.dynamic ?? null;
    this.dynamicNodeProperties = init.dynamicNodeProperties ?? null;
    this.distributionMode = init.distributionMode ?? null;
    this.filter = init.filter ?? null;
    this.defaultOutcome = init.defaultOutcome ?? null;
    this.outcomes = init.outcomes ?? null;
    this.capabilities = init.capabilities ?? null;
  }
}

/** amqp:target:list */
export class Target {
  readonly code = 0x29;
  /** * */
  address: AmqpValue;
  /** terminus-durability, default none */
  durable: number | null;
  /** terminus-expiry-policy, default session-end */
  expiryPolicy: string | null;
  /** seconds, default 0 */
  timeout: number | null;
  /** boolean, default false */
  dynamic: boolean | null;
  /** node-properties */
  dynamicNodeProperties: AmqpMap | null;
  /** symbol */
  capabilities: string | string[] | null;

  constructor(init: Init<Target> = {}) {
    this.address = init.address ?? null;
    this.durable = init.durable ?? null;
    this.expiryPolicy = init.expiryPolicy ?? null;
    this.timeout = init.timeout ?? null;
    this.dynamic = init.dynamic ?? null;
    this.dynamicNodeProperties = init.dynamicNodeProperties ?? null;
    this.capabilities = init.capabilities ?? null;
  }
}

/** amqp:delete-on-close:list */
export class DeleteOnClose {
  readonly code = 0x2b;
}

/** amqp:delete-on-no-links:list */
export class DeleteOnNoLinks {
  readonly code = 0x2c;
}

/** amqp:delete-on-no-messages:list */
export class DeleteOnNoMessages {
  readonly code = 0x2d;
}

/** amqp:delete-on-no-links-or-messages:list */
export class DeleteOnNoLinksOrMessages {
  readonly code = 0x2e;
}

/** delivery-state */
export type DeliveryState = Received | Accepted | Rejected | Released | Modified | Declared | TransactionalState;

/** outcome */
export type Outcome = Accepted | Rejected | Released | Modified | Declared;
