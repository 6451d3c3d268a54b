// Connections of a running mesh that are older than a renewal of all certificates: they were made under the authority that goes. The mesh
// writes them down beside its certificates, where `weft pki` reads them.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeSystemError, systemCode, WeftError } from '../host/errors.ts';
import type { Fleet } from './fleet.ts';
import { limits } from './limits.ts';
import type { RouterAnswer } from './router-report.ts';
import type { SupervisedRouter } from './supervised-router.ts';
import { runningIn, type WorkFolder } from './work-folder.ts';

export interface OldConnection {
  /** Who has it. */
  readonly router: string;
  /** The id of another router, or the user of an application. */
  readonly peer: string;
  readonly role: string;
  /** ISO 8601. */
  readonly openedAt: string;
}

export interface OldConnections {
  /** The first of them. */
  readonly connections: readonly OldConnection[];
  readonly count: number;
}

type ConnectionsAnswer = Omit<Extract<RouterAnswer, { readonly kind: 'connections' }>, 'kind'>;

/** What a mesh writes down. */
interface RotationFile extends OldConnections {
  /** The number of the authority that all certificates are of by now. */
  readonly to: number;
}

export const noConnections: OldConnections = { connections: [], count: 0 };
const rotationFile = 'rotation.json';

/** @param sinceMs by `performance.now()`. Throws WEFT_ROUTER_FAILED when a router gives no answer. */
export async function connectionsBefore({ all }: Fleet, sinceMs: number): Promise<OldConnections> {
  const openForMs = performance.now() - sinceMs;
  const answers = await Promise.all(
    all.map(async (router) => ({ router: router.id, ...(await connectionsOf(router, openForMs)) })),
  );
  const connections = answers.flatMap(({ router, connections }) =>
    connections.map(({ peer, role, openForMs }) => {
      return { router, peer, role, openedAt: new Date(Date.now() - openForMs).toISOString() };
    }),
  );
  const count = answers.reduce((sum, one) => sum + one.count, 0);
  return { connections: connections.slice(0, limits.namedConnectionsMax), count };
}

async function connectionsOf(router: SupervisedRouter, openForMs: number): Promise<ConnectionsAnswer> {
  try {
    if (router.isUp) return await router.ask({ kind: 'connections', openForMs }, 'connections');
  } catch (error) {
    if (!(error instanceof WeftError) || router.isUp) throw error;
  }
  return { connections: [], count: 0 }; // who is down has none
}

export function writeRotation(folder: WorkFolder, to: number, { connections, count }: OldConnections): void {
  folder.write(rotationFile, `${JSON.stringify({ to, connections, count } satisfies RotationFile, null, 2)}\n`);
}

export function forgetRotation(folder: WorkFolder): void {
  folder.remove(rotationFile);
}

export interface RunningRotation {
  readonly pid: number;
  /** Null: the mesh has not begun yet to make its connections anew. */
  readonly old: OldConnections | null;
}

/** Null when no mesh runs by this folder of certificates. Throws WEFT_MESH_UNREADABLE. */
export function runningRotation(pki: string, to: number): RunningRotation | null {
  const dir = dirname(join(pki, '.'));
  const pid = runningIn(dir);
  if (pid === null) return null;
  const told = readRotation(join(dir, rotationFile));
  return { pid, old: told?.to === to ? told : null };
}

function readRotation(file: string): RotationFile | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RotationFile; // of our making, replaced as a whole
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw new WeftError('WEFT_MESH_UNREADABLE', `cannot read ${file}: ${describeSystemError(error)}`, '', error);
  }
}
