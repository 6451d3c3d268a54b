import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HeldDelivery } from './held-delivery.ts';
import type { Producer } from './producer.ts';
import { WaitingDeliveries } from './waiting-deliveries.ts';

interface Item extends Pick<HeldDelivery, 'lane' | 'nextInLane' | 'previousInLane' | 'priority'> {
  readonly name: string;
}

const producers = ['a', 'b', 'c'].map((name) => ({ name })) as unknown as Producer[];

function item(producer: number, priority: number, name: string): HeldDelivery {
  const held = { producer: producers[producer], priority, name, lane: null, nextInLane: null, previousInLane: null };
  return held as unknown as HeldDelivery;
}

function takeAll(waiting: WaitingDeliveries): string[] {
  const names: string[] = [];
  for (let held = waiting.peek(); held !== null; held = waiting.peek()) {
    waiting.shift(held);
    names.push((held as unknown as Item).name);
  }
  return names;
}

test('the highest priority goes first, and links of the same priority in turn', () => {
  const waiting = new WaitingDeliveries();
  for (const name of ['a1', 'a2', 'a3']) waiting.add(item(0, 4, name));
  waiting.add(item(1, 4, 'b1'));
  waiting.add(item(2, 9, 'c1'));
  waiting.add(item(1, 0, 'b0'));
  waiting.add(item(1, 4, 'b2'));
  expect(waiting.count).toBe(7);
  expect(takeAll(waiting)).toEqual(['c1', 'a1', 'b1', 'a2', 'b2', 'a3', 'b0']);
  expect(waiting.count).toBe(0);
});

test('what is taken out from the midst leaves the others as they were', () => {
  const waiting = new WaitingDeliveries();
  const items = ['a1', 'a2', 'a3', 'a4'].map((name) => item(0, 4, name));
  for (const one of items) waiting.add(one);
  waiting.add(item(1, 4, 'b1'));
  waiting.remove(items[1] as HeldDelivery);
  waiting.remove(items[3] as HeldDelivery);
  waiting.remove(items[0] as HeldDelivery);
  expect(takeAll(waiting)).toEqual(['a3', 'b1']);
});

test('whatever comes and goes, nothing is lost, taken twice, or out of the order of its link and priority', () => {
  const step = fc.record({ producer: fc.nat(2), priority: fc.constantFrom(0, 4, 4, 9), act: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const waiting = new WaitingDeliveries();
      const twin: HeldDelivery[] = [];
      let count = 0;
      for (const { producer, priority, act } of steps) {
        const [any] = twin.slice(priority);
        if (act > 1) {
          const one = item(producer, priority, String(count++));
          waiting.add(one);
          twin.push(one);
        } else if (act === 1 && any !== undefined) {
          waiting.remove(any);
          twin.splice(twin.indexOf(any), 1);
        } else {
          const held = waiting.peek();
          expect(held === null).toBe(twin.length === 0);
          if (held === null) continue;
          expect(held.priority).toBe(Math.max(...twin.map((one) => one.priority)));
          const own = twin.find((one) => one.producer === held.producer && one.priority === held.priority);
          expect(held).toBe(own);
          waiting.shift(held);
          twin.splice(twin.indexOf(held), 1);
        }
        expect(waiting.count).toBe(twin.length);
      }
    }),
  );
});
