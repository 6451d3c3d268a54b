import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SimulatedClock } from './clock.ts';

const never = (): boolean => false;

test('events run by time, and those of one time in the order in which they were asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 200 }), (times) => {
      const clock = new SimulatedClock(0);
      const ran: [number, number][] = [];
      for (const [order, at] of times.entries()) clock.at(at, () => ran.push([clock.now, order]));
      clock.run(20, never);
      const expected = times.map((at, order) => [at, order] as [number, number]);
      expected.sort(([a, first], [b, second]) => a - b || first - second);
      expect(ran).toEqual(expected);
    }),
  );
});

test('an event that was called off does not run, and nothing runs before its time', () => {
  const clock = new SimulatedClock(100);
  const ran: string[] = [];
  const gone = clock.at(105, () => ran.push('gone'));
  clock.at(110, () => ran.push('late'));
  clock.at(50, () => ran.push('at once'));
  clock.cancel(gone);
  clock.run(109, never);
  expect(ran).toEqual(['at once']);
  expect(clock.now).toBe(109);
  clock.run(200, never);
  expect(ran).toEqual(['at once', 'late']);
});

test('what an event asks for at its own time still runs, and a run stops when told', () => {
  const clock = new SimulatedClock(0);
  const ran: number[] = [];
  const again = (): void => {
    ran.push(clock.now);
    clock.after(ran.length < 3 ? 0 : 1, again);
  };
  clock.after(1, again);
  clock.run(10, () => ran.length === 5);
  expect(ran).toEqual([1, 1, 1, 2, 3]);
});
