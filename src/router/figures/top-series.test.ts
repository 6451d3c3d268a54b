import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TopSeries } from './top-series.ts';

interface Thing {
  readonly name: string;
  readonly isNamed: boolean;
  carried: number;
}

/** Some things that carry and come and go, watched through a few lines. */
class Scene {
  readonly things = new Set<Thing>();
  readonly series: TopSeries<Thing>;
  readonly #gone = new Float64Array(1);
  /** What was carried in all. */
  carried = 0;

  constructor(lines: number) {
    this.series = new TopSeries<Thing>({ width: 1, mayStand: ({ isNamed }) => isNamed }, lines);
  }

  add(name: string, carried = 0, isNamed = true): Thing {
    const thing = { name, isNamed, carried };
    this.things.add(thing);
    this.carried += carried;
    return thing;
  }

  carry(thing: Thing, count: number): void {
    thing.carried += count;
    this.carried += count;
  }

  remove(thing: Thing): void {
    if (this.things.delete(thing)) this.#gone[0] = (this.#gone[0] as number) + thing.carried;
  }

  /** The lines by name, and the others. */
  look(): [Record<string, number>, number] {
    const { series } = this;
    series.begin(this.#gone);
    for (const thing of this.things) series.visit(thing, Float64Array.of(thing.carried), thing.carried);
    series.end();
    const lines = Object.fromEntries(series.lines.map(({ thing, sums }) => [thing.name, sums[0] as number]));
    return [lines, series.others[0] as number];
  }
}

describe('lines for the busiest', () => {
  test('while there are lines for all, each line is what its thing carried', () => {
    const scene = new Scene(3);
    const a = scene.add('a', 5);
    expect(scene.look()).toEqual([{ a: 5 }, 0]);
    scene.add('b', 7);
    scene.carry(a, 1);
    expect(scene.look()).toEqual([{ a: 6, b: 7 }, 0]);
  });

  test('the busiest have them, the rest is counted together', () => {
    const scene = new Scene(2);
    for (const [name, count] of [
      ['a', 1],
      ['b', 100],
      ['c', 10],
      ['d', 1000],
    ] as const)
      scene.add(name, count);
    expect(scene.look()).toEqual([{ b: 100, d: 1000 }, 11]);
  });

  test('a line changes hands for more than twice the traffic, and nothing is counted twice or lost', () => {
    const scene = new Scene(1);
    scene.add('a', 10);
    const b = scene.add('b', 4);
    expect(scene.look()).toEqual([{ a: 10 }, 4]);
    scene.carry(b, 16);
    expect(scene.look()).toEqual([{ a: 10 }, 20]);
    scene.carry(b, 1);
    expect(scene.look()).toEqual([{ b: 0 }, 21]); // its past stays where it was counted
    scene.carry(b, 5);
    expect(scene.look()).toEqual([{ b: 5 }, 21]);
  });

  test('what may have no line is among the others, and takes nothing from new ones', () => {
    const scene = new Scene(2);
    scene.add('reply', 50, false);
    expect(scene.look()).toEqual([{}, 50]);
    scene.add('a', 3);
    expect(scene.look()).toEqual([{ a: 3 }, 50]);
  });

  test('what is gone leaves its line, and its last count is among the others', () => {
    const scene = new Scene(2);
    const a = scene.add('a', 3);
    scene.look();
    scene.carry(a, 4);
    scene.remove(a);
    expect(scene.look()).toEqual([{}, 4]);
  });

  test('no line and no sum of others ever falls while its thing has it, and all that was carried is in one of them', () => {
    const step = fc.record({
      kind: fc.constantFrom('add', 'carry', 'carry', 'carry', 'remove', 'look'),
      which: fc.nat(9),
      count: fc.nat(100),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 120 }), (lines, steps) => {
        const scene = new Scene(lines);
        let before: Record<string, number> = {};
        let others = 0;
        let counted = 0;
        let names = 0;
        const look = (): void => {
          const [now, rest] = scene.look();
          expect(Object.keys(now).length).toBeLessThanOrEqual(lines);
          expect(rest).toBeGreaterThanOrEqual(others);
          counted += rest - others;
          for (const [name, value] of Object.entries(now)) {
            expect(value).toBeGreaterThanOrEqual(before[name] ?? 0);
            counted += value - (before[name] ?? 0);
          }
          [before, others] = [now, rest];
          expect(counted).toBe(scene.carried);
        };
        for (const { kind, which, count } of steps) {
          const thing = [...scene.things][which % Math.max(1, scene.things.size)];
          if (kind === 'add') scene.add(`t${names++}`, count);
          else if (kind === 'look') look();
          else if (thing !== undefined && kind === 'carry') scene.carry(thing, count);
          else if (thing !== undefined && kind === 'remove') scene.remove(thing);
        }
        look();
      }),
    );
  });
});
