import { expect, test } from 'vitest';
import { DecodeError } from '../amqp/decode-error.ts';
import { BlockPool, blockBytes } from '../kit/block-pool.ts';
import { FrameAssembler } from './frame-assembler.ts';
import { Expecting, Input, type InputOwner } from './input.ts';

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

test('a frame in parts that is malformed gives its block back, too', () => {
  const lent = new Set<Uint8Array>();
  const pool = new BlockPool();
  const take = pool.take.bind(pool);
  pool.take = () => {
    const block = take();
    lent.add(block);
    return block;
  };
  pool.give = (block) => void lent.delete(block);
  const owner = {
    expecting: Expecting.Frames,
    frameSizeMax: 16_384,
    handleFrame: () => {
      throw new DecodeError('a performative expected', 8);
    },
  } as unknown as InputOwner;
  const input = new Input(owner, pool);
  const frame = new Uint8Array(2000);
  frame.set([0, 0, 2000 >> 8, 2000 & 0xff, 2]);
  input.handle(frame.subarray(0, 100));
  expect(lent.size).toBe(1);
  expect(() => input.handle(frame.subarray(100))).toThrow(DecodeError);
  expect(lent.size).toBe(0);
});
