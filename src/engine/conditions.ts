// The standard's error conditions (§2.8.15–2.8.18), and Dispatch's own.
import { ErrorInfo } from '../amqp/performatives.ts';

export const Condition = {
  InternalError: 'amqp:internal-error',
  NotFound: 'amqp:not-found',
  UnauthorizedAccess: 'amqp:unauthorized-access',
  DecodeError: 'amqp:decode-error',
  ResourceLimitExceeded: 'amqp:resource-limit-exceeded',
  NotAllowed: 'amqp:not-allowed',
  InvalidField: 'amqp:invalid-field',
  NotImplemented: 'amqp:not-implemented',
  PreconditionFailed: 'amqp:precondition-failed',
  ConnectionForced: 'amqp:connection:forced',
  FramingError: 'amqp:connection:framing-error',
  WindowViolation: 'amqp:session:window-violation',
  ErrantLink: 'amqp:session:errant-link',
  HandleInUse: 'amqp:session:handle-in-use',
  UnattachedHandle: 'amqp:session:unattached-handle',
  DetachForced: 'amqp:link:detach-forced',
  TransferLimitExceeded: 'amqp:link:transfer-limit-exceeded',
  MessageSizeExceeded: 'amqp:link:message-size-exceeded',
  LinkStolen: 'amqp:link:stolen',
  NoRouteToDestination: 'qd:no-route-to-dest',
  Forbidden: 'qd:forbidden',
} as const;
export type Condition = (typeof Condition)[keyof typeof Condition];

/** An error as a peer reads it. `description` is for people. */
export function amqpError(condition: Condition, description: string): ErrorInfo {
  return new ErrorInfo({ condition, description });
}
