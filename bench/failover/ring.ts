// The networks of the failover bench.
//
//        B                          A ─── B
//      ╱   ╲                X ┄┄┄┄ ┊       ┊ ┄┄┄┄ Y      each of X and Y is linked to two routers of the ring
//    A       C              (A, B) D ─── C (C, D)
//      ╲   ╱
//        D
//
// For a loss the clients sit at A and C; for a rolling restart of the whole ring at X and Y.
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { start } from '../children.ts';
import { Network, type NetworkLink } from '../network.ts';
import { root } from '../root.ts';

const link = (from: string, to: string): NetworkLink => ({ from, to });
const ring = [link('A', 'B'), link('B', 'C'), link('C', 'D'), link('D', 'A')];
const outside = [link('X', 'A'), link('X', 'B'), link('Y', 'C'), link('Y', 'D')];

export const ringIds = ['A', 'B', 'C', 'D'];

/** A ring, with a delay of `delayMs` each way on every link between routers. */
export function startRing(guard: string, delayMs: number): Promise<Network> {
  return Network.start(guard, { links: ring, ...delayed(guard, delayMs) });
}

/** A ring with two routers beside it. */
export function startRingWithOutside(guard: string, delayMs: number): Promise<Network> {
  return Network.start(guard, { links: [...ring, ...outside], ...delayed(guard, delayMs) });
}

/** For a network of which every link between routers is so long. */
export function delayed(guard: string, delayMs: number) {
  if (delayMs === 0) return {};
  const script = join(root, 'dist', 'bench', 'failover', 'delay-proxy.js');
  return {
    between: async (_: NetworkLink, port: number): Promise<number> => {
      const child = start(guard, ['under', '--', process.execPath, script, String(delayMs), String(port)]);
      const [line] = await once(createInterface({ input: child.stdout! }), 'line');
      return Number(line);
    },
  };
}
