// During a rotation: which connections of running routers are older than the renewal of all certificates, and so may be of the authority that goes.
// Told by a `weft up` whose folder of certificates it is, or asked of the routers themselves.
import { type OldConnection, type OldConnections, runningRotation } from '../local/older-connections.ts';
import { agentOf, agentOfEdge, type EntityRow } from '../management/client/management-node.ts';
import type { PkiStatus } from '../pki/status.ts';
import type { ConnectionFlags } from './management/connection-flags.ts';
import { ManagementSession } from './management/management-session.ts';

export interface Remaining {
  /** Who says so: `weft up (process 123)`. */
  readonly source: string;
  /** Null: it has not begun yet to make connections anew. */
  readonly old: OldConnections | null;
}

/** Of --bus. A `weft up` that runs by the folder is asked without it. */
export const busPurpose = 'a router: it and all that it reaches are asked for connections from before the renewal';

/** Connections that are named; the rest is counted. */
const namedMax = 200;

/** Null when there is nobody to ask, or nothing to ask about. @param flags null: the routers were not named. Throws WeftError. */
export async function remainingOf(
  { dir, rotation }: PkiStatus,
  flags: ConnectionFlags | null,
): Promise<Remaining | null> {
  if (rotation?.renewedAt == null) return null;
  if (flags !== null) return { source: flags.bus, old: await askRouters(flags, Date.parse(rotation.renewedAt)) };
  const running = runningRotation(dir, rotation.to);
  return running === null ? null : { source: `weft up (process ${running.pid})`, old: running.old };
}

interface Known {
  readonly id: string;
  readonly agent: string;
}

/** From router to router, over the connections that each of them tells of. */
async function askRouters(flags: ConnectionFlags, renewedAtMs: number): Promise<OldConnections> {
  const session = await ManagementSession.open(flags);
  let asked = '$management';
  try {
    const known: Known[] = [{ id: session.routerId, agent: asked }];
    const old: OldConnection[] = [];
    for (const { id, agent } of known) {
      asked = agent;
      const rows = await session.node(agent).query('org.apache.qpid.dispatch.connection');
      const now = Date.now();
      for (const row of rows) {
        const found = neighbourOf(row);
        if (found !== null && !known.some((one) => one.id === found.id)) known.push(found);
        // Its age comes in whole seconds: in doubt it counts as old.
        const openedAtMs = now - (Number(row['uptimeSeconds']) + 1) * 1000;
        if (openedAtMs < renewedAtMs) old.push(connectionOf(id, row, openedAtMs));
      }
    }
    return { connections: old.slice(0, namedMax), count: old.length };
  } catch (error) {
    throw await session.explain(error, asked);
  } finally {
    session.close();
  }
}

function neighbourOf({ role, dir, container }: EntityRow): Known | null {
  const id = String(container ?? '');
  if (id === '' || (role !== 'inter-router' && role !== 'edge')) return null;
  return { id, agent: role === 'edge' && dir === 'in' ? agentOfEdge(id) : agentOf(id) };
}

function connectionOf(router: string, { role, user, container }: EntityRow, openedAtMs: number): OldConnection {
  const peer = String((role === 'normal' ? user : container) ?? container ?? '');
  return { router, peer, role: String(role), openedAt: new Date(openedAtMs).toISOString() };
}
