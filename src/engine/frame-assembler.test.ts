import { expect, test } from 'vitest';
import { BlockPool, blockBytes } from '../kit/block-pool.ts';
import { FrameAssembler } from './frame-assembler.ts';

test('a frame that never becomes whole gives its block back when it is dropped', () => {
  const pool = new BlockPool();
  const frames = new FrameAssembler(pool);
  frames.keep(Uint8Array.of(0, 0, 0x20, 0, 2, 0, 0, 0, 1, 2, 3), 0);
  frames.drop();
  const block = new Uint8Array(blockBytes);
  pool.give(block);
  const [first, second] = [pool.take(), pool.take()];
  expect(first).toBe(block);
  expect(second.subarray(8, 11)).toEqual(Uint8Array.of(1, 2, 3)); // used before, so it came back
});
