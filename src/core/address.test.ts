import { expect, test } from 'vitest';
import { Address } from './address.ts';
import type { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import type { HeldDelivery } from './held-delivery.ts';
import type { Producer } from './producer.ts';

test('a consumer that asks for more while a multicast goes out is not sent the same delivery again', () => {
  const core = { heldUp: new Set() } as unknown as Core;
  const address = new Address(core, 'M0events', 'multicast', -1);
  const link = { canSend: false, credit: 1 };
  const context = { waitForRoom: () => undefined };
  address.consumers.push({ link, busyWith: null, context, nowSeconds: 0 } as unknown as Consumer);
  const flowed: string[] = [];
  const hold = (name: string): void => {
    // A delivery that is here whole is through at once; its consumer then asks for more (Consumer.handleFree).
    const flow = (): void => {
      flowed.push(name);
      address.pull();
    };
    address.hold({ producer: { flow } as unknown as Producer, settled: false, priority: 4 } as HeldDelivery);
  };
  hold('first');
  hold('second');
  link.canSend = true;
  address.pull();
  expect(flowed).toEqual(['first', 'second']);
  expect(address.hasWaiting).toBe(false);
});
