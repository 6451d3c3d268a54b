import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unsettledRingMax } from './limits.ts';
import type { Link } from './link.ts';
import { UnsettledRing } from './unsettled-ring.ts';

const linkA = { name: 'a' } as unknown as Link;
const linkB = { name: 'b' } as unknown as Link;

/** The ring beside the dumbest thing that does the same, both fed alike. */
class Twins {
  readonly ring = new UnsettledRing();
  readonly twin = new Map<number, { link: Link; peerId: number; state: number }>();
  next: number;

  constructor(firstId: number) {
    this.next = firstId | 0;
  }

  /** Adds a delivery `gap` ids behind the last one. */
  add(gap: number): void {
    let id = (this.next + gap) | 0;
    while (this.twin.has(id)) id = (id + 1) | 0;
    this.next = (id + 1) | 0;
    const link = id % 3 === 0 ? linkA : linkB;
    const slot = this.ring.add(id, link, 7);
    this.ring.peerIds[slot] = id ^ 0x5555;
    this.ring.states[slot] = id & 0xff;
    this.ring.peers[slot] = link;
    this.twin.set(id, { link, peerId: id ^ 0x5555, state: id & 0xff });
  }

  free(id: number): void {
    this.ring.free(this.ring.find(id));
    this.twin.delete(id);
  }

  /** Settles first … last the way a session does. */
  freeRange(first: number, last: number): void {
    const { ring, twin } = this;
    ring.thin();
    const gone: number[] = [];
    for (const id of ring.stragglersIn(first, last)) gone.push(id);
    const end = ring.clampLast(first, last);
    for (let id = ring.clampFirst(first, last); ((end - id) | 0) >= 0; id = (id + 1) | 0) {
      if (ring.find(id) >= 0) gone.push(id);
    }
    const span = (last - first) >>> 0;
    const wanted = [...twin.keys()].filter((id) => (id - first) >>> 0 <= span);
    expect(gone.sort(byNumber)).toEqual(wanted.sort(byNumber));
    for (const id of gone) this.free(id);
  }

  check(): void {
    const { ring, twin } = this;
    expect(ring.size).toBe(twin.size);
    expect(ring.ids().sort(byNumber)).toEqual([...twin.keys()].sort(byNumber));
    for (const [id, { link, peerId, state }] of twin) {
      const slot = ring.find(id);
      expect(slot).toBeGreaterThanOrEqual(0);
      expect(ring.links[slot]).toBe(link);
      expect(ring.peers[slot]).toBe(link);
      expect(ring.peerIds[slot]).toBe(peerId);
      expect(ring.states[slot]).toBe(state);
      expect(ring.sinceMs[slot]).toBe(7);
      expect(ring.isTaken(id)).toBe(true);
    }
    for (const id of [this.next, this.next + 1, this.next - 100_000]) {
      expect(ring.find(id | 0) >= 0).toBe(twin.has(id | 0));
    }
  }
}

/** Adds a delivery whose other side is `peerId`. The columns may be others after `add`. */
function addTied(ring: UnsettledRing, id: number, link: Link, peerId: number): void {
  const slot = ring.add(id, link, 1);
  ring.peerIds[slot] = peerId;
}

function byNumber(a: number, b: number): number {
  return a - b;
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add'), gap: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('add'), gap: fc.integer({ min: 1, max: 300 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('add'), gap: fc.integer({ min: 0, max: 0x7ffffff0 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('many'), gap: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('free'), gap: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('range'), gap: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('shrink'), gap: fc.constant(0) }) },
);

describe('the ring of unsettled deliveries', () => {
  test('holds what a Map would hold, whatever is added, passed over, settled singly or in ranges', () => {
    const starts = fc.constantFrom(0, 1, 0x7fffffff - 20, -20, -0x80000000, 12345);
    fc.assert(
      fc.property(starts, fc.array(step, { maxLength: 120 }), (start, steps) => {
        const twins = new Twins(start);
        for (const { kind, gap } of steps) {
          const ids = [...twins.twin.keys()];
          if (kind === 'add') twins.add(gap);
          else if (kind === 'many') for (let count = 0; count < gap; count++) twins.add(0);
          else if (kind === 'shrink') twins.ring.shrink();
          else if (ids.length === 0) continue;
          else if (kind === 'free') twins.free(ids[gap % ids.length] as number);
          else {
            const first = ids[gap % ids.length] as number;
            twins.freeRange((first - (gap % 50)) | 0, (first + (gap % 1000)) | 0);
          }
          twins.check();
        }
      }),
      { numRuns: 120 },
    );
  });

  test('keeps one delivery that is never settled while hundreds of thousands pass behind it, out of order', () => {
    const ring = new UnsettledRing();
    addTied(ring, -5, linkA, 77);
    for (let base = -4; base < 400_000; base += 200) {
      for (let id = base; id < base + 200; id++) ring.add(id, linkB, 2);
      for (let id = base + 199; id >= base; id--) ring.free(ring.find(id));
    }
    expect(ring.size).toBe(1);
    expect(ring.links.length).toBeLessThan(1024);
    const slot = ring.find(-5);
    expect([ring.links[slot], ring.peerIds[slot], ring.sinceMs[slot]]).toEqual([linkA, 77, 1]);
    ring.free(slot);
    expect(ring.size).toBe(0);
    expect(ring.hasStragglers).toBe(false);
  });

  test('keeps hundreds of thousands of stragglers, and finds them by range without looking at all of them', () => {
    const ring = new UnsettledRing();
    const count = unsettledRingMax * 4;
    for (let id = 0; id < count; id++) addTied(ring, id, linkA, id * 2);
    expect(ring.size).toBe(count);
    for (const id of [0, 1, unsettledRingMax, count - 1]) expect(ring.peerIds[ring.find(id)]).toBe(id * 2);
    expect(ring.stragglersIn(5, 7)).toEqual([5, 6, 7]);
    expect(ring.stragglersIn(-3, 1)).toEqual([0, 1]);
    expect(ring.stragglersIn(count, 0x7fffffff)).toEqual([]);
    for (let id = 0; id < count; id++) ring.free(ring.find(id));
    expect(ring.ids()).toEqual([]);
  });

  test('is not mistaken about a delivery that lies half the number space and more behind', () => {
    const ring = new UnsettledRing();
    addTied(ring, 0, linkA, 1);
    // Pre-settled deliveries take ids without ever being here.
    addTied(ring, 0x80000001 | 0, linkB, 2);
    expect([ring.peerIds[ring.find(0)], ring.peerIds[ring.find(0x80000001 | 0)]]).toEqual([1, 2]);
    expect(ring.size).toBe(2);
  });

  test('does not walk over what lies between a range and the ring', () => {
    const ring = new UnsettledRing();
    for (const base of [0, 0x7fffff00, 0x80000000 | 0, -500]) {
      for (let id = 0; id < 100; id++) ring.add((base + id) | 0, linkA, 0);
      for (const far of [1000, 0x10000000, 0x7ffffff0, 0x80000000, 0xf0000000]) {
        const first = (base + far) | 0;
        const last = (first + 10) | 0;
        expect((ring.clampLast(first, last) - ring.clampFirst(first, last)) | 0).toBeLessThan(0);
      }
      const [first, last] = [(base - 50) | 0, (base + 1000) | 0];
      expect([ring.clampFirst(first, last), ring.clampLast(first, last)]).toEqual([base, (base + 99) | 0]);
      for (const id of ring.ids()) ring.free(ring.find(id));
    }
  });

  test('knows ids that are taken from a former round', () => {
    const ring = new UnsettledRing();
    ring.add(41, linkA, 0);
    expect([ring.isTaken(41), ring.isTaken(42)]).toEqual([true, false]);
    for (let id = 42; id < 300; id++) ring.free(ring.add(id, linkA, 0));
    expect([ring.isTaken(41), ring.isTaken(299)]).toEqual([true, false]);
  });

  test('a walk over a wide window that is nearly empty costs its length once', () => {
    const ring = new UnsettledRing();
    for (let id = 0; id < 60_000; id++) ring.add(id, linkA, 0);
    for (let id = 1; id < 59_999; id++) ring.free(ring.find(id));
    ring.thin();
    expect(ring.ids()).toEqual([0, 59_999]);
    expect(ring.clampLast(1, 59_990) - ring.clampFirst(1, 59_990)).toBeLessThan(64);
    expect(ring.stragglersIn(1, 59_998)).toEqual([]);
    expect(ring.find(0)).toBeGreaterThanOrEqual(0);
    expect(ring.find(59_999)).toBeGreaterThanOrEqual(0);
  });

  test('counts those older than some time, of one link or of all, also across 2³¹ milliseconds', () => {
    const ring = new UnsettledRing();
    const start = 2 ** 31 - 500;
    for (let id = 0; id < 10_000; id++) ring.add(id, id % 2 === 0 ? linkA : linkB, start + Math.trunc(id / 10));
    for (let id = 100; id < 9_990; id++) ring.free(ring.find(id));
    ring.thin();
    const now = start + 1_005;
    expect(ring.countOlder(1_000, now)).toBe(50);
    expect(ring.countOlder(1_000, now, linkA)).toBe(25);
    expect(ring.countOlder(5, now)).toBe(110);
    expect(ring.countOlder(2_000, now)).toBe(0);
    expect(new UnsettledRing().countOlder(0, now)).toBe(0);
  });

  test('grows on demand and gives its room back when nothing is unsettled', () => {
    const ring = new UnsettledRing();
    expect(ring.links.length).toBe(0);
    for (let id = 0; id < 1000; id++) ring.add(id, linkA, 0);
    expect(ring.links.length).toBeGreaterThanOrEqual(1000);
    ring.shrink();
    expect(ring.size).toBe(1000);
    for (let id = 0; id < 1000; id++) ring.free(ring.find(id));
    ring.shrink();
    expect(ring.links.length).toBe(0);
    ring.add(1000, linkB, 0);
    expect(ring.ids()).toEqual([1000]);
  });
});
