import { describe, expect, test } from 'vitest';
import { formatMeshFault } from '../model/faults.ts';
import { starterFiles } from '../starter.ts';
import { corpus } from '../testing/corpus.ts';
import { checkFiles } from './check-mesh.ts';

const golden = (kind: string, name: string): string => `../corpus/${kind}/${name}.txt`;

describe('the corpus', () => {
  test.each(corpus('good'))('$name is good', ({ files }) => {
    const { mesh, faults } = checkFiles(files);
    expect([faults, mesh?.name]).toEqual([[], expect.any(String)]);
  });

  test.each(corpus('warned', 'bad'))('$name is told as before', async ({ kind, name, files }) => {
    const { faults } = checkFiles(files);
    const text = faults.map((fault) => `${formatMeshFault(fault)}\n`).join('');
    await expect(text).toMatchFileSnapshot(golden(kind, name));
    expect(faults.some(({ severity }) => severity === 'fault')).toBe(kind === 'bad');
  });

  test.each(corpus('warned', 'bad'))(
    '$name: every fault says what is wrong, what is allowed, what to do',
    ({ files }) => {
      for (const { message, code, path } of checkFiles(files).faults) {
        const parts = message.split('; ').length;
        // Of a file that is no YAML nothing is known but where it breaks.
        if (code !== 'syntax')
          expect([path, message, parts]).toEqual([path, message, expect.toSatisfy((n: number) => n >= 2)]);
      }
    },
  );
});

test('the starter has neither faults nor warnings', () => {
  const files = starterFiles();
  const sourceOf = (name: string) => ({ name, text: files.get(name) ?? '' });
  const teams = ['teams/shop.yaml', 'teams/warehouse.yaml'].map(sourceOf);
  const { mesh, faults } = checkFiles({ platform: sourceOf('mesh.yaml'), teams, notFound: [] });
  expect(faults).toEqual([]);
  expect([...(mesh?.routers.keys() ?? [])]).toEqual([
    'aws-1',
    'aws-2',
    'azure-1',
    'azure-2',
    'shop-aws',
    'warehouse-azure',
  ]);
});

describe('single failures', () => {
  const check = (environments: string, links = '[]'): string[] => {
    const text = `mesh: m\nenvironments: ${environments}\nlinks: ${links}\n`;
    const { faults } = checkFiles({ platform: { name: 'm', text }, teams: [], notFound: [] });
    return faults.filter(({ severity }) => severity === 'fault').map(({ message }) => message);
  };

  test('two clouds of two routers are safe: the four of them make a ring', () => {
    expect(check('{ a: { domain: a.x }, b: {} }', '[{ from: b, to: a }]')).toEqual([]);
  });

  test('two routers alone are not: their one connection parts them', () => {
    expect(check('{ a: {} }')).toEqual([expect.stringContaining('without the connection a-2:a-1')]);
    expect(check('{ a: { routers: 3 } }')).toEqual([]);
  });

  test('a ring of three clouds with single links is not: each link hangs on one router at either end', () => {
    const links = '[{ from: a-1, to: b-1 }, { from: b-1, to: c-1 }, { from: c-1, to: a-1 }]';
    const faults = check('{ a: { domain: a.x }, b: { domain: b.x }, c: { domain: c.x } }', links);
    for (const id of ['a', 'b', 'c'])
      expect(faults).toContainEqual(expect.stringContaining(`without ${id}-1, ${id}-2 is cut off`));
  });
});
