// What people and programs see of the sample traffic.
import { describe, expect, test } from 'vitest';
import { clockText, countText, msText, shareText } from './figure-text.ts';
import { jsonLine } from './json-line.ts';
import { cut, layOut, textOf } from './layout.ts';
import { shortcomings } from './sample-run.ts';
import { progressLines, summaryLines } from './summary.ts';
import { snapshotAfter } from './testing/sample-traffic.ts';
import { JsonView, LinesView, TerminalView } from './view.ts';

const drawn = (columns: number, rows: number, problems: string[] = []): string[] =>
  layOut(snapshotAfter(75, problems), columns, rows).map((line) => textOf(line));

describe('the live view', () => {
  test('tells at 80 columns who publishes, who consumes, how fast, and what became of it', () => {
    const text = drawn(80, 40).join('\n');
    expect(drawn(80, 40)[0]).toMatch(/^Weft .* 00:01:15$/);
    expect(text).toMatch(/^orders +shop +north +100\.0 +7,500 {2}all accepted$/m);
    expect(text).toMatch(/^ balanced +packing-1 +north +50\.0 +3,750 +0\.50 +12\.5$/m);
    expect(text).toMatch(/^invoices .* {2}5\.0% rejected$/m);
    expect(text).toMatch(/^telemetry .* pre-settled: no outcome$/m);
    expect(text).toMatch(/^prices .* all accepted, answer 0\.50 ms$/m);
    expect(text).toContain('weft.js send amqp://127.0.0.1:20124/prices');
  });

  test('shows which router was killed, what that did, and what the others carry', () => {
    const text = drawn(80, 23).join('\n');
    expect(text).toMatch(/^north-1 +interior +north +100\.0 +00:01:15 {2}up$/m);
    expect(text).toMatch(/^south-1 +interior +south +killed$/m);
    expect(text).toContain('south-1 killed 65 s ago: resumed after 18 ms, 4 modified, 0 released');
    const before = layOut(snapshotAfter(7), 80, 23).map((line) => textOf(line));
    expect(before).toContain('The busiest interior router will be killed in 3 s.');
    expect(before).toHaveLength(23);
  });

  test.each([
    [80, 23],
    [100, 32],
    [60, 23],
    [80, 14],
    [40, 5],
    [1, 1],
  ])('fits into %i columns and %i rows', (columns, rows) => {
    const lines = drawn(columns, rows, ['one thing went wrong', 'another']);
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  });

  test('shows the first line of a problem', () => {
    const lines = drawn(80, 24, ['the router ended by itself (exit code 1):\n    at somewhere']);
    expect(lines.at(-1)).toBe('the router ended by itself (exit code 1):');
  });

  test('paints pieces of a line only after it was cut', () => {
    const line = cut(
      [
        { text: 'bold', style: 'bold' },
        { text: ' and plain', style: 'plain' },
      ],
      6,
    );
    expect(textOf(line, (text, style) => `<${style}>${text}`)).toBe('<bold>bold<plain> a');
  });
});

describe('on a terminal', () => {
  const terminal = { columns: 80, rows: 24, output: '', write: (text: string) => (terminal.output += text) };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes begin with one
  const escapes = (text: string): string[] => text.match(/\x1b\[[0-9;?]*[a-zA-Z]/g) ?? [];

  test('each picture is written over the one before, without clearing it', () => {
    const view = new TerminalView(terminal, false);
    view.show(snapshotAfter(1));
    const height = terminal.output.split('\n').length - 1;
    terminal.output = '';
    view.show(snapshotAfter(2));
    expect(terminal.output).toContain(`\r\x1b[${height}A`);
    expect(terminal.output).not.toContain('\x1b[2J');
    terminal.output = '';
    terminal.columns = 100;
    view.show(snapshotAfter(3));
    expect(terminal.output).toContain('\x1b[2J');
    view.end(snapshotAfter(3));
    expect(escapes(terminal.output).at(-1)).toBe('\x1b[?25h');
  });

  test('there are colours only where they are wanted', () => {
    terminal.output = '';
    new TerminalView(terminal, false).show(snapshotAfter(1));
    expect(escapes(terminal.output).filter((one) => one.endsWith('m'))).toEqual([]);
    new TerminalView(terminal, true).show(snapshotAfter(1));
    expect(terminal.output).toContain('\x1b[1mWeft\x1b[22m');
  });
});

test('without a terminal there are lines every five seconds, and no escapes', () => {
  let output = '';
  const view = new LinesView((text) => {
    output += text;
  });
  for (let second = 0; second <= 11; second++) view.show(snapshotAfter(second));
  expect(output.match(/^00:00:05 orders/gm)).toHaveLength(1);
  expect(
    output.match(/^00:00:10 orders .*all accepted; packing-1 50\.0%, packing-2 40\.0%, packing-slow 10\.0%$/gm),
  ).toHaveLength(1);
  expect(output.match(/^00:00:10 routers {3}north-edge 0\.0\/s, .*, south-1 killed, /gm)).toHaveLength(1);
  // What happens to routers is told once, and when all is known that will be shown.
  expect(output.match(/south-1 was killed/g)).toHaveLength(1);
  expect(output.match(/^00:00:10 deliveries resumed after 18 ms, 4 modified, 0 released$/gm)).toHaveLength(1);
  expect(output.match(/^\d\d:\d\d:\d\d /gm)).toHaveLength(2 * 5 + 2);
  expect(output).not.toContain('\x1b');
});

test('for programs there is one JSON object a line, with numbers', () => {
  let output = '';
  const view = new JsonView((text) => {
    output += text;
  });
  view.show(snapshotAfter(10));
  view.end(snapshotAfter(11));
  const [first, last] = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({ isFinal: false, problems: [] });
  expect(first.routers[1]).toMatchObject({ name: 'north-1', kind: 'interior', state: 'up', pid: 4712, url: null });
  expect(first.events).toEqual([
    { killed: 'south-1', atSeconds: 10, resumedAfterMs: 18.2, modified: 4, released: 0, backAfterSeconds: null },
  ]);
  expect(first.channels[1]).toMatchObject({
    name: 'invoices',
    published: 1000,
    publishedPerSecond: 100,
    outcomes: { accepted: 950, rejected: 50, released: 0, modified: 0 },
    unsettled: 0,
    latencyMs: { p50: 0.5, p99: 12.5 },
    consumers: [{ name: 'ledger', cloud: 'south', received: 1000, receivedPerSecond: 100 }],
  });
  expect(first.channels[2].delivered).toBe(3000);
  expect(first.channels[3].publishers[0]).toMatchObject({ answers: 1000, roundTripMs: { p50: 0.5 } });
  expect(last.isFinal).toBe(true);
  expect(jsonLine(snapshotAfter(10), false)).not.toContain('\n');
});

describe('the summary', () => {
  test('says that nothing is open, in 80 columns', () => {
    const lines = summaryLines(snapshotAfter(10));
    expect(lines.join('\n')).toContain('Each of 3,000 unsettled messages ended in exactly one outcome.');
    expect(lines.join('\n')).toMatch(/^invoices +1,000 +1,000 +950 +50 +0 +0 +0\.50 +12\.5$/m);
    expect(lines.join('\n')).toContain('Lost south-1: deliveries resumed after 18 ms, 4 modified');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    for (const line of progressLines(snapshotAfter(10))) expect(line).not.toMatch(/ $/);
  });

  test('names problems instead of praising', () => {
    const text = summaryLines(snapshotAfter(10, ['shop failed: no more paper'])).join('\n');
    expect(text).toContain('Problem: shop failed: no more paper');
    expect(text).not.toContain('exactly one outcome');
  });
});

describe('a run falls short', () => {
  test('when a channel carried nothing, or outcomes are missing', () => {
    expect(shortcomings(snapshotAfter(10))).toEqual([]);
    const snapshot = snapshotAfter(10);
    const [orders, invoices, telemetry, prices] = snapshot.channels;
    const channels = [
      ...[
        { ...orders!, delivered: 0 },
        { ...invoices!, unsettled: 3 },
      ],
      ...[telemetry!, { ...prices!, unsettled: -2 }],
    ];
    expect(shortcomings({ ...snapshot, channels })).toEqual([
      'no message arrived on channel orders',
      '3 messages on channel invoices have no outcome',
      'channel prices has 2 outcomes more than messages',
    ]);
    expect(shortcomings({ ...snapshot, channels, uptimeSeconds: 1 })).toHaveLength(2);
  });
});

test('figures are short and never claim more than they know', () => {
  expect([0.2512, 4.21, 99.9, 1250].map(msText)).toEqual(['0.25', '4.2', '99.9', '1,250']);
  expect([0, 12, 1234567].map(countText)).toEqual(['0', '12', '1,234,567']);
  expect(clockText(3661.9)).toBe('01:01:01');
  // All but one of very many is not all, and one of very many is not none.
  expect([shareText(999_999, 1_000_000), shareText(1, 1_000_000), shareText(0, 0)]).toEqual(['99.9%', '0.1%', '0%']);
});
