import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkFiles } from '../check/check-mesh.ts';
import { starterSources } from '../testing/starter-mesh.ts';
import { formatMeshFault } from './faults.ts';
import { includesOf, readMesh } from './read-mesh.ts';

const read = (text: string, ...teams: [string, string][]) =>
  readMesh({
    platform: { name: 'mesh.yaml', text },
    teams: teams.map(([name, team]) => ({ name, text: team })),
    notFound: [],
  });
const told = (text: string): string[] => read(text).faults.map(formatMeshFault);

const names = [
  'mesh',
  'team',
  'environments',
  'links',
  'teams',
  'edges',
  'channels',
  'applications',
  'grants',
  'include',
  'operators',
];
const keys = fc.constantFrom(
  ...names,
  'aws',
  'shop',
  'shop/web',
  'shop.orders',
  'routers',
  'from',
  'to',
  'uplinks',
  '__proto__',
  'constructor',
  '',
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('aws', 'shop', 'shop/web', 'shop.orders', 'aws-1', '', 2, -1, 1.5, true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

describe('whatever the files say', () => {
  test('it is told, with a place in the file', () => {
    fc.assert(
      fc.property(value, value, (platform, team) => {
        const files = {
          platform: { name: 'mesh.yaml', text: JSON.stringify(platform) },
          teams: [{ name: 'teams/shop.yaml', text: JSON.stringify(team) }],
          notFound: [],
        };
        const { mesh, faults } = checkFiles(files);
        if (mesh === null) expect(faults.length).toBeGreaterThan(0);
        for (const { line, column, message } of faults)
          expect([line >= 1, column >= 1, message === '']).toEqual([true, true, false]);
      }),
      { numRuns: 300 },
    );
  });

  test('a starter with bytes missing or doubled is read or told', () => {
    const { platform, teams, notFound } = starterSources();
    fc.assert(
      fc.property(fc.nat(platform.text.length), fc.nat(60), fc.boolean(), (at, length, isDoubled) => {
        const { text } = platform;
        const cut =
          text.slice(0, at) +
          (isDoubled ? text.slice(at, at + length) : '') +
          text.slice(at + (isDoubled ? 0 : length));
        const { mesh, faults } = checkFiles({ platform: { ...platform, text: cut }, teams, notFound });
        if (mesh === null) expect(faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });
});

test('places are those of the value, of the name, or of what should hold what is missing', () => {
  expect(told('mesh: m\nenvironments:\n  a:\n    routers: x\n    zone: y\nlinks:\n  - from: a\n')).toEqual([
    expect.stringMatching(/^mesh\.yaml:4:14 environments\.a\.routers: the value is 'x'; /),
    expect.stringMatching(/^mesh\.yaml:5:5 environments\.a\.zone: there is nothing of this name; /),
    expect.stringMatching(/^mesh\.yaml:7:5 links\[0\]\.to: to is missing; /),
  ]);
});

test('anchors work; one that is used without end is told', () => {
  expect(
    read('mesh: m\nenvironments:\n  a: &big { routers: 3 }\n  b: *big\n').mesh?.environments.get('b')?.routers.length,
  ).toBe(3);
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (let at = 0; at < 8; at++)
    bomb.push(`${'bcdefghi'[at]}: &${'bcdefghi'[at]} [${`*${'abcdefgh'[at]}, `.repeat(9)}]`);
  expect(told(bomb.join('\n'))).toEqual([expect.stringContaining('write out what the aliases stand for')]);
});

test('a byte that is no text, Windows line ends and tabs are told or taken', () => {
  expect(read('mesh: m\r\nenvironments:\r\n  a: { routers: 3 }\r\n').mesh?.name).toBe('m');
  expect(told('mesh: m\nenvironments:\n\ta: {}\n')).toEqual([
    expect.stringMatching(/^mesh\.yaml:3:1: this is not YAML: /),
  ]);
  expect(told('mesh: "m\0"\n').length).toBeGreaterThan(0);
});

test('includes are the patterns of the file, whatever else is wrong with it', () => {
  const of = (text: string) => includesOf({ name: 'm', text });
  expect(of('include: teams/*.yaml')).toEqual(['teams/*.yaml']);
  expect(of('include: [a, b, 1, ""]\nother: wrong')).toEqual(['a', 'b']);
  expect([of('include: { a: b }'), of(''), of('[}')]).toEqual([[], [], []]);
});

test('a team can name nothing that is not its own, whichever way it is written', () => {
  const platform = 'mesh: m\nenvironments: { home: { routers: 3 } }\nteams: { shop: { names: [legacy/queue] } }\n';
  const codes = (team: string): string[] => read(platform, ['teams/shop.yaml', team]).faults.map(({ code }) => code);
  expect(
    codes('team: shop\nchannels: { shop: {}, shop.x: {}, shop/y: {}, legacy.queue: {}, legacy/queue/z: {} }'),
  ).toEqual([]);
  for (const name of [
    'shopping',
    '/shopping/x',
    'legacy',
    'legacy/other',
    'amqp://host/other',
    'Shop.x',
    'shop.x:/other',
    'shop.x://h/other',
  ]) {
    expect([name, codes(`team: shop\nchannels: { "${name}": {} }`)]).toEqual([name, ['not-yours']]);
  }
  expect(codes('team: shop\nedges: { shop: { environment: home } }')).toEqual(['not-yours']);
});
