// What a peer's Open may say (§2.7.1).
import type { ErrorInfo, Open } from '../amqp/performatives.ts';
import { amqpError, Condition } from './conditions.ts';
import { maxFrameSizeMin, nameLengthMax, remoteIdleTimeoutMsMin } from './limits.ts';

/** Why this Open is not taken; null when it is. */
export function checkOpen({ maxFrameSize, idleTimeOut, containerId }: Open): ErrorInfo | null {
  if (maxFrameSize !== null && maxFrameSize < maxFrameSizeMin) {
    return amqpError(Condition.InvalidField, `max-frame-size ${maxFrameSize} is below ${maxFrameSizeMin} (§2.7.1)`);
  }
  if (idleTimeOut !== null && idleTimeOut > 0 && idleTimeOut < remoteIdleTimeoutMsMin) {
    return amqpError(Condition.NotAllowed, `idle-time-out ${idleTimeOut} is below ${remoteIdleTimeoutMsMin} ms`);
  }
  if (containerId.length > nameLengthMax) {
    return amqpError(Condition.InvalidField, `container-id longer than ${nameLengthMax} characters`);
  }
  return null;
}
