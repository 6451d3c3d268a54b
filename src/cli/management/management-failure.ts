// A management request that came to nothing, as a person meets it: what is wrong, and what to do.
import { WeftError } from '../../host/errors.ts';
import type { ManagementError } from '../../management/client/management-error.ts';
import { type AmqpTarget, formatTarget } from '../amqp-target.ts';

export interface FailedRequest {
  /** Of the agent asked. */
  readonly address: string;
  /** Where we are connected. */
  readonly place: string;
  /** Asks the router connected to for the agents that it knows. */
  readonly known: () => Promise<readonly string[]>;
}

export async function failureOf(error: ManagementError, request: FailedRequest): Promise<WeftError> {
  return new WeftError(error.code, await messageOf(error, request), await remedyOf(error, request), error);
}

async function messageOf({ code, message }: ManagementError, { address, place }: FailedRequest): Promise<string> {
  switch (code) {
    case 'WEFT_NO_AGENT':
      return `no router answers at ${address} (asked ${place})`;
    case 'WEFT_AGENT_SILENT':
      return `no reply from ${address} in time (asked ${place})`;
    case 'WEFT_MANAGEMENT_LOST':
      return `the connection to ${place} was lost: ${message}`;
    default:
      return message;
  }
}

async function remedyOf({ code, statusCode }: ManagementError, request: FailedRequest): Promise<string> {
  const { address, place } = request;
  switch (code) {
    case 'WEFT_NO_AGENT':
      if (address.startsWith('_topo/') || address.startsWith('_edge/')) return knownRouters(request);
      return `Is ${place} a router, and the listener there of role normal? An application behind that port has no management.`;
    case 'WEFT_AGENT_SILENT':
      return `The router may hang, or be slow: try a longer --timeout. \`weft explain\` tells which router on the way does not answer.`;
    case 'WEFT_MANAGEMENT_FORBIDDEN':
      return 'The policy of the router must allow this user a dynamic source, and $management among its targets.';
    case 'WEFT_REQUEST_REFUSED':
      if (statusCode === 403) return 'The policy of the router does not allow this user to do that.';
      return statusCode === 501 ? 'List what it can do: weft manage get-operations' : '';
    default:
      return '';
  }
}

/** Wrong ids are the usual reason, so the right ones are named. */
async function knownRouters({ address, known }: FailedRequest): Promise<string> {
  try {
    const ids = (await known()).map((node) => node.split('/')[3] ?? node);
    const isEdge = address.startsWith('_edge/');
    return `Known here: ${ids.join(', ')}.${isEdge ? ' Edge routers are not listed: check the id, and that its uplink is up.' : ''}`;
  } catch {
    return ''; // the router connected to does not answer either; the message says enough
  }
}

export function cannotConnect(target: AmqpTarget, reason: string): WeftError {
  const where = formatTarget({ ...target, address: '' }).slice(0, -1);
  return new WeftError(
    'WEFT_CANNOT_CONNECT',
    `no router answers at ${where}: ${reason}`,
    connectRemedy(target, reason),
  );
}

function connectRemedy({ host, port, isTls }: AmqpTarget, reason: string): string {
  if (/ECONNREFUSED/.test(reason)) {
    return `Nothing listens there. Is the router running, with a listener of role normal on port ${port}?`;
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return `Check the host name ${host}.`;
  if (/does not speak TLS/.test(reason)) return `Without TLS: amqp://${host}:${port}`;
  if (isTls && /certificate/.test(reason)) return 'Give the authority of the router with --ssl-trustfile FILE.';
  return '';
}
