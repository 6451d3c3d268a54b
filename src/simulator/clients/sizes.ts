// How large messages are.
import type { Random } from '../../kit/random.ts';
import type { Demands } from '../network/profile.ts';

/** Whether a run with such messages needs frames and windows that carry them within its time. */
export function isHeavy(style: SizeStyle): boolean {
  return style === 'large' || style === 'huge' || style === 'flood';
}

/** What wires have to offer for such messages. */
export function demandsOf(style: SizeStyle): Demands {
  return { bytesPerMs: style === 'flood' ? 50_000 : 0, bufferBytes: isHeavy(style) ? 16_384 : 0 };
}

/** `huge` is beyond the 128 KiB up to which a router waits for the whole; a `flood` is more than it may hold. */
export type SizeStyle = 'small' | 'mixed' | 'large' | 'huge' | 'flood';

export function drawSize(random: Random, style: SizeStyle): number {
  switch (style) {
    case 'small':
      return random.below(300);
    case 'mixed':
      return random.below(random.pick([100, 1_000, 5_000]));
    case 'large':
      return random.below(random.pick([1_000, 20_000, 100_000]));
    case 'huge':
      return random.below(random.pick([1_000, 200_000, 500_000]));
    case 'flood':
      return random.between(90_000, 130_000);
  }
}
