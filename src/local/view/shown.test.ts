// What people and programs see of a run.
import { describe, expect, test } from 'vitest';
import { largeMesh } from '../../mesh/testing/large-mesh.ts';
import { meshOf } from '../../mesh/testing/starter-mesh.ts';
import { figuresOf, snapshotAfter } from '../testing/snapshots.ts';
import { clockText, countText, listed, msText, shareText } from './figure-text.ts';
import { jsonLine } from './json-line.ts';
import { layOut } from './layout.ts';
import { cut, textOf } from './lines.ts';
import { shortcomings, silences, verdict } from './shortcomings.ts';
import type { Snapshot } from './snapshot.ts';
import { progressLines, summaryLines } from './summary.ts';
import { JsonView, LinesView, TerminalView } from './view.ts';

const drawn = (columns: number, rows: number, changes: Partial<Snapshot> = {}): string[] =>
  layOut(snapshotAfter(75, changes), columns, rows).map((line) => textOf(line));

describe('the live view', () => {
  test('tells at 80 columns who publishes, who consumes, how fast, and what became of it', () => {
    const text = drawn(80, 23).join('\n');
    expect(drawn(80, 23)[0]).toMatch(/^Weft {2}two-clouds: .* 00:01:15$/);
    expect(text).toMatch(/^shop\.orders +shop\/web +aws +100\.0 +7,500 {2}all accepted$/m);
    expect(text).toMatch(/^ balanced +shop\/pickup +aws +40\.0 +3,000 +0\.50 +12\.5$/m);
    expect(text).toMatch(/^shop\.invoices .* {2}5\.0% rejected$/m);
    expect(text).toMatch(/^stock\.telemetry .* {2}pre-settled$/m);
    expect(text).toMatch(/^shop\.prices .* {2}answer 0\.50 ms, all ac…$/m);
  });

  test('shows which router was killed, what that did, which links are there, and what the others carry', () => {
    const text = drawn(80, 23).join('\n');
    expect(text).toMatch(/^aws-1 +interior +aws +0 +0\.0 +00:01:15 {2}up$/m);
    expect(text).toMatch(/^azure-1 +interior +azure +killed$/m);
    expect(text).toContain('0 of 1 link up; uplinks 1 up, 2 standby, 1 down; down: azure-1→aws-1 and stock');
    expect(text).toContain('azure-1 killed 65 s ago: resumed after 18 ms, 4 modified, 0 released');
    const before = layOut(snapshotAfter(7), 80, 23).map((line) => textOf(line));
    expect(before).toContain('In 3 s the busiest interior router will be killed.');
  });

  test('lists links and events where there is room', () => {
    const text = drawn(120, 60).join('\n');
    expect(text).toMatch(/^azure-1 +aws-1 +10 {2}down$/m);
    expect(text).toMatch(/^shop-aws +aws-2 +uplink {2}standby$/m);
    expect(text).toContain('00:00:10 azure-1 killed');
    expect(text).toContain('6 routers, 2 environments, 2 teams, 12 applications');
  });

  test('without sample applications shows what the routers count', () => {
    const text = drawn(80, 23, { traffic: null }).join('\n');
    expect(text).toMatch(/^shop\.orders +balanced +0\.0 +0\.0 +2$/m);
    expect(text).toMatch(/^stock\.telemetry +multicast +30\.0 +60\.0 +2$/m);
    expect(text).toContain('6 routers, 12 clients, 4 channels');
  });

  test('counts what does not fit: those that are down and the busiest are shown', () => {
    const mesh = meshOf(largeMesh({ environments: 20, teams: 40, channelsOfTeam: 5 }));
    const figures = figuresOf(mesh, new Set(['env7-2']));
    const lines = drawn(80, 23, { figures, traffic: null });
    expect(lines).toHaveLength(23);
    expect(lines.join('\n')).toMatch(/^env7-2 .* killed$/m);
    expect(lines.join('\n')).toMatch(/^… and \d+ more interior routers and 40 more edges, all up$/m);
    expect(lines.join('\n')).toMatch(/^… and 1\d\d more channels, 1\d\d of them with messages$/m);
  });

  test.each([
    [80, 23],
    [100, 32],
    [60, 23],
    [60, 14],
    [80, 14],
    [40, 5],
    [20, 2],
    [1, 1],
  ])('fits into %i columns and %i rows', (columns, rows) => {
    for (const traffic of [{}, { traffic: null }]) {
      const lines = drawn(columns, rows, { ...traffic, problems: ['one thing went wrong', 'another'] });
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  test('where it is narrow leaves out what matters least', () => {
    const [, head] = drawn(44, 23);
    expect(head).toMatch(/^ROUTER +ENVIRONMENT +MSG\/S +STATE$/);
  });

  test('shows the first line of a problem', () => {
    const lines = drawn(80, 30, { problems: ['the router ended by itself (exit code 1):\n    at somewhere'] });
    expect(lines.at(-1)).toBe('the router ended by itself (exit code 1):');
  });

  test('paints pieces of a line only after it was cut, and tells that it was', () => {
    const line = [
      { text: 'bold', style: 'bold' },
      { text: ' and plain', style: 'plain' },
    ] as const;
    expect(textOf(cut(line, 7), (text, style) => `<${style}>${text}`)).toBe('<bold>bold<plain> a…');
    expect(textOf(cut(line, 4))).toBe('bol…');
    expect(cut(line, 14)).toBe(line);
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
    terminal.rows = height - 1;
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

test('without a terminal there are lines every five seconds, events once, and no escapes', () => {
  let output = '';
  const view = new LinesView((text) => {
    output += text;
  });
  for (let second = 0; second <= 11; second++) view.show(snapshotAfter(second));
  expect(output).toMatch(/^ {2}shop-aws: edge in aws, process \d+, applications at amqps:/m);
  expect(output.match(/^00:00:05 shop\.orders/gm)).toHaveLength(1);
  expect(output.match(/^00:00:10 shop\.orders .*100\.0\/s sent, 100\.0\/s got, p50 .*, all accepted$/gm)).toHaveLength(
    1,
  );
  expect(output.match(/^00:00:10 routers {2}aws-1 0\.0\/s, .*, azure-1 killed, /gm)).toHaveLength(1);
  expect(output.match(/azure-1 killed$/gm)).toHaveLength(1);
  expect(output).not.toContain('\x1b');
});

test('for programs there is one JSON object a line, with numbers, and each event once', () => {
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
  expect(first).toMatchObject({ mesh: 'two-clouds', isFinal: false, problems: [] });
  expect(first.routers[1]).toMatchObject({ id: 'aws-2', mode: 'interior', state: 'up', pid: 4712 });
  expect(first.links[0]).toEqual({ from: 'azure-1', to: 'aws-1', cost: 10, state: 'down' });
  expect(first.channels[1]).toMatchObject({ name: 'shop.invoices', inPerSecond: 10, outPerSecond: 20, consumers: 2 });
  expect(first.losses).toEqual([
    {
      ...{ router: 'azure-1', atSeconds: 10, resumedAfterMs: 18.2, waitsFor: [], backAfterSeconds: null },
      ...{ modified: 4, released: 0, unknown: 0 },
    },
  ]);
  expect(first.events).toEqual([{ atSeconds: 10, text: 'azure-1 killed' }]);
  expect(last.events).toEqual([]);
  const channel = (name: string) => first.traffic.channels.find((one: { name: string }) => one.name === name);
  expect(channel('shop.invoices')).toMatchObject({
    ...{ published: 1000, publishedPerSecond: 100, unsettled: 0, latencyMs: { p50: 0.5, p99: 12.5 } },
    outcomes: { accepted: 950, rejected: 50, released: 0, modified: 0, unknown: 0 },
    consumers: [{ application: 'stock/ledger', environment: 'azure', received: 1000, receivedPerSecond: 100 }],
  });
  expect(channel('stock.telemetry').delivered).toBe(3000);
  expect(channel('shop.prices').publishers[0]).toMatchObject({ answers: 1000, roundTripMs: { p50: 0.5 } });
  expect(last.isFinal).toBe(true);
  expect(jsonLine(snapshotAfter(10), [], false)).not.toContain('\n');
});

describe('the summary', () => {
  test('says that nothing is open, in 80 columns', () => {
    const lines = summaryLines(snapshotAfter(10));
    expect(lines.join('\n')).toContain('Each of 4,000 unsettled messages ended in exactly one outcome.');
    expect(lines.join('\n')).toMatch(/^shop\.invoices +1,000 +1,000 +950 +50 +0 +0 +12\.5$/m);
    expect(lines.join('\n')).toContain('Lost azure-1: deliveries resumed after 18 ms, 4 modified');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    for (const line of progressLines(snapshotAfter(10))) expect(line).not.toMatch(/ $/);
  });

  test('names problems instead of praising', () => {
    const text = summaryLines(snapshotAfter(10, { problems: ['shop/web failed: no more paper'] })).join('\n');
    expect(text).toContain('Problem: shop/web failed: no more paper');
    expect(text).not.toContain('exactly one outcome');
  });
});

describe('a run falls short', () => {
  const good = snapshotAfter(10);
  const [orders, ...others] = good.traffic?.channels ?? [];
  const withOrders = (changed: Partial<NonNullable<typeof orders>>): Snapshot => {
    return { ...good, traffic: { ...good.traffic!, channels: [{ ...orders!, ...changed }, ...others] } };
  };
  test('when a channel carried nothing, or outcomes are missing', () => {
    expect(shortcomings(good)).toEqual([]);
    const name = orders!.name;
    expect(shortcomings(withOrders({ delivered: 0 }))).toEqual([`no message arrived on channel ${name}`]);
    expect(shortcomings({ ...withOrders({ delivered: 0 }), uptimeSeconds: 1 })).toEqual([]);
    expect(shortcomings(withOrders({ unsettled: 3 }))).toEqual([`3 messages on channel ${name} without an outcome`]);
    expect(shortcomings(withOrders({ unsettled: -2 }))).toEqual([`channel ${name} has 2 outcomes more than messages`]);
  });

  test('when a channel has fallen silent', () => {
    expect(silences(good)).toEqual([]);
    const [one] = silences(withOrders({ deliveredPerSecond: 0 }));
    expect(one).toBe(`nothing arrived of late on ${orders!.name}, though messages were sent`);
    expect(silences(withOrders({ deliveredPerSecond: 0, publishedPerSecond: 0 }))).toEqual([]);
  });

  test('not when an application lost its own router, but that is told', () => {
    const [publisher] = orders!.publishers;
    const counts = { ...publisher!.counts, sent: publisher!.counts.sent + 2, unknown: 2 };
    const snapshot = withOrders({ publishers: [{ ...publisher!, counts }] });
    expect(shortcomings(snapshot)).toEqual([]);
    expect(verdict(snapshot)).toContain('of 2 it is unknown: shop/web lost the connection to the router.');
  });
});

test('figures are short and never claim more than they know', () => {
  expect([0.2512, 4.21, 99.9, 1250].map(msText)).toEqual(['0.25', '4.2', '99.9', '1,250']);
  expect([0, 12, 1234567].map(countText)).toEqual(['0', '12', '1,234,567']);
  expect(clockText(3661.9)).toBe('01:01:01');
  expect([['a'], ['a', 'b'], ['a', 'b', 'c', 'd', 'e']].map(listed)).toEqual(['a', 'a and b', 'a, b, c and 2 others']);
  // All but one of very many is not all, and one of very many is not none.
  expect([shareText(999_999, 1_000_000), shareText(1, 1_000_000), shareText(0, 0)]).toEqual(['99.9%', '0.1%', '0%']);
});
