// Frames of real peers: what the fuzzer starts from.
import { readFileSync } from 'node:fs';
import { folder } from './folder.ts';

let vectors: Uint8Array[] | null = null;

/** Whole frames, header included. */
export function realFrames(): readonly Uint8Array[] {
  vectors ??= readFileSync(new URL('../src/amqp/vectors/frames.jsonl', folder), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => Uint8Array.from(Buffer.from((JSON.parse(line) as { hex: string }).hex, 'hex')));
  return vectors;
}
