import type { Message } from 'rhea';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NodeRouter } from '../host/node-router.ts';
import { startRouter } from '../host/start-router.ts';
import { defaultConfiguration, makeListener, makeLog } from '../schema/configuration.ts';
import { type AmqpTarget, parseTarget } from './amqp-target.ts';
import { bodyText } from './message-text.ts';
import { Receiving, type ReceivingOptions } from './receiving.ts';
import { Sending, type SendingOptions } from './sending.ts';

let node: NodeRouter;
let target: AmqpTarget;
const listener = makeListener({ host: '127.0.0.1', port: '0' });
const configuration = {
  ...defaultConfiguration(),
  listeners: [listener],
  logs: [makeLog({ module: 'DEFAULT', enable: 'none' })],
};
beforeEach(async () => {
  node = await startRouter(configuration, { version: 'test' });
  target = parseTarget(`amqp://${node.addresses[0]}/some/where`, undefined);
});
afterEach(async () => {
  node.kill();
  await node.log.close();
});

const makeSending = (options: Partial<SendingOptions> = {}): Sending =>
  new Sending({
    target,
    count: 10,
    rate: null,
    isSettled: false,
    makeMessage: (index, replyTo) => ({ body: `number ${index}`, ...(replyTo === null ? {} : { reply_to: replyTo }) }),
    onReply: null,
    ...options,
  });
const makeReceiving = (options: Partial<ReceivingOptions> = {}): Receiving =>
  new Receiving({
    target,
    count: 10,
    credit: 100,
    timeoutMs: null,
    isSettled: false,
    onMessage: () => undefined,
    makeReply: null,
    ...options,
  });

test('all messages arrive in order and are accepted', async () => {
  const bodies: string[] = [];
  const receiving = makeReceiving({
    count: 5000,
    credit: 10,
    onMessage: ({ body }) => void bodies.push(bodyText(body)),
  });
  const sending = makeSending({ count: 5000 });
  expect(await Promise.all([receiving.run(), sending.run()])).toEqual(['', '']);
  expect(sending.counts).toEqual({ accepted: 5000, released: 0, rejected: 0, modified: 0 });
  expect(sending.latency.count).toBe(5000);
  expect(bodies).toEqual(Array.from({ length: 5000 }, (_, index) => `number ${index}`));
});

test('more pre-settled messages arrive than rhea has slots for, and the run ends only when the router has them', async () => {
  const receiving = makeReceiving({ count: 5000, isSettled: true });
  const done = receiving.run();
  const sending = makeSending({ count: 5000, isSettled: true });
  expect(await sending.run()).toBe('');
  expect(await done).toBe('');
  expect([sending.settled, sending.latency.count, receiving.received]).toEqual([5000, 0, 5000]);
});

test('pre-settled messages that wait for the session window are not lost with the close', async () => {
  await node.reload({ ...configuration, listeners: [makeListener({ ...listener, maxSessionFrames: 2 })] });
  target = { ...target, port: Number(node.addresses[0]?.split(':')[1]) };
  const receiving = makeReceiving({ count: 20 });
  const body = 'x'.repeat(60_000);
  const sending = makeSending({ count: 20, isSettled: true, makeMessage: () => ({ body }) });
  expect(await Promise.all([receiving.run(), sending.run()])).toEqual(['', '']);
});

test('no more is sent than the router gives credit for', async () => {
  const holding = makeReceiving({ count: 1, credit: 1, onMessage: () => sending.stop('enough') });
  const sending = makeSending({ count: 5000 });
  expect(await Promise.all([sending.run(), holding.run()])).toEqual(['enough', '']);
  expect(sending.sent).toBeLessThanOrEqual(listener.linkCapacity + 1);
});

test('a receiver takes no message beyond its count from others', async () => {
  const first = makeReceiving({ count: 3 });
  const second = makeReceiving({ count: 7 });
  const sending = makeSending();
  expect(await Promise.all([first.run(), second.run(), sending.run()])).toEqual(['', '', '']);
  expect([first.received, second.received, sending.counts.accepted]).toEqual([3, 7, 10]);
});

test('requests are answered', async () => {
  const replies: string[] = [];
  const receiving = makeReceiving({ makeReply: (message: Message) => ({ body: `re: ${bodyText(message['body'])}` }) });
  const sending = makeSending({ onReply: ({ body }) => void replies.push(bodyText(body)) });
  expect(await Promise.all([receiving.run(), sending.run()])).toEqual(['', '']);
  expect([receiving.replied, sending.replies]).toEqual([10, 10]);
  expect(replies.toSorted()).toEqual(Array.from({ length: 10 }, (_, index) => `re: number ${index}`));
});

test('a receiver to whom nobody sends ends at its timeout', async () => {
  const receiving = makeReceiving({ timeoutMs: 20 });
  expect(await receiving.run()).toBe('no message for 0.02 seconds');
  expect(receiving.isTimedOut).toBe(true);
});

test('a run that is stopped ends with the reason', async () => {
  const sending = makeSending(); // nobody consumes: it waits for credit
  const done = sending.run();
  sending.stop('interrupted');
  expect(await done).toBe('interrupted');
  expect(sending.sent).toBe(0);
});

test('a router that goes away ends a run with what it said', async () => {
  const receiving = makeReceiving({ onMessage: () => void node.stop() });
  const sending = makeSending({ count: 1 });
  const [reason] = await Promise.all([receiving.run(), sending.run()]);
  expect(reason).toMatch(/^amqp:connection:forced/);
});

test('messages are sent at the rate asked for', async () => {
  const sending = makeSending({ count: 20, rate: 1000 });
  const [reason] = await Promise.all([sending.run(), makeReceiving({ count: 20 }).run()]);
  expect([reason, sending.counts.accepted]).toEqual(['', 20]);
  // Number 20 is due 19 ms after number 1; how much later it goes out is the machine's affair.
  expect(performance.now() - sending.startedAt).toBeGreaterThanOrEqual(19);
});

test('a router that is not there is told in one sentence, with what to do', async () => {
  const nobody = { ...target, port: 1 };
  await expect(makeSending({ target: nobody }).run()).rejects.toMatchObject({
    code: 'WEFT_CANNOT_CONNECT',
    message: 'cannot connect to amqp://127.0.0.1:1: connection refused (ECONNREFUSED)',
    remedy: 'Nothing listens there. Start a router: weft router --listen 127.0.0.1:1',
  });
});
