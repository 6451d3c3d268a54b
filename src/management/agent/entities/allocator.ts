// Memory of the process by what it is for, in the shape of Dispatch's allocator: so many pieces of a KiB each. There are no lists of free
// ones and no threads between which they move.
import { allocatorSpec } from '../../../schema/operational-entities.ts';
import type { AgentPort } from '../agent-port.ts';
import { integer, text } from '../columns.ts';
import type { EntityType } from '../entity-type.ts';
import { findNamed, typeColumn } from '../type-name.ts';

interface Pool {
  readonly name: string;
  readonly kibibytes: number;
}

const pieceBytes = 1024;

export function allocatorType(port: AgentPort): EntityType<Pool> {
  const rows = (): Pool[] =>
    Object.entries(port.process?.memoryPools() ?? {}).map(([name, bytes]) => ({
      name,
      kibibytes: Math.ceil(bytes / pieceBytes),
    }));
  const identity = ({ name }: Pool): string => `allocator/${name}`;
  const zero = (name: string) => integer<Pool>(name, () => 0);
  return {
    spec: allocatorSpec,
    isCore: false,
    columns: [
      text('typeName', ({ name }) => name),
      integer('typeSize', () => pieceBytes),
      integer('transferBatchSize', () => 1),
      zero('localFreeListMax'),
      zero('globalFreeListMax'),
      integer('totalAllocFromHeap', ({ kibibytes }) => kibibytes),
      zero('totalFreeToHeap'),
      integer('heldByThreads', ({ kibibytes }) => kibibytes),
      zero('batchesRebalancedToThreads'),
      zero('batchesRebalancedToGlobal'),
      text('name', ({ name }) => name),
      text('identity', identity),
      typeColumn(allocatorSpec),
    ],
    rows,
    find: (name, wanted) => findNamed(rows(), name, wanted, (pool) => ({ name: pool.name, identity: identity(pool) })),
  };
}
