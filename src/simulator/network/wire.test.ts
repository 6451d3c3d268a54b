import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../kit/random.ts';
import { SimulatedClock } from '../clock.ts';
import type { CutStyle, WireProfile } from './profile.ts';
import { Wire, type WireEnd, type WireUser } from './wire.ts';

const profile: WireProfile = {
  latencyMs: 5,
  jitterMs: 0,
  bytesPerMs: 1_000,
  sendBufferBytes: 4_000,
  receiveBufferBytes: 2_000,
  cut: 'whole',
};

/** Writes what it is given as fast as it may, and remembers what it reads. */
class User implements WireUser {
  wantsData = true;
  readonly received: number[] = [];
  readonly chunks: number[] = [];
  hasPeerEnded = false;
  closed: string | null = null;
  /** A write is under way that the kernel has not taken. */
  isStuck = false;
  #left: Uint8Array[] = [];
  readonly #end: WireEnd;

  constructor(end: WireEnd) {
    this.#end = end;
    end.user = this;
  }

  send(...writes: Uint8Array[]): void {
    this.#left.push(...writes);
    if (!this.isStuck) this.handleDrained();
  }

  handleDrained(): void {
    this.isStuck = false;
    while (!this.isStuck && this.#left.length > 0) this.isStuck = !this.#end.write(this.#left.shift() as Uint8Array);
  }

  handleData(bytes: Uint8Array): void {
    this.received.push(...bytes);
    this.chunks.push(bytes.length);
  }

  handleEnd(): void {
    this.hasPeerEnded = true;
  }

  handleClose(reason: string): void {
    this.closed = reason;
  }
}

function connected(more: Partial<WireProfile> = {}, seed = 1) {
  const clock = new SimulatedClock(0);
  const wire = new Wire(clock, new Random(seed), { ...profile, ...more }, ['a', 'b'], () => undefined);
  const pass = (ms: number): void => clock.run(clock.now + ms, () => false);
  return { clock, wire, a: new User(wire.a), b: new User(wire.b), pass };
}

const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, at) => at * 7);

describe('a wire', () => {
  test('carries every byte in order, however it cuts them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 10 }),
        fc.constantFrom<CutStyle>('whole', 'some', 'tiny'),
        fc.nat(5),
        fc.nat(),
        (sizes, cut, jitterMs, seed) => {
          const { wire, a, b, pass } = connected({ cut, jitterMs }, seed);
          const sent = sizes.map(bytes);
          a.send(...sent);
          pass(10_000);
          wire.a.end();
          pass(10_000);
          expect(b.received).toEqual(sent.flatMap((one) => [...one]));
          expect(b.hasPeerEnded).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('takes no sooner than bandwidth and latency allow', () => {
    const { a, b, pass } = connected();
    a.send(bytes(1_000));
    pass(5.9);
    expect(b.received).toEqual([]);
    pass(0.2);
    expect(b.received).toHaveLength(1_000);
  });

  test('takes only what the buffers of both sides hold, while nobody reads', () => {
    const { wire, a, b, pass } = connected();
    b.wantsData = false;
    a.send(bytes(6_000));
    pass(1_000);
    expect(a.isStuck).toBe(false);
    a.send(bytes(1));
    pass(1_000);
    expect(a.isStuck).toBe(true);
    expect(b.received).toEqual([]);
    b.wantsData = true;
    wire.b.resume();
    pass(1_000);
    expect(a.isStuck).toBe(false);
    expect(b.received).toHaveLength(6_001);
  });

  test('is over for both when both have ended', () => {
    const { wire, a, b, pass } = connected();
    a.send(bytes(10));
    wire.a.end();
    pass(20);
    expect([a.closed, b.closed, b.hasPeerEnded]).toEqual([null, null, true]);
    wire.b.end();
    pass(20);
    expect([a.closed, b.closed]).toEqual(['', '']);
    expect(wire.isGone).toBe(true);
  });

  test('that is reset is told to both, and what was on its way is lost', () => {
    const { wire, a, b, pass } = connected();
    a.send(bytes(1_000));
    pass(3);
    wire.reset();
    pass(100);
    expect(b.received).toEqual([]);
    expect([a.closed, b.closed]).toEqual(['Connection reset by peer', 'Connection reset by peer']);
  });

  test('that is cut is told to nobody; the peer of one that gives up does not hear of it', () => {
    const { wire, a, b, pass } = connected();
    wire.silence();
    a.send(bytes(10));
    pass(100_000);
    expect([a.closed, b.closed]).toEqual([null, null]);
    wire.a.destroy('gave up');
    pass(100_000);
    expect([a.closed, b.closed]).toEqual(['gave up', null]);
    expect(b.received).toEqual([]);
  });

  test('overwrites what it handed out, so that a reader who kept it would see', () => {
    const { wire, a, pass } = connected();
    let kept: Uint8Array = new Uint8Array(0);
    (wire.b.user as User).handleData = (chunk) => {
      kept = chunk;
    };
    a.send(bytes(4));
    pass(10);
    expect([...kept]).toEqual([0xdb, 0xdb, 0xdb, 0xdb]);
  });
});
