import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
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
    expect(rest.at(-1)).toMatch(/: 5 faults and 1 warning$/);
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
      expect.objectContaining({
        address: 'shop.orders',
        verdict: expect.objectContaining({ cause: 'no-grant' }),
        missing: [expect.objectContaining({ application: 'warehouse/scanner', owner: 'shop' })],
      }),
    ]);
    expect(await weft('explain', 'shop.order', '--mesh', folder)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("did you mean 'shop.orders'?"),
    });
    expect(await weft('explain', 'shop.orders', '--mesh', folder, '--from', 'x')).toMatchObject({ code: 2 });
  });
});

describe('weft mesh render and weft mesh plan', () => {
  let out: string;
  beforeEach(async () => {
    out = join(folder, 'out');
    expect(await weft('mesh', 'init', folder)).toMatchObject({ code: 0 });
    expect(await render()).toMatchObject({ code: 0, stdout: expect.stringContaining(': 7 files: 7 new, 0 changed') });
  });
  const render = (...more: string[]) => weft('mesh', 'render', folder, '--target', 'local', '--out', out, ...more);
  const plan = (...more: string[]) => weft('mesh', 'plan', folder, '--against', out, ...more);
  const file = () => join(out, 'routers/aws-1.yaml');
  async function edit(name: string, from: string, to: string): Promise<void> {
    const text = await readFile(join(folder, name), 'utf8');
    expect(text).toContain(from);
    await writeFile(join(folder, name), text.replace(from, to));
  }

  test('rendering twice changes nothing; a change of the mesh changes what it has to', async () => {
    expect(await render()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('0 new, 0 changed, 0 removed, 7 as they were'),
    });
    expect(await plan()).toEqual({
      code: 0,
      stderr: '',
      stdout: `Nothing changes.\nNo file in ${out} would change.\n`,
    });
    await edit('mesh.yaml', 'routers: 2 # interior', 'routers: 3 # interior');
    const planned = await plan();
    expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining('+ router       aws-3\n')]);
    expect(await render()).toMatchObject({ code: 0, stdout: expect.stringContaining('8 files: 1 new, 5 changed') });
    await edit('mesh.yaml', 'routers: 3 # interior', 'routers: 2 # interior');
    expect(await render()).toMatchObject({ code: 0, stdout: expect.stringContaining('5 changed, 1 removed') });
    expect(await readdir(join(out, 'routers'))).not.toContain('aws-3.yaml');
  });

  test('a file that somebody has changed, or made, is left alone, and nothing is written', async () => {
    await writeFile(file(), 'mine');
    await edit('mesh.yaml', 'cost: 10', 'cost: 5');
    const before = await readFile(join(out, 'routers/azure-1.yaml'), 'utf8');
    const refused = await render();
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining(`or changed since: ${file()}; nothing was written`),
    ]);
    expect([await readFile(file(), 'utf8'), await readFile(join(out, 'routers/azure-1.yaml'), 'utf8')]).toEqual([
      'mine',
      before,
    ]);
    await rm(file());
    await symlink(join(folder, 'mesh.yaml'), file());
    expect(await render()).toMatchObject({ code: 1 });
    await rm(file());
    expect(await render()).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, 'mesh.yaml'), 'utf8')).toContain('mesh: two-clouds');
  });

  test('what takes away a right in use is planned with exit code 1, and rendered only when it is allowed', async () => {
    await edit(
      'teams/shop.yaml',
      '  - channel: shop.prices\n    to: warehouse/packing # one application\n    may: publish\n',
      '',
    );
    await edit('teams/warehouse.yaml', 'publishes: [warehouse.shipped, shop.prices]', 'publishes: [warehouse.shipped]');
    expect(await plan()).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('warehouse/packing publish shop.prices  IN USE\n'),
    });
    const refused = await render();
    expect([refused.code, refused.stdout, refused.stderr]).toEqual([
      1,
      '',
      expect.stringContaining('add --allow-removal'),
    ]);
    expect(await plan('--allow-removal', '--json')).toMatchObject({ code: 0 });
    expect(await render('--allow-removal')).toMatchObject({ code: 0 });
    expect(await plan()).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing changes.') });
  });

  test('a mesh with faults is not rendered; all of them are told', async () => {
    await edit('mesh.yaml', 'to: aws', 'to: asw');
    const { code, stdout, stderr } = await render();
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      expect.stringMatching(/mesh.yaml:\d+:\d+ links\[0\].to: there is no environment/),
    ]);
  });

  test.each([
    [['render', '--out', 'x'], 2, '--target'],
    [['render', '--target', 'vm', '--out', 'x'], 2, 'local, systemd, compose, kubernetes'],
    [['render', '--target', 'local'], 2, '--out'],
    [['render', '--target', 'local', '--out', 'x', '--image', 'y'], 2, '--image is for compose and kubernetes'],
    [['render', '--target', 'compose', '--engine', 'qdrouterd', '--out', 'x'], 2, 'name an image of qdrouterd'],
    [['plan'], 2, '--against'],
  ])('%j is wrong usage', async ([command = '', ...words], code, message) => {
    expect(await weft('mesh', command, folder, ...words)).toEqual({
      code,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });

  test('a folder of another target is refused, and one that was never rendered to has no plan', async () => {
    expect(await weft('mesh', 'render', folder, '--target', 'systemd', '--out', out)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds a mesh for local'),
    });
    expect(await weft('mesh', 'plan', folder, '--against', folder)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing that this version of Weft knows'),
    });
    await writeFile(join(out, '.weft/rendered.json'), '{');
    expect(await plan()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not a list of what weft mesh render wrote'),
    });
  });
});
