import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RoutingQueue } from './routing-queue.ts';

test('gives back what was put in, in order, and keeps nothing that is gone', () => {
  const step = fc.oneof(fc.uint8Array({ maxLength: 3_000 }), fc.integer({ min: 1, max: 8 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const queue = new RoutingQueue();
      const expected: Uint8Array[] = [];
      for (const what of steps) {
        if (typeof what !== 'number') {
          queue.push(what);
          expected.push(what);
        } else {
          for (let left = what; left > 0; left--) {
            expect(queue.peek()).toEqual(expected.shift() ?? null);
            queue.shift();
          }
        }
        expect(queue.count).toBe(expected.length);
        expect(queue.bytes).toBe(expected.reduce((sum, { length }) => sum + 4 + length, 0));
      }
    }),
  );
});
