// The negotiation of a protocol layer (§2.2, §5.3.2) by its header.
//
//   'A' 'M' 'Q' 'P' | id: 0 AMQP, 2 TLS, 3 SASL | 1 | 0 | 0
import { ProtocolId } from '../amqp/frames.ts';
import type { ErrorInfo } from '../amqp/performatives.ts';
import { amqpError, Condition } from './conditions.ts';

export interface HeaderPolicy {
  readonly isInitiator: boolean;
  /** A SASL layer is to be had, and has not been gone through. */
  readonly offersSasl: boolean;
  /** A listener that takes nobody without SASL. */
  readonly requiresSasl: boolean;
}

/** Which layer the peer's header begins, or why it is turned away. */
export function judgeHeader(header: Uint8Array, policy: HeaderPolicy): 'sasl' | 'amqp' | ErrorInfo {
  const isVersion1 =
    header[0] === 0x41 &&
    header[1] === 0x4d &&
    header[2] === 0x51 &&
    header[3] === 0x50 &&
    header[5] === 1 &&
    header[6] === 0 &&
    header[7] === 0;
  if (isVersion1 && header[4] === ProtocolId.Sasl && policy.offersSasl) return 'sasl';
  if (!isVersion1 || header[4] !== ProtocolId.Amqp) return amqpError(Condition.FramingError, 'unknown protocol header');
  if (policy.isInitiator && policy.offersSasl)
    return amqpError(Condition.UnauthorizedAccess, 'the peer does not speak SASL');
  if (policy.requiresSasl) return amqpError(Condition.UnauthorizedAccess, 'Client skipped authentication - forbidden');
  return 'amqp';
}
