import { expect, test } from 'vitest';
import { sessionWindowBytes } from '../engine/limits.ts';
import { message } from './testing/messages.ts';
import { RouterBench } from './testing/router-bench.ts';

test('a long delivery comes to its end though what waits behind it has shut its session', () => {
  const rig = new RouterBench({ listeners: [{ linkCapacity: 5_000 }] });
  const [a, b] = [rig.opened(), rig.opened()];
  const receiver = b.receive('q');
  const [long, other] = [a.send('q'), a.send('q')];
  rig.run();
  const bytes = message({ body: 400_000 });
  const delivery = long.start();
  let at = 0;
  const goOn = (): void => {
    while (at < bytes.length && a.session.remoteIncomingWindow > 0) {
      delivery.part(bytes.subarray(at, at + 10_000), at + 10_000 < bytes.length);
      at += 10_000;
      rig.run();
    }
  };
  for (; at < 150_000; at += 10_000) delivery.part(bytes.subarray(at, at + 10_000), true);
  rig.run();
  const waiting = Array.from({ length: (sessionWindowBytes * 1.1) / 10_000 }, () =>
    other.send(message({ body: 10_000 })),
  );
  const push = (): void => {
    for (let before = -1; other.waitingCount !== before; ) {
      before = other.waitingCount;
      other.pump();
      rig.run();
    }
  };
  push();
  expect(a.session.remoteIncomingWindow).toBe(0);
  expect(receiver.complete).toEqual([]);

  for (let seconds = 0; seconds < 5; seconds++) {
    rig.pass(1_000);
    push();
    goOn();
  }
  push();
  expect(delivery.sent.outcomes).toEqual([0x24]);
  // What came last is released for it, and what comes meanwhile; all others go on in its wake.
  const released = waiting.filter(({ outcome }) => outcome === 0x26);
  expect(released.length).toBeGreaterThan(0);
  expect(released.length).toBeLessThan(waiting.length / 4);
  expect(released).toEqual(waiting.slice(-released.length));
  expect(waiting.filter(({ outcome }) => outcome === 0x24).length).toBe(waiting.length - released.length);
  expect(rig.host.logged('waiting deliveries released').length).toBeGreaterThan(0);
});
