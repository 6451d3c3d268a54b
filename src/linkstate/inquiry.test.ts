import { expect, test } from 'vitest';
import { Inquiry } from './inquiry.ts';

test('what was never heard of is asked for once a tick until it is there', () => {
  const inquiry = new Inquiry();
  expect(inquiry.isDue).toBe(true);
  inquiry.noteAsked();
  expect([inquiry.isDue, inquiry.isOpen]).toEqual([false, true]);
  inquiry.tick();
  expect(inquiry.isDue).toBe(true);
  inquiry.noteAsked();
  inquiry.noteHeld(1);
  inquiry.tick();
  expect([inquiry.isDue, inquiry.isOpen]).toEqual([false, false]);
});

test('news are asked for at once, the same news once a tick, newer ones at once again', () => {
  const inquiry = new Inquiry();
  inquiry.noteHeld(3);
  inquiry.noteAdvertised(5);
  expect([inquiry.isDue, inquiry.isOutstanding]).toEqual([true, false]);
  inquiry.noteAsked();
  inquiry.noteAdvertised(5);
  inquiry.noteAdvertised(4);
  expect([inquiry.isDue, inquiry.isOutstanding]).toEqual([false, true]);
  inquiry.noteAdvertised(6);
  expect(inquiry.isDue).toBe(true);
  inquiry.noteAsked();
  inquiry.noteHeld(5);
  expect([inquiry.isOpen, inquiry.isOutstanding]).toEqual([true, true]);
  inquiry.noteHeld(6);
  expect([inquiry.isOpen, inquiry.isOutstanding]).toEqual([false, false]);
});

test('an expired holding is not asked for until it is advertised again; a restarted router is asked at once', () => {
  const inquiry = new Inquiry();
  inquiry.noteHeld(7);
  inquiry.noteAsked();
  inquiry.expire();
  inquiry.tick();
  expect([inquiry.held, inquiry.isOpen]).toEqual([0, false]);
  inquiry.noteAdvertised(1);
  expect(inquiry.isDue).toBe(true);
  inquiry.noteAsked();
  inquiry.reset();
  expect([inquiry.held, inquiry.advertised, inquiry.isDue]).toEqual([0, 0, true]);
});
