import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { weft } from './testing/weft-process.ts';

let dir: string;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'weft-pki-')), 'pki');
});
afterEach(() => rm(join(dir, '..'), { recursive: true }));

const pki = (...words: string[]) => weft('pki', ...words, '--dir', dir);

test('from init to status, keys are in no output', async () => {
  expect(await pki('init', 'two-clouds')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining(`made the certificate authority of two-clouds in ${dir}, good until `),
  });
  expect(await pki('issue', 'router', 'aws-1', '--host', 'localhost', '--host', '127.0.0.1')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(`issued router aws-1, good until `),
  });
  expect(await pki('issue', 'router', 'aws-2')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('no --host'),
  });
  const applications = await pki('issue', 'app', 'pay/ledger', 'pay/shop', '--json');
  expect(JSON.parse(applications.stdout)).toMatchObject([
    { kind: 'app', name: 'pay/ledger', outcome: 'issued', certFile: join(dir, 'apps/pay/ledger/cert.pem') },
    { kind: 'app', name: 'pay/shop', outcome: 'issued' },
  ]);
  const due = await pki('issue', 'due');
  expect(due.stderr.match(/^kept /gm)).toHaveLength(4);
  const status = await pki('status', '--json');
  expect([status.code, JSON.parse(status.stdout)]).toMatchObject([0, { mesh: 'two-clouds', isWell: true }]);
  expect((await pki('status')).stdout).toMatch(/^router aws-1 .* good$/m);
  expect((await pki('status', '--warn', '31')).code).toBe(1);
  const key = (await readFile(join(dir, 'apps/pay/ledger/key.pem'), 'utf8')).split('\n')[1] as string;
  expect(`${applications.stdout}${due.stderr}${status.stdout}`).not.toContain(key);
});

test('the steps of a rotation, each told with the next one', async () => {
  await pki('init', 'm');
  await pki('issue', 'app', 't/a');
  const steps: [string[], string, string][] = [
    [[], 'authority 2 was made', `then weft pki rotate --dir ${dir} --issue`],
    [[], 'under way already', '--issue'],
    [['--issue'], 'renewed app t/a (it was of authority 1)', '--retire'],
    [['--issue'], 'nothing was left to renew', '--retire'],
    [['--retire'], 'authority 1 is retired', 'no rotation is under way'],
    [['--retire'], 'authority 1 was retired before', 'no rotation is under way'],
  ];
  for (const [words, told, next] of steps) {
    const { code, stderr } = await pki('rotate', ...words);
    expect(code).toBe(0);
    expect(stderr).toContain(told);
    expect(stderr).toContain(next);
  }
  expect(await pki('rotate', '--issue')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('weft: no new authority'),
  });
});

test('a file that is not ours is told and left; all others are renewed', async () => {
  await pki('init', 'm');
  await pki('issue', 'app', 't/a', 't/b');
  const file = join(dir, 'apps/t/a/cert.pem');
  await writeFile(file, 'mine');
  const { code, stderr } = await pki('issue', 'due', '--renew');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^renewed app t\/b \(a new one was asked for\), good until /m);
  expect(stderr).toContain(`left app t/a as it is (${file} is no certificate of this mesh for this name)\n`);
  expect(await readFile(file, 'utf8')).toBe('mine');
});

test('a folder that is none is told', async () => {
  await writeFile(dir, '');
  for (const words of [['init', 'm'], ['status'], ['issue', 'due'], ['rotate']]) {
    expect(await pki(...words)).toMatchObject({ code: 1, stderr: expect.stringContaining(`weft: cannot read ${dir}`) });
  }
});

test.each<[number, string[], string]>([
  [2, [], 'Usage: weft pki'],
  [2, ['init'], "missing required argument 'mesh'"],
  [2, ['init', 'm', '--leaf-days', '0'], 'Give a whole number from 1 to 825.'],
  [2, ['issue', 'router'], "missing required argument 'id'"],
  [2, ['issue', 'app', 't/a', '--host', 'x'], "unknown option '--host'"],
  [2, ['issue', 'broker', 'x'], "unknown command 'broker'"],
  [2, ['rotate', '--issue', '--retire'], 'give one of them'],
  [2, ['status', '--warn', '-1'], 'Give a whole number from 0'],
  [1, ['init', 'Two Clouds'], 'cannot be the name of a mesh'],
  [1, ['status'], 'there is no certificate authority in '],
  [1, ['issue', 'app', 'x'], 'app x: this cannot be the name of an application'],
  [1, ['issue', 'router', 'a', '--host', 'a:5671'], 'it stands here without its port'],
])('exit code %i: weft pki %j', async (code, words, message) => {
  const ended = await (words.length === 0 ? weft('pki') : pki(...words));
  expect(ended.code).toBe(code);
  expect(ended.stderr).toContain(message);
  expect(ended.stdout).toBe('');
});
