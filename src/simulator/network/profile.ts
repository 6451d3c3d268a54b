// How one wire behaves, drawn from a seed: from the same machine to the other side of the world.
import type { Random } from '../../kit/random.ts';

/** Into what pieces a stream falls apart on its way: at least each byte arrives, in order. */
export type CutStyle = 'whole' | 'some' | 'tiny';

export interface WireProfile {
  /** One way. */
  readonly latencyMs: number;
  /** The most that a packet may come later than that. */
  readonly jitterMs: number;
  readonly bytesPerMs: number;
  /** What the kernel of the writer takes before a write has to wait. */
  readonly sendBufferBytes: number;
  /** What the kernel of the reader keeps while the reader does not read. */
  readonly receiveBufferBytes: number;
  readonly cut: CutStyle;
}

/** The least that every wire of a run has to offer, so that what is to go over it does so in its time. */
export interface Demands {
  readonly bytesPerMs: number;
  readonly bufferBytes: number;
}

export function drawProfile(random: Random, demands: Demands): WireProfile {
  const drawBuffer = () => Math.max(demands.bufferBytes, random.pick([2_048, 16_384, 65_536, 262_144]));
  const isNear = random.chance(0.6);
  return {
    latencyMs: isNear ? random.between(2, 100) / 100 : random.between(1, 60),
    jitterMs: random.chance(0.5) ? 0 : random.between(0, 5),
    bytesPerMs: Math.max(demands.bytesPerMs, random.pick([500, 5_000, 50_000, 500_000])),
    sendBufferBytes: drawBuffer(),
    receiveBufferBytes: drawBuffer(),
    cut: random.pick(['whole', 'whole', 'some', 'tiny']),
  };
}
