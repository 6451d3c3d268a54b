// Every name and host that the check accepts has a certificate of `weft pki`.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normaliseHosts } from '../../pki/hosts.ts';
import { initPki } from '../../pki/init.ts';
import { issueAll } from '../../pki/issue.ts';
import { limits as pkiLimits } from '../../pki/limits.ts';
import { applicationLengthMax, nameLengthMax } from '../limits.ts';
import type { MeshFiles } from '../model/read-mesh.ts';
import { hostNamesOf } from '../render/placement.ts';
import { checkFiles } from './check-mesh.ts';

/** Mostly good, so that a mesh with all of them is. */
const mostly = <T>(good: fc.Arbitrary<T>, ...odd: fc.Arbitrary<T>[]): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: good, weight: 8 * odd.length }, ...odd.map((arbitrary) => ({ arbitrary, weight: 1 })));
/** Of letters, digits and dashes, up to a little more than is allowed; and what is nearly a name. */
const label = mostly(
  fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/),
  fc
    .integer({ min: nameLengthMax - 4, max: nameLengthMax + 1 })
    .map((length) => `n${'-x'.repeat(40)}`.slice(0, length)),
  fc.constantFrom('a', 'A', 'a_b', 'a.b', '0a', 'a-', 'a--b', 'ä'),
);
/** Of an application: about half of what a certificate takes for both. */
const half = mostly(
  label,
  fc.integer({ min: 29, max: 34 }).map((length) => 'h'.repeat(length)),
);
const joined = (part: fc.Arbitrary<string>, minLength: number, maxLength: number, by: string) =>
  fc.array(part, { minLength, maxLength }).map((parts) => parts.join(by));
const host = fc.oneof(
  joined(label, 1, 5, '.'),
  joined(fc.constantFrom('0', '01', '7', '99', '100', '255', '256', '1000'), 4, 4, '.'),
  joined(fc.stringMatching(/^[0-9a-f]{0,4}$/), 2, 9, ':'),
  joined(fc.stringMatching(/^[0-9a-f]{1,4}$/), 8, 8, ':'),
  fc.constantFrom('::', '::1', '::ffff:1.2.3.4', 'fe80::1%eth0', '2001:db8::1', '2001:DB8:0:0:0:0:0:1', '1:2:3', ':::'),
  fc.constantFrom('a.1', '0x1', 'x.0x1', '10.0.0', 'a.b.', 'xn--mnchen-3ya.de', 'EU.Example.com'),
);
const team = fc.record({ name: half, applications: fc.uniqueArray(half, { minLength: 1, maxLength: 3 }) });
const named = fc.record({
  mesh: label,
  router: label,
  edge: label,
  host: fc.option(host, { nil: undefined }),
  domain: fc.option(mostly(fc.constant('x.example.com'), host), { nil: undefined }),
  teams: fc.uniqueArray(team, { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
  operators: fc.array(
    fc.tuple(label, label).map((words) => words.join('/')),
    { maxLength: 2 },
  ),
  isInTeamFiles: fc.boolean(),
});
type Named = typeof named extends fc.Arbitrary<infer T> ? T : never;

function filesOf({ mesh, router, edge, host: at, domain, teams, operators, isInTeamFiles }: Named): MeshFiles {
  const application = { environment: 'e' };
  const of = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, application]));
  const platform = {
    mesh,
    environments: {
      e: { routers: [{ id: router, host: at }, { id: 'second' }, { id: 'third' }], domain },
    },
    edges: { [edge]: { team: teams[0]?.name, environment: 'e' } },
    operators,
    ...(isInTeamFiles
      ? {}
      : {
          teams: Object.fromEntries(teams.map(({ name }) => [name, {}])),
          applications: Object.assign(
            {},
            ...teams.map(({ name, applications }) => of(applications.map((one) => `${name}/${one}`))),
          ),
        }),
  };
  return {
    platform: { name: 'mesh.yaml', text: JSON.stringify(platform) },
    teams: isInTeamFiles
      ? teams.map(({ name, applications }) => ({
          name: `teams/${name}.yaml`,
          text: JSON.stringify({ team: name, applications: of(applications) }),
        }))
      : [],
    notFound: [],
  };
}

test('what the check accepts is issued: routers with their hosts, applications, operators', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-certifiable-'));
  let round = 0;
  try {
    await fc.assert(
      fc.asyncProperty(named, async (drawn) => {
        const { mesh, faults } = checkFiles(filesOf(drawn));
        fc.pre(mesh !== null && faults.every(({ severity }) => severity !== 'fault'));
        if (mesh === null) return; // never: for the compiler
        const dir = join(folder, String(round++));
        await initPki(dir, { mesh: mesh.name });
        const routers = [...mesh.routers.values()].map((router) => ({
          ...{ kind: 'router' as const, name: router.id, hosts: hostNamesOf(router) },
        }));
        const applications = [...new Set([...mesh.applications.keys(), ...mesh.operators])];
        const issued = await issueAll(dir, [
          ...routers,
          ...applications.map((name) => ({ kind: 'app' as const, name })),
        ]);
        expect(issued.every(({ outcome }) => outcome === 'issued')).toBe(true);
      }),
      { numRuns: 10 }, // of meshes that are accepted: about every third one
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('every host that the check accepts is one for a certificate', () => {
  let accepted = 0;
  fc.assert(
    fc.property(host, (drawn) => {
      const text = `mesh: m\nenvironments: { e: { routers: [{ id: a, host: ${JSON.stringify(drawn)} }] } }\n`;
      const { mesh } = checkFiles({ platform: { name: 'mesh.yaml', text }, teams: [], notFound: [] });
      for (const router of mesh?.routers.values() ?? []) {
        accepted += 1;
        expect(normaliseHosts(hostNamesOf(router)).length).toBeGreaterThan(2);
      }
    }),
    { numRuns: 1_000 },
  );
  expect(accepted).toBeGreaterThan(200);
});

test('both rooms allow names of the same length', () => {
  expect([applicationLengthMax, nameLengthMax]).toEqual([pkiLimits.nameCharactersMax, pkiLimits.meshCharactersMax]);
});

test.each([false, true])(
  'a name that is too long for a certificate is told where it is written (in a team file: %s)',
  (isInTeamFiles) => {
    const name = 'n'.repeat(33);
    const { faults } = checkFiles(
      filesOf({
        ...{
          mesh: 'm',
          router: 'first',
          edge: 'edge',
          host: undefined,
          domain: undefined,
          operators: [],
          isInTeamFiles,
        },
        teams: [{ name, applications: [name.slice(1), name.slice(3)] }],
      }),
    );
    const told = faults.filter(({ severity }) => severity === 'fault');
    expect(told).toMatchObject([
      { code: 'name', path: expect.stringContaining(name.slice(1)), message: expect.stringMatching(/at most 64/) },
    ]);
  },
);
