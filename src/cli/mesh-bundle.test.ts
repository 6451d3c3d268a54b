// `weft mesh bundle`, and the bundle in the hands of an application team, with the routers of `weft up`.
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { issueAll } from '../pki/issue.ts';
import { WeftProcess, weft } from './testing/weft-process.ts';

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);

/** Every file with its mode and content; folders with their mode. */
async function contents(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const pairs = entries.map(async (entry): Promise<[string, string]> => {
    const path = join(entry.parentPath, entry.name);
    const mode = ((await stat(path)).mode & 0o777).toString(8);
    return [`${relative(dir, path)} ${mode}`, entry.isDirectory() ? '' : await readFile(path, 'utf8')];
  });
  return Object.fromEntries(await Promise.all(pairs));
}

describe('the folder', () => {
  const bundle = (application: string, ...words: string[]) =>
    weft('mesh', 'bundle', application, '--mesh', at('mesh'), '--pki', at('pki'), '--out', at('out'), ...words);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-bundle-'));
    expect(await weft('mesh', 'init', at('mesh'))).toMatchObject({ code: 0 });
    expect(await weft('pki', 'init', 'two-clouds', '--dir', at('pki'))).toMatchObject({ code: 0 });
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is for nobody else to read, holds the certificate of the application, and written twice is the same', async () => {
    const first = await bundle('warehouse/packing');
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(
        'warehouse/packing connects to warehouse-azure.azure.example.com:5671 and 2 more, and may use 4 channels',
      ),
      stderr: expect.stringMatching(/^issued app warehouse\/packing, good until /),
    });
    const before = await contents(at('out'));
    expect((await stat(at('out'))).mode & 0o777).toBe(0o700);
    const modes = Object.keys(before).map((name) => name.split(' ')[1]);
    expect([...new Set(modes)].sort()).toEqual(['600', '700']);
    for (const [name, source] of [
      ['ca.pem', 'ca.pem'],
      ['cert.pem', 'apps/warehouse/packing/cert.pem'],
      ['key.pem', 'apps/warehouse/packing/key.pem'],
    ]) {
      expect(before[`${name} 600`]).toBe(await readFile(at('pki', source as string), 'utf8'));
    }
    expect(before['samples/java/src/main/java/Sample.java 600']).toBe(
      await readFile('samples/java/src/main/java/Sample.java', 'utf8'),
    );
    expect(await bundle('warehouse/packing')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('0 new, 0 changed, 0 removed, 16 as they were'),
      stderr: '',
    });
    expect(await contents(at('out'))).toEqual(before);
  });

  test('follows the certificate; a sample that was changed is left, a file that is not ours is refused', async () => {
    await bundle('shop/web');
    await writeFile(at('out/samples/python/sample.py'), 'mine');
    expect(await weft('pki', 'issue', 'app', 'shop/web', '--renew', '--dir', at('pki'))).toMatchObject({ code: 0 });
    const renewed = await bundle('shop/web', '--json');
    expect(JSON.parse(renewed.stdout)).toMatchObject({
      changed: ['cert.pem', 'key.pem'],
      left: ['samples/python/sample.py'],
    });
    expect(renewed.stderr).toContain('sample.py was changed, and is left as it is');
    expect(await readFile(at('out/samples/python/sample.py'), 'utf8')).toBe('mine');

    await writeFile(at('out/connection.json'), '{}');
    expect(await bundle('shop/web')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /not written by weft mesh bundle, or changed since: .*connection.json; nothing was/,
      ),
    });
    expect(await bundle('shop/pricing')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds the bundle of shop/web'),
    });
  });

  test.each([
    ['shop/wob', [], 2, "did you mean 'shop/web'?"],
    ['shop/web', ['--up', 'x'], 2, 'give --up, or --mesh and --pki'],
  ])('%s %j is told in words', async (application, words, code, message) => {
    const result = await bundle(application, ...words);
    expect([result.code, result.stdout, result.stderr]).toEqual([code, '', expect.stringContaining(message)]);
  });

  test('a mesh with faults, no authority, one of another mesh, and no `weft up` are told', async () => {
    const other = (...words: string[]) => weft('mesh', 'bundle', 'shop/web', '--out', at('out'), ...words);
    expect(await other('--mesh', 'src/mesh/corpus/bad/overlaps.yaml')).toMatchObject({ code: 1 });
    expect(await other('--mesh', at('mesh'), '--pki', at('none'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no certificate authority in'),
    });
    await weft('pki', 'init', 'other', '--dir', at('other'));
    expect(await other('--mesh', at('mesh'), '--pki', at('other'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('of mesh other, not of two-clouds'),
    });
    expect(await other('--up', at('none'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not the folder of a `weft up`'),
    });
    expect(await readdir(folder)).not.toContain('out');
  });
});

describe('in use', () => {
  let up: WeftProcess;
  const dir = (application: string): string => at(application.replace('/', '-'));
  const operator = 'platform/console';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-bundle-'));
    await weft('mesh', 'init', at('mesh'));
    const platform = await readFile(at('mesh/mesh.yaml'), 'utf8');
    await writeFile(at('mesh/mesh.yaml'), `${platform}\noperators: [${operator}]\n`);
    up = new WeftProcess(['up', at('mesh'), '--dir', at('up')]);
    await up.printed(/certificates are in/);
    for (const application of ['shop/web', 'shop/pricing', 'warehouse/packing', operator]) {
      const written = await weft('mesh', 'bundle', application, '--up', at('up'), '--out', dir(application));
      expect(written, application).toMatchObject({ code: 0, stderr: '' });
    }
  });
  afterAll(async () => {
    up.signal('SIGTERM');
    await up.ended();
    await rm(folder, { recursive: true });
  });

  test('messages pass between two clouds, from a copy of the folder, too', async () => {
    await cp(dir('shop/web'), at('elsewhere'), { recursive: true });
    const receiving = new WeftProcess(['receive', '--bundle', dir('warehouse/packing'), 'shop.orders', '-n', '2']);
    expect(await weft('send', '--bundle', at('elsewhere'), 'shop.orders', 'an order', '-n', '2')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 accepted'),
    });
    expect([await receiving.ended(), receiving.stdout]).toEqual([0, 'an order\nan order\n']);
  });

  test('requests are answered', async () => {
    const serving = new WeftProcess(['receive', '--bundle', dir('shop/pricing'), 'shop.prices', '--echo', '-n', '1']);
    expect(
      await weft('send', '--bundle', dir('warehouse/packing'), 'shop.prices', 'how much', '--request'),
    ).toMatchObject({ code: 0, stdout: expect.stringContaining('how much\n') });
    expect(await serving.ended()).toBe(0);
  });

  test('the next endpoint is taken when one does not answer; when none does, all of them are told', async () => {
    const file = join(dir(operator), 'connection.json');
    const connection = JSON.parse(await readFile(file, 'utf8')) as { endpoints: object[] };
    const dead = { router: 'dead', host: 'localhost', port: 1 };
    await cp(dir(operator), at('moved'), { recursive: true });
    const write = (endpoints: object[]) =>
      writeFile(at('moved/connection.json'), JSON.stringify({ ...connection, endpoints }));
    await write([dead, ...connection.endpoints]);
    expect(await weft('stat', '--bundle', at('moved'), '-n')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/azure-2/),
    });
    await write([dead, { ...dead, router: 'dead too' }]);
    const told = /no endpoint of .*\ndead: .*localhost:1: .*ECONNREFUSED.*\ndead too: /;
    for (const words of [['stat'], ['send', 'shop.orders']]) {
      expect(await weft(...words, '--bundle', at('moved'))).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(told),
      });
    }
  });

  test('what the grants do not allow is refused, and only operators look at routers', async () => {
    expect(await weft('send', '--bundle', dir('shop/web'), 'warehouse.telemetry', 'x')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('amqp:unauthorized-access: link disallowed by local policy (rule targetPattern'),
    });
    for (const words of [['stat'], ['explain', 'shop.orders'], ['manage', 'query', '--type', 'router']]) {
      expect(await weft(...words, '--bundle', dir('shop/web'))).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('shop/web is no operator of the mesh'),
      });
    }
    expect(await weft('manage', 'query', '--type', 'router', 'id', '--bundle', dir(operator))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"aws-1"'),
    });
    expect(await weft('trace', 'shop.orders', '--bundle', dir(operator))).toMatchObject({
      stdout: expect.stringContaining('aws-1'),
    });
  });

  test.each([
    [['send', '--bundle', 'x', '-b', 'amqp://h', 'q'], 2, "'--bundle <dir>' cannot be used with option '-b"],
    [['stat', '--bundle', 'x', '--ssl-key', 'y'], 2, "'--bundle <dir>' cannot be used with option '--ssl-key"],
    [['send', '--bundle', 'x', 'amqp://h/q'], 2, 'give the address alone'],
    [['receive', '--bundle', 'x', 'q'], 1, 'cannot read x/connection.json: no such file or directory (ENOENT)'],
    [['explain', 'q', '--bundle', 'x', '--mesh', 'y'], 1, 'cannot read the mesh y'],
  ])('%j is told in words', async (words, code, message) => {
    const result = await weft(...words);
    expect([result.code, result.stdout, result.stderr]).toEqual([code, '', expect.stringContaining(message)]);
  });

  test('a certificate that has expired is told before a router is asked', async () => {
    for (const [from, to] of [
      ['up/pki', 'old-pki'],
      ['shop-web', 'expired'],
    ] as const)
      await cp(at(from), at(to), { recursive: true });
    const now = new Date(Date.now() - 40 * 86_400_000);
    await issueAll(at('old-pki'), [{ kind: 'app', name: 'shop/web' }], { now, days: 1, renew: true });
    for (const name of ['cert.pem', 'key.pem']) await cp(at('old-pki/apps/shop/web', name), at('expired', name));
    for (const words of [['stat'], ['send', 'shop.orders']]) {
      expect(await weft(...words, '--bundle', at('expired'))).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/the certificate of shop\/web .* expired on .*\nMake a new one/),
      });
    }
  });

  test('a certificate that is not of the authority in the folder is told before a router is asked', async () => {
    await cp(dir('shop/web'), at('foreign'), { recursive: true });
    await weft('pki', 'init', 'two-clouds', '--dir', at('other'));
    await weft('pki', 'issue', 'app', 'shop/web', '--dir', at('other'));
    for (const name of ['cert.pem', 'key.pem']) await cp(at('other/apps/shop/web', name), at('foreign', name));
    for (const words of [['stat'], ['send', 'shop.orders']]) {
      expect(await weft(...words, '--bundle', at('foreign'))).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/the certificate of shop\/web .* is not of an authority in .*\nMake a new one/),
      });
    }
  });
});
