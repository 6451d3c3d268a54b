// Values of the restricted types.
// Generated from the type definitions of the AMQP 1.0 standard by scripts/generate-performatives.ts. Do not edit.

/** role (boolean) */
export const Role = {
  Sender: false,
  Receiver: true,
} as const;

/** sender-settle-mode (ubyte) */
export const SenderSettleMode = {
  Unsettled: 0,
  Settled: 1,
  Mixed: 2,
} as const;

/** receiver-settle-mode (ubyte) */
export const ReceiverSettleMode = {
  First: 0,
  Second: 1,
} as const;

/** amqp-error (symbol) */
export const AmqpError = {
  InternalError: 'amqp:internal-error',
  NotFound: 'amqp:not-found',
  UnauthorizedAccess: 'amqp:unauthorized-access',
  DecodeError: 'amqp:decode-error',
  ResourceLimitExceeded: 'amqp:resource-limit-exceeded',
  NotAllowed: 'amqp:not-allowed',
  InvalidField: 'amqp:invalid-field',
  NotImplemented: 'amqp:not-implemented',
  ResourceLocked: 'amqp:resource-locked',
  PreconditionFailed: 'amqp:precondition-failed',
  ResourceDeleted: 'amqp:resource-deleted',
  IllegalState: 'amqp:illegal-state',
  FrameSizeTooSmall: 'amqp:frame-size-too-small',
} as const;

/** connection-error (symbol) */
export const ConnectionError = {
  ConnectionForced: 'amqp:connection:forced',
  FramingError: 'amqp:connection:framing-error',
  Redirect: 'amqp:connection:redirect',
} as const;

/** session-error (symbol) */
export const SessionError = {
  WindowViolation: 'amqp:session:window-violation',
  ErrantLink: 'amqp:session:errant-link',
  HandleInUse: 'amqp:session:handle-in-use',
  UnattachedHandle: 'amqp:session:unattached-handle',
} as const;

/** link-error (symbol) */
export const LinkError = {
  DetachForced: 'amqp:link:detach-forced',
  TransferLimitExceeded: 'amqp:link:transfer-limit-exceeded',
  MessageSizeExceeded: 'amqp:link:message-size-exceeded',
  Redirect: 'amqp:link:redirect',
  Stolen: 'amqp:link:stolen',
} as const;

/** terminus-durability (uint) */
export const TerminusDurability = {
  None: 0,
  Configuration: 1,
  UnsettledState: 2,
} as const;

/** terminus-expiry-policy (symbol) */
export const TerminusExpiryPolicy = {
  LinkDetach: 'link-detach',
  SessionEnd: 'session-end',
  ConnectionClose: 'connection-close',
  Never: 'never',
} as const;

/** std-dist-mode (symbol) */
export const StdDistMode = {
  Move: 'move',
  Copy: 'copy',
} as const;

/** txn-capability (symbol) */
export const TxnCapability = {
  LocalTransactions: 'amqp:local-transactions',
  DistributedTransactions: 'amqp:distributed-transactions',
  PromotableTransactions: 'amqp:promotable-transactions',
  MultiTxnsPerSsn: 'amqp:multi-txns-per-ssn',
  MultiSsnsPerTxn: 'amqp:multi-ssns-per-txn',
} as const;

/** transaction-error (symbol) */
export const TransactionError = {
  UnknownId: 'amqp:transaction:unknown-id',
  TransactionRollback: 'amqp:transaction:rollback',
  TransactionTimeout: 'amqp:transaction:timeout',
} as const;

/** sasl-code (ubyte) */
export const SaslCode = {
  Ok: 0,
  Auth: 1,
  Sys: 2,
  SysPerm: 3,
  SysTemp: 4,
} as const;
