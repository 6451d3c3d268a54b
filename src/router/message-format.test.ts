// A message's format (§2.7.5) is its sender's and receiver's business: it arrives as it was sent.
import { expect, test } from 'vitest';
import { Sent } from '../engine/testing/sender.ts';
import { message } from './testing/messages.ts';
import { RouterBench } from './testing/router-bench.ts';

const format = 0x5_0001;

/** Two consumers and a sender of one address; the formats that arrive, at each of them and in all. */
function rig(distribution: 'balanced' | 'multicast', credit: number) {
  const bench = new RouterBench({ addresses: [{ prefix: 'q', distribution }] });
  const [a, b, c] = [bench.opened(), bench.opened(), bench.opened()];
  const receivers = [b.receive('q', { credit }), c.receive('q', { credit })];
  const formats: number[][] = [];
  const arrivals: number[] = [];
  for (const receiver of receivers) {
    const seen: number[] = [];
    formats.push(seen);
    const { handleTransfer } = receiver;
    receiver.handleTransfer = (link, bytes, start, end, fields, isFirst) => {
      if (isFirst) {
        seen.push(link.messageFormat);
        arrivals.push(link.messageFormat);
      }
      handleTransfer.call(receiver, link, bytes, start, end, fields, isFirst);
    };
  }
  const sender = a.send('q');
  bench.run();
  const send = (bytes: Uint8Array, messageFormat: number): void => {
    const { link } = sender;
    link?.send(bytes, 0, bytes.length, false, new Sent(bytes, false), 0, messageFormat);
    bench.run();
  };
  return { bench, receivers, send, formats, arrivals };
}

test.each(['balanced', 'multicast'] as const)(
  'it passes with whole messages and with long ones: %s',
  (distribution) => {
    const { send, formats } = rig(distribution, 100);
    const sizes = [10, 400_000];
    for (const body of sizes) {
      send(message({ body }), format);
      send(message({ body }), 0);
    }
    for (const seen of distribution === 'multicast' ? formats : [formats.flat()]) {
      expect(seen.filter((one) => one === format)).toHaveLength(sizes.length);
      expect(seen.filter((one) => one === 0)).toHaveLength(sizes.length);
    }
  },
);

test.each(['balanced', 'multicast'] as const)(
  'each message that waits for credit keeps its own: %s',
  (distribution) => {
    const { bench, receivers, send, formats, arrivals } = rig(distribution, 0);
    const sent = [format, 0, 7, -1];
    for (const one of sent) send(message({ body: 10 }), one);
    for (let i = 0; i < sent.length; i++) {
      for (const receiver of receivers) receiver.link?.offerCredit(i + 1);
      bench.run();
    }
    for (const seen of distribution === 'multicast' ? formats : [arrivals]) expect(seen).toEqual(sent);
  },
);
