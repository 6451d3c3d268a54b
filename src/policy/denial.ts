// What was refused, and by which rule: the one object behind the log line, the error on the wire and what is remembered.
import { AmqpError, ErrorInfo } from '../amqp/performatives.ts';
import { type AmqpValue, symbol } from '../amqp/values.ts';

/** The rule that refused something: names of attributes of `policy`, `vhost` and its groups. */
export interface Denial {
  /** The attribute that decided: `targets`, `remoteHosts`, `maxConnectionsPerUser`, … */
  readonly rule: string;
  /** The vhost and group whose rule it is; '' when there is none. */
  readonly vhost: string;
  readonly group: string;
  /** For people: `targets does not allow it`. */
  readonly reason: string;
}

/** Dispatch's words, by which clients know a refusal. */
export const Refusal = {
  connection: [AmqpError.ResourceLimitExceeded, 'connection disallowed by local policy'],
  session: [AmqpError.ResourceLimitExceeded, 'session disallowed by local policy'],
  linkLimit: [AmqpError.ResourceLimitExceeded, 'link disallowed by local policy'],
  link: [AmqpError.UnauthorizedAccess, 'link disallowed by local policy'],
  target: [AmqpError.UnauthorizedAccess, 'policy violation on target'],
  user: [AmqpError.UnauthorizedAccess, 'user_id proxy violation'],
  size: ['amqp:link:message-size-exceeded', 'Message size exceeded'],
} as const;
export type Refusal = (typeof Refusal)[keyof typeof Refusal];

/** The refusal as the peer reads it; the rule stands in `info`. */
export function errorOf([condition, description]: Refusal, { rule, vhost, group }: Denial): ErrorInfo {
  const info = new Map<AmqpValue, AmqpValue>([[symbol('rule'), rule]]);
  if (vhost !== '') info.set(symbol('vhost'), vhost);
  if (group !== '') info.set(symbol('group'), group);
  return new ErrorInfo({ condition, description, info });
}

/** `group "g" of vhost "v": targets does not allow it`. */
export function describeDenial({ vhost, group, reason }: Denial): string {
  if (vhost === '') return reason;
  return `${group === '' ? '' : `group ${JSON.stringify(group)} of `}vhost ${JSON.stringify(vhost)}: ${reason}`;
}
