import { expect, test } from 'vitest';
import { message } from './testing/messages.ts';
import { RouterBench } from './testing/router-bench.ts';

test('annotations that the router puts on do not make a message too large', () => {
  const bytes = message({ body: 300_000 });
  const rig = new RouterBench({ listeners: [{ maxMessageSize: bytes.length, stripAnnotations: 'no' }] });
  const [a, b] = [rig.opened(), rig.opened()];
  const receiver = b.receive('q');
  const sender = a.send('q');
  rig.run();
  const delivery = sender.start();
  for (let at = 0; at < bytes.length; at += 10_000) {
    delivery.part(bytes.subarray(at, at + 10_000), at + 10_000 < bytes.length);
    rig.run();
  }
  expect(delivery.sent.outcomes).toEqual([0x24]);
  expect(receiver.complete).toHaveLength(1);
  expect(receiver.complete[0]?.bytes.length).toBeGreaterThan(bytes.length);
});
