// Router annotations at the doors: taken off what comes in, put on for those who ask, in the order that routers expect.
import { describe, expect, test } from 'vitest';
import { type AmqpMap, type AmqpValue, int, symbol } from '../amqp/values.ts';
import { message, read } from './testing/messages.ts';
import { RouterBench } from './testing/router-bench.ts';

const mine: AmqpMap = new Map<AmqpValue, AmqpValue>([
  [symbol('x-mine'), 'kept'],
  [symbol('x-too'), int(2)],
]);
const forged: AmqpMap = new Map<AmqpValue, AmqpValue>([
  ...mine,
  [symbol('x-opt-qd.to'), 'elsewhere'],
  [symbol('x-opt-qd.trace'), ['0/X']],
]);
type Strip = 'in' | 'out' | 'both' | 'no';

/** The annotations that a consumer sees, as plain pairs. */
function seen(
  senderStrips: Strip,
  consumerStrips: Strip,
  annotations: AmqpMap | undefined,
  options: { body?: number; multicast?: boolean; anonymous?: boolean } = {},
): unknown {
  const rig = new RouterBench({
    addresses: [{ prefix: 'q', distribution: options.multicast ? 'multicast' : 'closest' }],
    listeners: [{ stripAnnotations: senderStrips }, { stripAnnotations: consumerStrips }],
  });
  const receivers = [rig.opened({}, 1).receive('q'), rig.opened({}, 1).receive('elsewhere')];
  const sender = rig.opened({}, 0).send(options.anonymous ? null : 'q');
  rig.run();
  sender.send(message({ to: 'q', body: options.body ?? 10, ...(annotations === undefined ? {} : { annotations }) }));
  rig.run();
  const received = receivers.flatMap(({ complete }) => complete);
  expect(received).toHaveLength(1);
  const { messageAnnotations } = read(received[0]?.bytes as Uint8Array);
  if (messageAnnotations === null) return null;
  return [...messageAnnotations].map(([key, value]) => [
    (key as { value: string }).value,
    typeof value === 'object' && value !== null && 'value' in value ? value.value : value,
  ]);
}

const kept = [
  ['x-mine', 'kept'],
  ['x-too', 2],
];
const added = [
  ['x-opt-qd.to', 'q'],
  ['x-opt-qd.ingress', '0/R'],
  ['x-opt-qd.trace', ['0/R']],
];

describe.each([
  ['of one frame', {}],
  ['of a few frames', { body: 40_000 }],
  ['of many frames', { body: 300_000 }],
  ['to many', { multicast: true }],
  ['of many frames to many', { multicast: true, body: 300_000 }],
])('a message %s', (_what, options) => {
  test('keeps its own annotations, and none where it had none', () => {
    expect(seen('both', 'both', mine, options)).toEqual(kept);
    expect(seen('both', 'both', undefined, options)).toBeNull();
  });

  test.each(['in', 'both'] as const)('loses forged ones at a door that strips %s', (strip) => {
    expect(seen(strip, 'both', forged, options)).toEqual(kept);
  });

  test.each(['no', 'in'] as const)('shows the way that it took to a consumer behind a door that strips %s', (strip) => {
    expect(seen('both', strip, mine, options)).toEqual([...kept, ...added]);
    expect(seen('both', strip, undefined, options)).toEqual(added);
  });

  test.each(['out', 'both'] as const)('does not show it behind a door that strips %s', (strip) => {
    expect(seen('both', strip, mine, options)).toEqual(kept);
  });
});

test('an anonymous sender names no address in the annotations', () => {
  expect(seen('both', 'no', undefined, { anonymous: true })).toEqual(added.slice(1));
});

test('a forged address is followed where annotations are honoured, and only there', () => {
  expect(seen('no', 'both', forged, { anonymous: true })).not.toBeNull();
});

test('a message whose annotations are broken is rejected at a door that looks at them', () => {
  const rig = new RouterBench({ addresses: [{ prefix: 'q', distribution: 'closest' }] });
  const receiver = rig.opened().receive('q');
  const sender = rig.opened().send('q');
  rig.run();
  const broken = [
    Uint8Array.of(0, 0x53, 0x72, 0xc1, 4, 2, 0xa3, 9, 0x78), // a key longer than its map
    Uint8Array.of(0, 0x53, 0x72, 0xc0, 1, 0), // a list
    Uint8Array.of(0, 0x53, 0x72, 0xc1, 2, 1, 0x40), // a key without value
    Uint8Array.of(7),
  ];
  const sent = broken.map((bytes) => sender.send(bytes));
  rig.run();
  expect(sent.map(({ outcome }) => outcome)).toEqual(broken.map(() => 0x25));
  expect(receiver.received).toEqual([]);
  expect(sender.link?.isAttached).toBe(true);
});
