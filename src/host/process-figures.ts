// What Node knows of the process and its machine, for management.
import { hostname } from 'node:os';
import type { ProcessFigures } from '../router/ports.ts';

export const processFigures: ProcessFigures = {
  hostName: hostname(),
  memoryBytes: () => process.memoryUsage.rss(),
  memoryPools: () => {
    const { heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
    return {
      'heap in use': heapUsed,
      'heap free': Math.max(0, heapTotal - heapUsed),
      buffers: arrayBuffers,
      external: Math.max(0, external - arrayBuffers),
    };
  },
};
