// UPDATE of `adminStatus`: how management ends a connection or a link, and so frees what it holds.
//
//   connection   deleted    Close with amqp:connection:forced        not of routers: 403, as in Dispatch
//   router.link  disabled   Detach with amqp:link:detach-forced      ours: Dispatch takes it, and does nothing
//
// What a receiver of the link had unsettled ends `modified`; a peer may attach or connect again.

import { asText, lookup } from '../../amqp/values.ts';
import { amqpError, Condition } from '../../engine/conditions.ts';
import type { Link } from '../../engine/link.ts';
import type { AgentPort, ManagedConnection } from './agent-port.ts';
import { type Reply, refused } from './reply.ts';
import { mapOf, type Request } from './request.ts';

const notAllowed = 'You are not allowed to perform this operation.';
const byManagement = 'closed by management';

/** Null when it is done: or why not. */
export function updateConnection(port: AgentPort, of: ManagedConnection, request: Request): Reply | null {
  const status = statusIn(request, 'deleted', ['enableProtocolTrace']);
  if (typeof status === 'object') return status;
  if (lookup(mapOf(request), 'enableProtocolTrace') === true)
    return refused(
      400,
      'Frames of one connection cannot be traced; update log PROTOCOL with enable=trace+ to see those of all',
    );
  if (!status) return null;
  const { role } = of.context.options;
  if (role === 'inter-router' || role === 'edge')
    return refused(403, 'Connections of routers cannot be deleted; delete the connector or listener');
  if (!mayUpdate(port, request)) return refused(403, notAllowed);
  of.connection.close(amqpError(Condition.ConnectionForced, byManagement));
  return null;
}

/** Null when it is done: or why not. */
export function updateLink(
  port: AgentPort,
  { link, of }: { link: Link; of: ManagedConnection },
  request: Request,
): Reply | null {
  const status = statusIn(request, 'disabled', []);
  if (typeof status === 'object') return status;
  if (!status) return null;
  if (of.context.options.role === 'inter-router' || of.context.options.role === 'edge')
    return refused(403, 'Links of routers cannot be disabled');
  if (!mayUpdate(port, request)) return refused(403, notAllowed);
  link.fault(amqpError(Condition.DetachForced, byManagement));
  return null;
}

/** Whether the request wants the end: true; false: all is to stay as it is. Or what is wrong with it. */
function statusIn(request: Request, end: string, others: readonly string[]): boolean | Reply {
  const body = mapOf(request);
  const known = ['adminStatus', ...others];
  const wrong = [...body.keys()].find((key) => !known.includes(asText(key) ?? ''));
  if (wrong !== undefined)
    return refused(400, `Cannot update attribute '${asText(wrong) ?? ''}'; what can be is ${known.join(', ')}`);
  if (body.size === 0) return refused(400, `No attribute to update; what can be is ${known.join(', ')}`);
  const wanted = lookup(body, 'adminStatus');
  const status = wanted === undefined ? 'enabled' : asText(wanted);
  return status === end || status === 'enabled' ? status === end : refused(400, `adminStatus is enabled or ${end}`);
}

/** Where policy looks at clients, only those who may; who asks is not known of requests that are sent settled. */
function mayUpdate(port: AgentPort, { deliveryId }: Request): boolean {
  const requester = port.requesterOf(deliveryId);
  if (requester === null) return !port.configuration().policy.enableVhostPolicy;
  return requester.admission?.mayUpdateAdminStatus ?? true;
}
