import { expect, test } from 'vitest';
import { compileTimeFormat, defaultTimestampFormat } from './strftime.ts';

const moment = Date.UTC(2026, 10, 22, 3, 5, 9) + 123.456;

test('the default format is that of Dispatch, with microseconds and offset', () => {
  expect(compileTimeFormat(defaultTimestampFormat, true)(moment)).toBe('2026-11-22 03:05:09.123456 +0000');
});

test.each([
  ['%a %A %b %B %h', 'Sun Sunday Nov November Nov'],
  ['%c', 'Sun Nov 22 03:05:09 2026'],
  ['%d %e %j %u %w %y %C', '22 22 326 7 0 26 20'],
  ['%I:%M %p|%k|%l|%r', '03:05 AM| 3| 3|03:05:09 AM'],
  ['%D %F %T %R %x %X', '11/22/26 2026-11-22 03:05:09 03:05 11/22/26 03:05:09'],
  ['%s %Z %z', '1795316709 UTC +0000'],
  ['100%% %Q %', '100% %Q %'],
  ['%H%%06lu', '03123456'],
])('%s gives %s', (format, text) => {
  expect(compileTimeFormat(format, true)(moment)).toBe(text);
});

test('a new second changes what was kept from the last one', () => {
  const format = compileTimeFormat('%S.%%06lu', true);
  expect([moment, moment + 0.5, moment + 1000, moment - 1000].map(format)).toEqual([
    '09.123456',
    '09.123956',
    '10.123456',
    '08.123456',
  ]);
});

test.each([
  ['Asia/Kolkata', '08:35 +0530 326'],
  ['America/St_Johns', '23:35 -0330 325'],
])('local time in %s', (zone, text) => {
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  try {
    expect(compileTimeFormat('%H:%M %z %j', false)(moment)).toBe(text);
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
});
