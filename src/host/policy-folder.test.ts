import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfigurationFile } from './configuration-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-policy-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A configuration file that names the folder, with these sections beside. */
async function configured(files: Record<string, unknown>, ...sections: unknown[]): Promise<string> {
  const policyDir = join(folder, 'vhosts');
  await mkdir(policyDir);
  for (const [name, content] of Object.entries(files)) await writeFile(join(policyDir, name), JSON.stringify(content));
  const path = join(folder, 'weft.json');
  await writeFile(path, JSON.stringify([['policy', { enableVhostPolicy: true, policyDir }], ...sections]));
  return path;
}

const vhost = (hostname: string, more: object = {}) => ['vhost', { hostname, ...more }];

test('vhosts of every .json file in the folder count, beside those of the configuration', async () => {
  const files = { 'b.json': [vhost('b')], 'a.json': [vhost('a'), ['listener', { port: 1 }]], 'c.txt': 'no' };
  const { configuration, warnings } = await readConfigurationFile(await configured(files, vhost('own')));
  expect(configuration.vhosts.map(({ hostname }) => hostname)).toEqual(['own', 'a', 'b']);
  expect(warnings).toEqual([
    expect.stringContaining('a.json:1:30: warning: listener has no effect here: files of policyDir hold vhosts'),
  ]);
});

test('what is wrong with one of the files stops the start, with file and line', async () => {
  const path = await configured({ 'a.json': [vhost('a', { groups: { g: { sources: 'x', sourcePattern: 'y' } } })] });
  await expect(readConfigurationFile(path)).rejects.toMatchObject({
    code: 'WEFT_CONFIGURATION_INVALID',
    message: expect.stringMatching(/a\.json:1:\d+: error: group 'g': sources and sourcePattern exclude each other/),
  });
});

test('a name that two files have stops the start', async () => {
  const path = await configured({ 'a.json': [vhost('a')], 'b.json': [vhost('b', { aliases: 'a' })] });
  await expect(readConfigurationFile(path)).rejects.toMatchObject({
    message: "error: vhost 'b': the alias 'a' is a name of the vhost 'a'",
  });
});

test('a folder that is not there stops the start', async () => {
  const path = join(folder, 'weft.json');
  await writeFile(path, JSON.stringify([['policy', { policyDir: join(folder, 'none') }]]));
  await expect(readConfigurationFile(path)).rejects.toMatchObject({
    code: 'WEFT_CONFIGURATION_UNREADABLE',
    message: expect.stringContaining('(policyDir)'),
  });
});
