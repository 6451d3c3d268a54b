// Composite types of the standard's part "transport".
// Generated from the type definitions of the AMQP 1.0 standard by scripts/generate-performatives.ts. Do not edit.

import type { Init } from '../composite-type.ts';
import type { AmqpMap, AmqpValue } from '../value-model.ts';
import type { DeliveryState, Source, Target } from './messaging.ts';
import type { Coordinator } from './transactions.ts';

/** amqp:open:list */
export class Open {
  readonly code = 0x10;
  /** string */
  containerId: string;
  /** string */
  hostname: string | null;
  /** uint, default 4294967295 */
  maxFrameSize: number | null;
  /** ushort, default 65535 */
  channelMax: number | null;
  /** milliseconds */
  idleTimeOut: number | null;
  /** ietf-language-tag */
  outgoingLocales: string | string[] | null;
  /** ietf-language-tag */
  incomingLocales: string | string[] | null;
  /** symbol */
  offeredCapabilities: string | string[] | null;
  /** symbol */
  desiredCapabilities: string | string[] | null;
  /** fields */
  properties: AmqpMap | null;

  constructor(init: Init<Open, 'containerId'>) {
    this.containerId = init.containerId;
    this.hostname = init.hostname ?? null;
    this.maxFrameSize = init.maxFrameSize ?? null;
    this.channelMax = init.channelMax ?? null;
    this.idleTimeOut = init.idleTimeOut ?? null;
    this.outgoingLocales = init.outgoingLocales ?? null;
    this.incomingLocales = init.incomingLocales ?? null;
    this.offeredCapabilities = init.offeredCapabilities ?? null;
    this.desiredCapabilities = init.desiredCapabilities ?? null;
    this.properties = init.properties ?? null;
  }
}

/** amqp:begin:list */
export class Begin {
  readonly code = 0x11;
  /** ushort */
  remoteChannel: number | null;
  /** transfer-number */
  nextOutgoingId: number;
  /** uint */
  incomingWindow: number;
  /** uint */
  outgoingWindow: number;
  /** handle, default 4294967295 */
  handleMax: number | null;
  /** symbol */
  offeredCapabilities: string | string[] | null;
  /** symbol */
  desiredCapabilities: string | string[] | null;
  /** fields */
  properties: AmqpMap | null;

  constructor(init: Init<Begin, 'nextOutgoingId' | 'incomingWindow' | 'outgoingWindow'>) {
    this.remoteChannel = init.remoteChannel ?? null;
    this.nextOutgoingId = init.nextOutgoingId;
    this.incomingWindow = init.incomingWindow;
    this.outgoingWindow = init.outgoingWindow;
    this.handleMax = init.handleMax ?? null;
    this.offeredCapabilities = init.offeredCapabilities ?? null;
    this.desiredCapabilities = init.desiredCapabilities ?? null;
    this.properties = init.properties ?? null;
  }
}

/** amqp:attach:list */
export class Attach {
  readonly code = 0x12;
  /** string */
  name: string;
  /** handle */
  handle: number;
  /** role */
  role: boolean;
  /** sender-settle-mode, default mixed */
  sndSettleMode: number | null;
  /** receiver-settle-mode, default first */
  rcvSettleMode: number | null;
  /** * */
  source: Source | null;
  /** * */
  target: Target | Coordinator | null;
  /** map */
  unsettled: AmqpMap | null;
  /** boolean, default false */
  incompleteUnsettled: boolean | null;
  /** sequence-no */
  initialDeliveryCount: number | null;
  /** ulong */
  maxMessageSize: number | bigint | null;
  /** symbol */
  offeredCapabilities: string | string[] | null;
  /** symbol */
  desiredCapabilities: string | string[] | null;
  /** fields */
  properties: AmqpMap | null;

  constructor(init: Init<Attach, 'name' | 'handle' | 'role'>) {
    this.name = init.name;
    this.handle = init.handle;
    this.role = init.role;
    this.sndSettleMode = init.sndSettleMode ?? null;
    this.rcvSettleMode = init.rcvSettleMode ?? null;
    this.source = init.source ?? null;
    this.target = init.target ?? null;
    this.unsettled = init.unsettled ?? null;
    this.incompleteUnsettled = init.incompleteUnsettled ?? null;
    this.initialDeliveryCount = init.initialDeliveryCount ?? null;
    this.maxMessageSize = init.maxMessageSize ?? null;
    this.offeredCapabilities = init.offeredCapabilities ?? null;
    this.desiredCapabilities = init.desiredCapabilities ?? null;
    this.properties = init.properties ?? null;
  }
}

/** amqp:flow:list */
export class Flow {
  readonly code = 0x13;
  /** transfer-number */
  nextIncomingId: number | null;
  /** uint */
  incomingWindow: number;
  /** transfer-number */
  nextOutgoingId: number;
  /** uint */
  outgoingWindow: number;
  /** handle */
  handle: number | null;
  /** sequence-no */
  deliveryCount: number | null;
  /** uint */
  linkCredit: number | null;
  /** uint */
  available: number | null;
  /** boolean, default false */
  drain: boolean | null;
  /** boolean, default false */
  echo: boolean | null;
  /** fields */
  properties: AmqpMap | null;

  constructor(init: Init<Flow, 'incomingWindow' | 'nextOutgoingId' | 'outgoingWindow'>) {
    this.nextIncomingId = init.nextIncomingId ?? null;
    this.incomingWindow = init.incomingWindow;
    this.nextOutgoingId = init.nextOutgoingId;
    this.outgoingWindow = init.outgoingWindow;
    this.handle = init.handle ?? null;
    this.deliveryCount = init.deliveryCount ?? null;
    this.linkCredit = init.linkCredit ?? null;
    this.available = init.available ?? null;
    this.drain = init.drain ?? null;
    this.echo = init.echo ?? null;
    this.properties = init.properties ?? null;
  }
}

/** amqp:transfer:list */
export class Transfer {
  readonly code = 0x14;
  /** handle */
  handle: number;
  /** delivery-number */
  deliveryId: number | null;
  /** delivery-tag */
  deliveryTag: Uint8Array | null;
  /** message-format */
  messageFormat: number | null;
  /** boolean */
  settled: boolean | null;
  /** boolean, default false */
  more: boolean | null;
  /** receiver-settle-mode */
  rcvSettleMode: number | null;
  /** * */
  state: DeliveryState | AmqpValue;
  /** boolean, default false */
  resume: boolean | null;
  /** boolean, default false */
  aborted: boolean | null;
  /** boolean, default false */
  batchable: boolean | null;

  constructor(init: Init<Transfer, 'handle'>) {
    this.handle = init.handle;
    this.deliveryId = init.deliveryId ?? null;
    this.deliveryTag = init.deliveryTag ?? null;
    this.messageFormat = init.messageFormat ?? null;
    this.settled = init.settled ?? null;
    this.more = init.more ?? null;
    this.rcvSettleMode = init.rcvSettleMode ?? null;
    this.state = init.state ?? null;
    this.resume = init.resume ?? null;
    this.aborted = init.aborted ?? null;
    this.batchable = init.batchable ?? null;
  }
}

/** amqp:disposition:list */
export class Disposition {
  readonly code = 0x15;
  /** role */
  role: boolean;
  /** delivery-number */
  first: number;
  /** delivery-number */
  last: number | null;
  /** boolean, default false */
  settled: boolean | null;
  /** * */
  state: DeliveryState | AmqpValue;
  /** boolean, default false */
  batchable: boolean | null;

  constructor(init: Init<Disposition, 'role' | 'first'>) {
    this.role = init.role;
    this.first = init.first;
    this.last = init.last ?? null;
    this.settled = init.settled ?? null;
    this.state = init.state ?? null;
    this.batchable = init.batchable ?? null;
  }
}

/** amqp:detach:list */
export class Detach {
  readonly code = 0x16;
  /** handle */
  handle: number;
  /** boolean, default false */
  closed: boolean | null;
  /** error */
  error: ErrorInfo | null;

  constructor(init: Init<Detach, 'handle'>) {
    this.handle = init.handle;
    this.closed = init.closed ?? null;
    this.error = init.error ?? null;
  }
}

/** amqp:end:list */
export class End {
  readonly code = 0x17;
  /** error */
  error: ErrorInfo | null;

  constructor(init: Init<End> = {}) {
    this.error = init.error ?? null;
  }
}

/** amqp:close:list */
export class Close {
  readonly code = 0x18;
  /** error */
  error: ErrorInfo | null;

  constructor(init: Init<Close> = {}) {
    this.error = init.error ?? null;
  }
}

/** amqp:error:list */
export class ErrorInfo {
  readonly code = 0x1d;
  /** symbol */
  condition: string;
  /** string */
  description: string | null;
  /** fields */
  info: AmqpMap | null;

  constructor(init: Init<ErrorInfo, 'condition'>) {
    this.condition = init.condition;
    this.description = init.description ?? null;
    this.info = init.info ?? null;
  }
}
