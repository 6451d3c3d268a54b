import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { weft } from './testing/weft-process.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-mesh-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('weft mesh init', () => {
  test('writes a mesh that checks without a warning, and overwrites none', async () => {
    const first = await weft('mesh', 'init', join(folder, 'new'));
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining('teams/warehouse.yaml\n')]);
    expect(await weft('mesh', 'check', '--strict', join(folder, 'new'))).toEqual({
      code: 0,
      stdout: expect.stringContaining('2 environments, 6 routers, 4 channels, 5 applications: nothing is wrong\n'),
      stderr: '',
    });
    await writeFile(join(folder, 'new/mesh.yaml'), 'mine');
    const second = await weft('mesh', 'init', join(folder, 'new'));
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining('already, and nothing was written')]);
    expect(await readFile(join(folder, 'new/mesh.yaml'), 'utf8')).toBe('mine');
  });
});

describe('weft mesh check', () => {
  const corpus = 'src/mesh/corpus';

  test('faults end it with 1, each with file, line and column', async () => {
    const { code, stdout, stderr } = await weft('mesh', 'check', `${corpus}/bad/overlaps.yaml`);
    expect([code, stderr]).toEqual([1, '']);
    const [first = '', ...rest] = stdout.trimEnd().split('\n');
    expect(first).toMatch(
      `${corpus}/bad/overlaps.yaml:8:3 channels.shop.orders: shop.orders lies within the prefix shop`,
    );
    expect(rest.at(-1)).toMatch(/: 4 faults$/);
  });

  test('warnings end it with 0, and with 1 when it is strict', async () => {
    const file = `${corpus}/warned/warnings.yaml`;
    expect(await weft('mesh', 'check', file)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/: \d+ warnings\n$/),
    });
    expect(await weft('mesh', 'check', '--strict', file)).toMatchObject({ code: 1 });
  });

  test('--json is one object', async () => {
    const { code, stdout } = await weft('mesh', 'check', '--json', `${corpus}/bad/grants`);
    const { ok, faults, mesh } = JSON.parse(stdout) as { ok: boolean; faults: object[]; mesh: object };
    expect([code, ok, mesh]).toEqual([
      1,
      false,
      { name: 'grants', environments: 1, routers: 3, teams: 2, channels: 4, applications: 2 },
    ]);
    expect(faults).toContainEqual({
      severity: 'fault',
      code: 'use-without-grant',
      file: `${corpus}/bad/grants/teams/shop.yaml`,
      line: 7,
      column: 88,
      path: 'applications.web.subscribes[0]',
      message: expect.stringContaining('shop/web may not subscribe to invoices.sent'),
    });
  });

  test.each([
    [['check', 'a', 'b'], 2, 'too many arguments'],
    [['check', '--stict'], 2, 'Did you mean --strict'],
    [['chek'], 2, 'Did you mean check'],
    [['check', '/nowhere/mesh.yaml'], 1, 'cannot read the mesh /nowhere/mesh.yaml: no such file or directory (ENOENT)'],
  ])('%j is told in words', async (words, code, message) => {
    const result = await weft('mesh', ...words);
    expect([result.code, result.stdout, result.stderr]).toEqual([code, '', expect.stringContaining(message)]);
  });
});

describe('weft mesh what-if and weft explain', () => {
  beforeEach(async () => {
    expect(await weft('mesh', 'init', folder)).toMatchObject({ code: 0 });
  });

  test('a loss that parts nobody ends what-if with 0, one that does with 1', async () => {
    const one = await weft('mesh', 'what-if', folder, '--lose', 'aws-1');
    expect([one.code, one.stdout]).toEqual([0, expect.stringContaining('aws-2 → azure-2')]);
    const two = await weft('mesh', 'what-if', folder, '--lose', 'aws-1', '--lose', 'aws-2', '--json');
    expect([two.code, JSON.parse(two.stdout)]).toEqual([
      1,
      expect.objectContaining({ pairs: 4, lost: ['aws-1', 'aws-2'] }),
    ]);
    expect(await weft('mesh', 'what-if', folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--lose ROUTER'),
    });
    expect(await weft('mesh', 'what-if', folder, '--lose', 'aws-3')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("did you mean 'aws-"),
    });
  });

  test('a channel is explained by the files; one that reaches nobody ends it with 1', async () => {
    const { code, stdout } = await weft('explain', 'shop.orders', '--mesh', folder);
    expect([code, stdout]).toEqual([0, expect.stringContaining('shop-aws → aws-1 → azure-1 → warehouse-azure\n')]);
    const json = await weft('explain', 'shop.orders', '--mesh', folder, '--from', 'warehouse/scanner', '--json');
    expect([json.code, JSON.parse(json.stdout)]).toEqual([
      1,
      expect.objectContaining({ address: 'shop.orders', nobody: [expect.stringContaining('no grant')] }),
    ]);
    expect(await weft('explain', 'shop.order', '--mesh', folder)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("did you mean 'shop.orders'?"),
    });
    expect(await weft('explain', 'shop.orders', '--mesh', folder, '--from', 'x')).toMatchObject({ code: 2 });
  });
});
