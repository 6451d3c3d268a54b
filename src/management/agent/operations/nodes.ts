// GET-MGMT-NODES: where the management of every router of the network is asked.
import type { AgentPort } from '../agent-port.ts';
import type { Operation } from '../operations.ts';
import { ok } from '../reply.ts';

export function managementNodes({ core }: AgentPort): [string, Operation][] {
  const addresses = (): string[] => {
    const { routerId, isEdge } = core.self;
    if (isEdge) return [];
    const ids = [routerId, ...(core.mesh?.protocol.routers.keys() ?? [])];
    return ids.map((id) => `amqp:/_topo/0/${id}/$management`);
  };
  return [['GET-MGMT-NODES', (_request, answer) => answer(ok(addresses()))]];
}
