// What is told of a router that was killed.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EventLog } from './event-log.ts';
import { RouterLoss } from './router-loss.ts';
import { type Arrival, machineMs, noCounts } from './traffic/report.ts';
import { WatchedLosses } from './watched-losses.ts';

const arrival = (sentAtMs: number, receivedAtMs: number, isAcross = true): Arrival[] => {
  return [{ sentAtMs, receivedAtMs, isAcross }];
};

describe('the loss of a router', () => {
  const lostAt1000 = (...channels: string[]) =>
    new RouterLoss('aws-1', 4, 1000, { ...noCounts, modified: 2, released: 1 }, channels);

  test('is healed when every channel has carried a message sent after it to another router', () => {
    const router = lostAt1000('orders', 'invoices', 'prices');
    for (const channel of ['invoices', 'prices', 'other']) router.handleArrivals(channel, arrival(1005, 1012));
    router.handleArrivals('orders', arrival(999, 1003)); // was under way
    router.handleArrivals('orders', arrival(1001, 1002, false)); // did not leave its router
    expect(router.loss).toMatchObject({ resumedAfterMs: null, waitsFor: ['orders'] });
    router.handleArrivals('orders', arrival(1001, 1040));
    expect(router.loss).toMatchObject({ resumedAfterMs: 40, waitsFor: [] });
    router.handleArrivals('orders', arrival(1001, 1030)); // came before, was reported later
    expect(router.loss.resumedAfterMs).toBe(30);
  });

  test('of which nothing was carried is not measured', () => {
    expect(lostAt1000().loss.resumedAfterMs).toBeNull();
  });

  test('counts the outcomes since, for a while', () => {
    const router = lostAt1000('orders');
    router.handleCounts({ ...noCounts, modified: 6, released: 1, unknown: 3 }, 1250);
    router.handleCounts({ ...noCounts, modified: 9, released: 3 }, 60_000);
    router.handleBack(4200);
    expect(router.loss).toMatchObject({ modified: 4, released: 0, unknown: 3, backAfterSeconds: 3.2 });
  });
});

describe('watched losses', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] }));
  afterEach(() => void vi.useRealTimers());

  function watch() {
    const log = new EventLog(() => machineMs() / 1000);
    const losses = new WatchedLosses(log);
    const carry = (channel: string): void => {
      losses.handleReport([{ channel, arrivals: arrival(machineMs(), machineMs()) }], noCounts);
    };
    return { log, losses, carry, told: () => log.events.map(({ text }) => text) };
  }

  test('tell the kill, then how deliveries resumed, then that the router is back', () => {
    const { log, losses, carry, told } = watch();
    carry('orders');
    vi.advanceTimersByTime(100);
    losses.handleLost('aws-1', 4, noCounts);
    vi.advanceTimersByTime(20);
    carry('orders');
    expect(told()).toEqual(['aws-1 was killed']);
    vi.advanceTimersByTime(2980);
    losses.handleBack('aws-1');
    vi.advanceTimersByTime(60_000);
    expect(told().slice(1)).toEqual([
      'without aws-1 deliveries resumed after 20 ms, 0 modified, 0 released',
      'aws-1 is back after 3.0 s',
    ]);
    expect(log.problems).toEqual([]);
  });

  test('that do not heal are a problem', () => {
    const { log, losses, carry } = watch();
    carry('orders');
    carry('prices');
    losses.handleLost('shop-aws', 4, noCounts);
    vi.advanceTimersByTime(500);
    carry('prices');
    vi.advanceTimersByTime(60_000);
    expect(log.problems).toEqual(['without shop-aws deliveries on orders have not resumed in 10 s']);
  });

  test('of channels that carried nothing before expect nothing', () => {
    const { log, losses, carry, told } = watch();
    carry('orders');
    vi.advanceTimersByTime(20_000);
    losses.handleLost('aws-1', 4, noCounts);
    vi.advanceTimersByTime(60_000);
    expect(told()).toEqual(['aws-1 was killed']);
    expect(log.problems).toEqual([]);
  });
});

test('a log keeps the last of very many events, and says that there were more problems', () => {
  const log = new EventLog(() => 0);
  for (let at = 0; at < 1000; at++) log.tell(`event ${at}`);
  for (let at = 0; at < 1000; at++) log.problem(`problem ${at}`);
  expect([log.told, log.events.length, log.events.at(-1)?.text]).toEqual([2000, 200, 'problem 999']);
  expect([log.problems[0], log.problems.at(-1)]).toEqual(['800 problems before these', 'problem 999']);
});
