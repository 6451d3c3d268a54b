// The management of every router is asked from every other one.
import assert from 'node:assert/strict';
import { Asker } from '../asker.ts';
import { connectTo } from './across.ts';
import type { MeshCase } from './mesh-case.ts';
import { isEdge } from './topology.ts';

export const managementCases: readonly MeshCase[] = [
  {
    what: 'the management of every router answers everywhere, at its own address',
    run: async (across) => {
      const { topology } = across;
      for (const from of topology.ends) {
        for (const to of topology.routers) {
          const address = `${isEdge(topology, to) ? '_edge' : '_topo/0'}/${to}/$management`;
          const asker = await Asker.open(await connectTo(across, from), address);
          const [row] = await asker.query('router', ['id', 'mode']);
          assert.deepEqual(row, { id: to, mode: isEdge(topology, to) ? 'edge' : row?.['mode'] }, `${from} asks ${to}`);
        }
        const near = await Asker.open(await connectTo(across, from));
        assert.deepEqual(await near.query('router', ['id']), [{ id: from }], `${from} answers at $management`);
      }
    },
  },
];
