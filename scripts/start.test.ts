// `npm start` as people run it: the script of package.json, with words behind it. Uses the built code, which `npm test` has made.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { WeftProcess } from '../src/cli/testing/weft-process.ts';

vi.setConfig({ testTimeout: 120_000 });

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const words = /node bin\/weft\.js (.+)$/.exec(scripts.start)![1]!.split(' ');

const linesOf = ({ stdout }: WeftProcess) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('two clouds carry messages, a router is killed on the way, and deliveries go on', async () => {
  const start = new WeftProcess([...words, '--json']);
  await start.printed(/"losses":\[\{[^}]*"resumedAfterMs":\d/);
  await start.printed(/is back after/);
  start.signal('SIGINT');
  expect(await start.ended()).toBe(0);
  const lines = linesOf(start);
  const last = lines.at(-1);
  expect(last).toMatchObject({ mesh: 'two-clouds', isFinal: true, problems: [] });
  expect(lines.slice(0, -1).every(({ isFinal }) => isFinal === false)).toBe(true);
  expect(last.losses[0].router).toMatch(/^(aws|azure)-[12]$/);
  for (const channel of last.traffic.channels) {
    const { delivered, publishers, consumers, unsettled } = channel;
    expect(delivered).toBeGreaterThan(0);
    expect(unsettled).toBe(0);
    const clouds = (uses: { environment: string }[]) => uses.map(({ environment }) => environment);
    expect(clouds(consumers).some((one) => !clouds(publishers).includes(one))).toBe(true);
  }
  const pids = lines.flatMap(({ routers }) => routers.flatMap(({ pid }: { pid: number | null }) => pid ?? []));
  expect(new Set(pids).size).toBeGreaterThanOrEqual(7); // six, and the one that was started again
  for (const pid of new Set<number>(pids)) expect(isAlive(pid)).toBe(false);
  expect(existsSync(last.folder)).toBe(false);
});

test('what stands behind it comes last: it ends when it is told', async () => {
  const start = new WeftProcess([...words, '--for', '2']);
  expect(await start.ended()).toBe(0);
  expect(start.stdout).toMatch(/^Ran 2 s\. Each of [\d,]+ unsettled messages ended in exactly one outcome\.$/m);
  expect(start.stderr).toBe('');
});
