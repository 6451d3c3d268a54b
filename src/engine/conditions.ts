// The error conditions that we send: the standard's (§2.8.15–2.8.18), and two of Dispatch's own.
import { AmqpError, ConnectionError, ErrorInfo, LinkError, SessionError } from '../amqp/performatives.ts';

export const Condition = {
  ...AmqpError,
  ...SessionError,
  ConnectionForced: ConnectionError.ConnectionForced,
  FramingError: ConnectionError.FramingError,
  DetachForced: LinkError.DetachForced,
  TransferLimitExceeded: LinkError.TransferLimitExceeded,
  MessageSizeExceeded: LinkError.MessageSizeExceeded,
  LinkStolen: LinkError.Stolen,
  NoRouteToDestination: 'qd:no-route-to-dest',
  ConnectionRole: 'qd:connection-role',
  Forbidden: 'qd:forbidden',
} as const;
type Condition = (typeof Condition)[keyof typeof Condition];

/** An error as a peer reads it. `description` is for people. */
export function amqpError(condition: Condition, description: string): ErrorInfo {
  return new ErrorInfo({ condition, description });
}
