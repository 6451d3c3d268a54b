// `npm start` as people run it. Uses the built code, which `npm test` has made.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';

const built = fileURLToPath(new URL('../dist/scripts/start.js', import.meta.url));

function start(...words: string[]) {
  const child = spawn(process.execPath, [built, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return { child, ended: once(child, 'close') as Promise<[number | null]>, output: () => output };
}

const pidsIn = (output: string): number[] => [...output.matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe.runIf(existsSync(built))('npm start', () => {
  test('runs for the time given, prints JSON only, and leaves no process behind', async () => {
    const { ended, output } = start('--json', '--for', '1');
    const [code] = await ended;
    const lines = output()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const last = lines.at(-1);
    expect(last.problems).toEqual([]);
    expect(last.isFinal).toBe(true);
    expect(lines.slice(0, -1).every(({ isFinal }) => isFinal === false)).toBe(true);
    const pids = lines.flatMap(({ routers }) => routers.flatMap(({ pid }: { pid: number | null }) => pid ?? []));
    expect(new Set(pids).size).toBeGreaterThanOrEqual(6);
    for (const pid of new Set<number>(pids)) expect(isAlive(pid)).toBe(false);
    expect(code).toBe(0);
  });

  test('kills a router on the way, and deliveries go on', async () => {
    const { child, ended, output } = start('--json');
    const healed = (): boolean => /"killed":"(north|south)-[12]",[^}]*"resumedAfterMs":\d/.test(output());
    while (!healed()) await once(child.stdout, 'data');
    child.kill('SIGINT');
    const [code] = await ended;
    const last = JSON.parse(output().trimEnd().split('\n').at(-1) as string);
    expect(last.problems).toEqual([]);
    expect(last.routers).toHaveLength(6);
    expect(code).toBe(0);
  });

  test('ends well when it is interrupted', async () => {
    const { child, ended, output } = start();
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    const [code] = await ended;
    expect(output()).toMatch(/^Ran \d+ s\./m);
    const pids = pidsIn(output());
    expect(pids).toHaveLength(6);
    for (const pid of pids) expect(isAlive(pid)).toBe(false);
    expect(code).toBe(0);
  });

  test('leaves no router behind when it is killed itself', async () => {
    const { child, ended, output } = start('--no-kill');
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await ended;
    const pids = pidsIn(output());
    expect(pids).toHaveLength(6);
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 10_000 });
  });

  test.runIf(process.platform !== 'win32' && spawnSync('ps').status === 0)(
    'ends when npm is killed, though the shell between them stays',
    async () => {
      const words = ['-c', `"${process.execPath}" "${built}" --no-kill; true`];
      const npm = `require('node:child_process').spawn('sh', ${JSON.stringify(words)}, { stdio: 'inherit' })`;
      const env = { ...process.env, npm_lifecycle_event: 'start' };
      const child = spawn(process.execPath, ['-e', npm], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child.stdout, 'close'); // by all who had it
      expect(output).toMatch(/^Ran \d+ s\./m);
      for (const pid of pidsIn(output)) expect(isAlive(pid)).toBe(false);
    },
  );

  test('refuses options that it does not know, with exit code 2', async () => {
    expect(await start('--sideways').ended).toEqual([2, null]);
    expect(await start('--for', 'ever').ended).toEqual([2, null]);
  });
});
