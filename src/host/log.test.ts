import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogLevel } from '../router/ports.ts';
import { defaultConfiguration, type LogEntity, makeLog, makeRouter } from '../schema/configuration.ts';
import { limits } from './limits.ts';
import { Log } from './log.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-log-'));
  file = join(folder, 'router.log');
});
afterEach(() => rm(folder, { recursive: true }));

const withLogs = (...logs: LogEntity[]) => ({
  ...defaultConfiguration(),
  router: makeRouter({ timestampsInUTC: true }),
  logs,
});
const toFile = (attributes: Partial<LogEntity> = {}) =>
  withLogs(makeLog({ module: 'DEFAULT', outputFile: file, ...attributes }));
const lines = async (): Promise<string[]> => (await readFile(file, 'utf8')).split('\n').slice(0, -1);

test('a line has the form of Dispatch', async () => {
  const log = await Log.open(toFile());
  log.write('SERVER', LogLevel.Notice, 'Operational, 1 Threads Running (process ID 4711)');
  await log.close();
  expect(await lines()).toEqual([
    expect.stringMatching(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} \+0000 SERVER \(notice\) Operational, 1 Threads Running \(process ID 4711\)$/,
    ),
  ]);
});

test('what a peer chose cannot forge a line or command a terminal', async () => {
  const log = await Log.open(toFile({ includeTimestamp: false }));
  log.write('SERVER', LogLevel.Info, 'container "a\nSERVER (notice) Operational\u001b[2J" ü');
  await log.close();
  expect(await lines()).toEqual(['SERVER (info) container "a\\u000aSERVER (notice) Operational\\u001b[2J" ü']);
});

test('levels are those of the module, else of DEFAULT', async () => {
  const log = await Log.open(
    withLogs(
      makeLog({ module: 'DEFAULT', enable: 'warning+', outputFile: file, includeTimestamp: false }),
      makeLog({ module: 'ROUTER', enable: 'trace, error' }),
      makeLog({ module: 'AGENT', enable: 'none' }),
    ),
  );
  for (const module of ['SERVER', 'ROUTER', 'AGENT'] as const) {
    for (const level of Object.values(LogLevel)) {
      log.write(module, level, '');
      const isWritten = { SERVER: level >= 4, ROUTER: level === 0 || level === 5, AGENT: false }[module];
      expect(log.enabled(module, level)).toBe(isWritten);
    }
  }
  await log.close();
  expect((await lines()).map((line) => line.trim())).toEqual([
    'SERVER (warning)',
    'SERVER (error)',
    'SERVER (critical)',
    'ROUTER (trace)',
    'ROUTER (error)',
  ]);
});

test('format json writes lines of pino', async () => {
  const log = await Log.open(toFile({ format: 'json', enable: 'trace+' }));
  for (const level of Object.values(LogLevel)) log.write('ROUTER_CORE', level, 'a "b"\nc');
  await log.close();
  const written = (await lines()).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(written.map((line) => line['level'])).toEqual([10, 20, 30, 35, 40, 50, 60]);
  expect(written[0]).toEqual({
    level: 10,
    time: expect.any(Number),
    pid: process.pid,
    module: 'ROUTER_CORE',
    msg: 'a "b"\nc',
  });
});

test('modules with the same file share it, lines in order', async () => {
  const other = join(folder, 'other.log');
  const log = await Log.open(
    withLogs(
      makeLog({ module: 'DEFAULT', outputFile: file, includeTimestamp: false }),
      makeLog({ module: 'POLICY', outputFile: other, includeTimestamp: false }),
    ),
  );
  for (let i = 0; i < 1000; i++) log.write(i % 2 === 0 ? 'SERVER' : 'ROUTER', LogLevel.Info, String(i));
  log.write('POLICY', LogLevel.Info, 'denied');
  await log.close();
  expect((await lines()).map((line) => Number(line.split(' ')[2]))).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(await readFile(other, 'utf8')).toBe('POLICY (info) denied\n');
});

test('a file that was moved away is opened anew, and no line is lost', async () => {
  const log = await Log.open(toFile({ includeTimestamp: false }));
  log.write('SERVER', LogLevel.Info, 'old');
  await rename(file, `${file}.1`);
  await log.reopen(toFile({ includeTimestamp: false }));
  log.write('SERVER', LogLevel.Info, 'new');
  await log.close();
  expect(await readFile(`${file}.1`, 'utf8')).toBe('SERVER (info) old\n');
  expect(await lines()).toEqual(['SERVER (info) new']);
});

test.each([
  ['/no/such/folder/weft.log', 'no such file or directory (ENOENT)'],
  ['/', 'it is a directory (EISDIR)'],
  ['syslog', 'cannot log to syslog'],
])('output %s is refused with a reason', async (outputFile, reason) => {
  const opening = Log.open(withLogs(makeLog({ module: 'DEFAULT', outputFile })));
  await expect(opening).rejects.toMatchObject({
    code: 'WEFT_LOG_UNWRITABLE',
    message: expect.stringContaining(reason),
  });
});

test('a log that cannot be reopened goes on as before', async () => {
  const log = await Log.open(toFile({ includeTimestamp: false }));
  await expect(log.reopen(withLogs(makeLog({ module: 'DEFAULT', outputFile: '/' })))).rejects.toThrow('directory');
  log.write('SERVER', LogLevel.Info, 'still here');
  await log.close();
  expect(await lines()).toEqual(['SERVER (info) still here']);
});

test('lines beyond the backlog are dropped, counted and told', async () => {
  const log = await Log.open(toFile({ includeTimestamp: false }));
  const text = 'x'.repeat(1000);
  const count = (3 * limits.logBacklogCharactersMax) / 1000;
  for (let i = 0; i < count; i++) log.write('SERVER', LogLevel.Info, text);
  await log.close();
  const written = await lines();
  const kept = written.filter((line) => line.endsWith(text)).length;
  const told = written
    .map((line) => /^\((\d+) lines dropped here/.exec(line)?.[1])
    .find((match) => match !== undefined);
  expect(kept + Number(told)).toBe(Math.ceil(count));
  expect(kept * 1000).toBeLessThan(1.1 * limits.logBacklogCharactersMax);
});

test('levels change while the log is written, and go back with the configuration', async () => {
  const configuration = toFile({ includeTimestamp: false });
  const log = await Log.open(configuration);
  expect(log.enabled('ROUTER', LogLevel.Trace)).toBe(false);
  await log.reopen({
    ...configuration,
    logs: [...configuration.logs, makeLog({ module: 'ROUTER', enable: 'trace+' })],
  });
  log.write('ROUTER', LogLevel.Trace, 'seen');
  log.write('SERVER', LogLevel.Trace, 'not seen');
  await log.reopen(configuration);
  log.write('ROUTER', LogLevel.Trace, 'no more');
  await log.close();
  expect(await lines()).toEqual(['ROUTER (trace) seen']);
});

test('lines are counted whether they are written or not, and the written ones remembered', async () => {
  const log = await Log.open(toFile());
  log.write('SERVER', LogLevel.Info, 'written');
  log.write('SERVER', LogLevel.Trace, 'not written');
  expect(log.enabled('SERVER', LogLevel.Debug)).toBe(false); // whoever hears that writes nothing
  if (log.enabled('SERVER', LogLevel.Notice)) log.write('SERVER', LogLevel.Notice, 'asked first');
  expect(log.counts('SERVER')).toEqual([1, 1, 1, 1, 0, 0, 0]);
  expect(log.recent().map(({ text }) => text)).toEqual(['written', 'asked first']);
  expect(log.recent(1)[0]).toMatchObject({ module: 'SERVER', level: LogLevel.Notice, text: 'asked first' });
  await log.close();
});
