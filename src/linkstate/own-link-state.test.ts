import { expect, test } from 'vitest';
import { OwnLinkState } from './own-link-state.ts';

test('the sequence starts at 0 and grows by one for each publication that says something new', () => {
  const own = new OwnLinkState();
  own.joined();
  expect([own.publish(), own.sequence]).toEqual([false, 0]);
  own.setPeer('B', 1);
  own.setPeer('C', 2);
  expect([own.isChanged, own.publish(), own.sequence]).toEqual([true, true, 1]);
  own.setPeer('C', 2);
  expect([own.isChanged, own.publish(), own.sequence]).toEqual([false, false, 1]);
  own.removePeer('X');
  own.removePeer('B');
  own.setPeer('B', 1);
  expect([own.isChanged, own.isUrgent, own.publish(), own.sequence]).toEqual([false, false, false, 1]);
});

test('a loss and a higher cost are urgent, a gain and a lower cost are not', () => {
  const own = new OwnLinkState();
  own.joined();
  own.setPeer('B', 5);
  expect(own.isUrgent).toBe(false);
  own.publish();
  own.setPeer('B', 4);
  expect(own.isUrgent).toBe(false);
  own.setPeer('B', 6);
  expect(own.isUrgent).toBe(true);
  own.publish();
  expect(own.isUrgent).toBe(false);
  own.removePeer('B');
  expect(own.isUrgent).toBe(true);
});

test('what is published stays as it is until the next publication', () => {
  const own = new OwnLinkState();
  own.joined();
  own.setPeer('B', 1);
  own.publish();
  const { published } = own;
  own.setPeer('C', 1);
  expect([...published.keys()]).toEqual(['B']);
  expect(own.published).toBe(published);
  expect([...own.peers.keys()]).toEqual(['B', 'C']);
});

test('withheld, nobody is told of neighbours any more, and we still have them', () => {
  const own = new OwnLinkState();
  own.joined();
  own.setPeer('B', 1);
  own.publish();
  own.withhold();
  expect([own.isUrgent, own.publish(), own.sequence, own.published.size, own.peers.size]).toEqual([
    true,
    true,
    2,
    0,
    1,
  ]);
  own.setPeer('C', 1);
  own.removePeer('B');
  expect([own.isChanged, own.publish(), own.sequence]).toEqual([false, false, 2]);
});
