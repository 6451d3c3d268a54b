// The routers of the network, this one first.
import type { RemoteRouter } from '../../../linkstate/router-node.ts';
import { nodeSpec } from '../../../schema/operational-entities.ts';
import type { AgentPort } from '../agent-port.ts';
import { integer, text, value } from '../columns.ts';
import type { EntityType } from '../entity-type.ts';
import { findNamed, typeColumn } from '../type-name.ts';

/** What is shown of a router: this one, or another. */
interface NodeRow {
  readonly id: string;
  readonly protocolVersion: number;
  readonly instance: number;
  readonly linkState: readonly string[];
  readonly nextHop: string | null;
  readonly remote: RemoteRouter | null;
  readonly lastTopoChange: number | null;
}

export function nodeType(port: AgentPort): EntityType<NodeRow> {
  const { mesh, self } = port.core;
  const identity = ({ id }: NodeRow): string => `router.node/${id}`;
  return {
    spec: nodeSpec,
    isCore: false,
    columns: [
      text('id', ({ id }) => id),
      integer('protocolVersion', (row) => row.protocolVersion),
      integer('instance', (row) => row.instance),
      value('linkState', (row) => [...row.linkState]),
      text('nextHop', (row) => row.nextHop),
      value('validOrigins', ({ remote }) =>
        remote === null || mesh === null ? [] : mesh.protocol.validOrigins(remote),
      ),
      text('address', ({ id }) => `amqp:/_topo/${self.area}/${id}`),
      text('routerLink', ({ remote }) => routerLinkOf(port, remote)),
      integer('cost', ({ remote }) => (remote === null || !remote.isReachable ? null : remote.cost)),
      integer('lastTopoChange', (row) => row.lastTopoChange),
      integer('index', ({ remote }) => remote?.index ?? 0),
      text('name', identity),
      text('identity', identity),
      typeColumn(nodeSpec),
    ],
    rows: () => rowsOf(port),
    find: (name, wanted) =>
      findNamed(rowsOf(port), name, wanted, (row) => ({ name: identity(row), identity: identity(row) })),
  };
}

function rowsOf(port: AgentPort): NodeRow[] {
  const { mesh, self, nowMs } = port.core;
  if (mesh === null) return [];
  const { protocol } = mesh;
  const changedAt = protocol.lastTopologyChangeAt;
  const own: NodeRow = {
    id: self.routerId,
    protocolVersion: 1,
    instance: protocol.instance,
    linkState: [...protocol.peers.keys()],
    nextHop: '(self)',
    remote: null,
    lastTopoChange: Number.isFinite(changedAt) ? Math.trunc((port.wallTimeMs() - (nowMs - changedAt)) / 1000) : null,
  };
  return [own, ...[...protocol.routers.values()].map(rowOf)];
}

function rowOf(remote: RemoteRouter): NodeRow {
  const { id, protocolVersion, instance, nextHop, peers } = remote;
  return {
    id,
    protocolVersion: protocolVersion ?? 1,
    instance,
    linkState: [...peers.keys()],
    nextHop: nextHop === null || nextHop === remote ? null : nextHop.id,
    remote,
    lastTopoChange: null,
  };
}

/** The link on which this router sends to a neighbour. */
function routerLinkOf({ core }: AgentPort, remote: RemoteRouter | null): string | null {
  const peer = remote === null ? undefined : core.mesh?.neighbours.get(remote.id);
  const link = peer?.linkFor(0);
  return link == null ? null : String(link.identity);
}
