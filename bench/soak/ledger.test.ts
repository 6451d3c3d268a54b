import { expect, test } from 'vitest';
import { Consumer, Ledger, type Outcome, type Pattern } from './ledger.ts';

/** One message through one consumer, which decides `decision` and is gone when `lost`; then `outcome` at the sender. */
function story(
  pattern: Pattern,
  decision: Outcome | 'none' | 'not delivered',
  lost: boolean,
  outcome: Outcome,
): string[] {
  const ledger = new Ledger();
  const consumer = new Consumer('c', 'q');
  const number = ledger.book(pattern, 'q', false, 100);
  if (decision !== 'not delivered') ledger.delivered(number, consumer, pattern);
  if (decision !== 'none' && decision !== 'not delivered') ledger.decided(number, consumer, decision);
  if (lost) ledger.losing(consumer, 150);
  ledger.concluded(number, outcome, 200);
  expect(ledger.outstanding).toBe(0);
  return ledger.breaches.map((one) => one.what);
}

test.each<Outcome>(['accepted', 'rejected', 'released', 'modified'])('a consumer’s %s is the sender’s', (outcome) => {
  expect(story('anycast', outcome, false, outcome)).toEqual([]);
});

test.each<[Outcome | 'none' | 'not delivered', Outcome]>([
  ['rejected', 'accepted'],
  ['none', 'accepted'],
  ['not delivered', 'accepted'],
  ['accepted', 'rejected'],
  ['accepted', 'released'],
  ['none', 'released'],
  ['accepted', 'modified'],
  ['not delivered', 'modified'],
])('with a living consumer, %s does not become %s', (decision, outcome) => {
  expect(story('anycast', decision, false, outcome)).toHaveLength(1);
});

test('nobody got it: released', () => {
  expect(story('anycast', 'not delivered', false, 'released')).toEqual([]);
});

test('in doubt, because the consumer is gone: modified, and never released when it got the message', () => {
  for (const decision of ['none', 'accepted', 'not delivered'] as const) {
    expect(story('anycast', decision, true, 'modified')).toEqual([]);
  }
  expect(story('anycast', 'none', true, 'released')).toHaveLength(1);
});

test('the loss of a consumer explains modified on its own address only, and not for messages sent long afterwards', () => {
  const breachesAfter = (lossAddress: string, lossAt: number, sentAt: number) => {
    const ledger = new Ledger();
    ledger.losing(new Consumer('gone', lossAddress), lossAt);
    ledger.concluded(ledger.book('anycast', 'q', false, sentAt), 'modified', sentAt + 1);
    return ledger.breaches.length;
  };
  expect(breachesAfter('q', 100, 100)).toBe(0);
  expect(breachesAfter('q', 100, 2_000)).toBe(0);
  expect(breachesAfter('q', 100, 3_000)).toBe(1);
  expect(breachesAfter('other', 100, 100)).toBe(1);
});

test('what a consumer took on a pre-settled link is accepted without its word', () => {
  expect(story('taken', 'not delivered', false, 'accepted')).toEqual([]);
});

test('a second outcome is a breach', () => {
  const ledger = new Ledger();
  const number = ledger.book('anycast', 'q', false, 0);
  ledger.concluded(number, 'released', 1);
  ledger.concluded(number, 'released', 2);
  expect(ledger.breaches).toEqual([{ promise: 3, what: 'message 0 got a second outcome at its sender: released' }]);
});

test('an anycast message that comes twice is a breach, however late and settled or not', () => {
  const ledger = new Ledger();
  for (const settled of [true, false]) {
    const number = ledger.book('anycast', 'q', settled, 0);
    const consumer = new Consumer('first', 'q');
    ledger.delivered(number, consumer, 'anycast');
    ledger.decided(number, consumer, 'accepted');
    if (!settled) ledger.concluded(number, 'accepted', 1);
    ledger.delivered(number, new Consumer('second', 'q'), 'anycast');
  }
  expect(ledger.breaches.map((one) => one.promise)).toEqual([4, 4]);
});

test('multicast reaches every consumer once, and none of them twice', () => {
  const ledger = new Ledger();
  const [a, b] = [new Consumer('a', 'q'), new Consumer('b', 'q')];
  const number = ledger.book('multicast', 'm', false, 0);
  ledger.delivered(number, a, 'multicast');
  ledger.delivered(number, b, 'multicast');
  expect(ledger.breaches).toEqual([]);
  ledger.delivered(number, b, 'multicast');
  expect(ledger.breaches).toEqual([{ promise: 4, what: 'message 0 was delivered twice, the second time to b' }]);
});

test('multicast is accepted when one accepted and none rejected', () => {
  const merge = (decisions: Outcome[], outcome: Outcome) => {
    const ledger = new Ledger();
    const number = ledger.book('multicast', 'm', false, 0);
    decisions.forEach((decision, at) => {
      const consumer = new Consumer(`c${at}`, 'q');
      ledger.delivered(number, consumer, 'multicast');
      ledger.decided(number, consumer, decision);
    });
    ledger.concluded(number, outcome, 1);
    return ledger.breaches.length;
  };
  expect(merge(['accepted', 'released'], 'accepted')).toBe(0);
  expect(merge(['accepted', 'rejected'], 'accepted')).toBe(1);
  expect(merge(['accepted', 'rejected'], 'rejected')).toBe(0);
  expect(merge(['released', 'released'], 'released')).toBe(0);
  expect(merge(['accepted', 'released'], 'released')).toBe(1);
});

test('a released message that turns up later at a consumer is a breach', () => {
  const ledger = new Ledger();
  const number = ledger.book('anycast', 'q', false, 0);
  ledger.concluded(number, 'released', 1);
  ledger.delivered(number, new Consumer('late', 'q'), 'anycast');
  expect(ledger.breaches).toHaveLength(1);
});

test('the oldest message without outcome is known, and a lost sender’s messages wait no longer', () => {
  const ledger = new Ledger();
  const first = ledger.book('anycast', 'q', false, 10);
  ledger.book('anycast', 'r', false, 20);
  expect(ledger.oldest(110)).toEqual({ number: first, address: 'q', ageMs: 100 });
  ledger.senderLost([first]);
  expect(ledger.oldest(110)).toMatchObject({ address: 'r', ageMs: 90 });
  expect([ledger.outstanding, ledger.abandoned]).toEqual([1, 1]);
});

test('marks of a hundred thousand messages are kept apart', () => {
  const ledger = new Ledger();
  const consumer = new Consumer('c', 'q');
  for (let at = 0; at < 100_000; at++) ledger.delivered(ledger.book('anycast', 'q', true, 0), consumer, 'anycast');
  expect(ledger.breaches).toEqual([]);
  ledger.delivered(99_999, consumer, 'anycast');
  expect(ledger.breaches).toHaveLength(1);
});
