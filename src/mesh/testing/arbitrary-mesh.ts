// Random meshes as files, most of them good: to try what holds for every mesh that the check accepts.
import fc from 'fast-check';
import type { MeshFiles } from '../model/read-mesh.ts';

const word = fc.constantFrom('orders', 'a.b', 'x/y', 'Eu.prices', 'q-1', '$own', 'a:b', 'ä.ö', 'log_s', "it's");
const distributions = fc.constantFrom('balanced', 'closest', 'multicast');

const environment = fc.record({
  routers: fc.constantFrom(2, 2, 3),
  directApplications: fc.constantFrom(true, true, false),
});
const channel = fc.record({ name: word, isPrefix: fc.boolean(), distribution: distributions, replies: fc.boolean() });
const team = fc.record({
  edges: fc.array(fc.nat(5), { maxLength: 3 }),
  channels: fc.uniqueArray(channel, { maxLength: 4, selector: ({ name }) => name }),
  applications: fc.array(
    fc.record({
      environment: fc.nat(5),
      uses: fc.array(fc.record({ channel: fc.nat(20), right: fc.nat(1) }), { maxLength: 5 }),
    }),
    { maxLength: 3 },
  ),
});

/** Costs are drawn low, so that many ways cost the same. */
export const arbitraryMesh: fc.Arbitrary<MeshFiles> = fc
  .record({
    environments: fc.array(environment, { minLength: 1, maxLength: 4 }),
    costs: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 10, maxLength: 10 }),
    standby: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
    isRing: fc.boolean(),
    teams: fc.array(team, { minLength: 1, maxLength: 3 }),
    hasOperator: fc.boolean(),
  })
  .map((drawn) => {
    const count = drawn.environments.length;
    const environments = Object.fromEntries(
      drawn.environments.map((one, at) => [
        `e${at}`,
        { ...one, routers: count === 1 ? 3 : one.routers, domain: `e${at}.example.com` },
      ]),
    );
    const links = [];
    for (let at = 1; at < count; at++)
      links.push({ from: `e${at}`, to: `e${at - 1}`, cost: drawn.costs[at], standby: drawn.standby[at] });
    if (drawn.isRing && count > 2) links.push({ from: 'e0', to: `e${count - 1}`, cost: drawn.costs[0] });
    const platform = {
      mesh: 'random',
      environments,
      links,
      operators: drawn.hasOperator ? ['ops/console', 't0/app0'] : [],
    };
    const channels = drawn.teams.flatMap((one, at) =>
      one.channels.map(({ name, isPrefix }) => ({ name: `t${at}.${name}`, isPrefix, owner: at })),
    );
    const teams = drawn.teams.map((one, at) => teamFile(one, at, count, channels, drawn.teams));
    const text = (value: object): string => JSON.stringify(value, null, 1);
    return {
      platform: { name: 'mesh.yaml', text: text(platform) },
      teams: teams.map((file, at) => ({ name: `teams/t${at}.yaml`, text: text(file) })),
      notFound: [],
    };
  });

type Drawn = typeof team extends fc.Arbitrary<infer T> ? T : never;
interface NamedChannel {
  readonly name: string;
  readonly isPrefix: boolean;
  readonly owner: number;
}

/** Every use is granted by its channel's owner, so that the check has nothing against it. */
function teamFile(
  one: Drawn,
  at: number,
  environments: number,
  channels: readonly NamedChannel[],
  teams: readonly Drawn[],
): object {
  const usesOf = (application: Drawn['applications'][number], right: number): string[] =>
    application.uses
      .filter((use) => use.right === right && channels.length > 0)
      .map((use) => {
        const { name, isPrefix } = channels[use.channel % channels.length] as NamedChannel;
        return isPrefix && use.channel % 2 === 1 ? `${name}.below` : name;
      });
  const grants = teams.flatMap((other, who) =>
    who === at
      ? []
      : other.applications.flatMap(({ uses }, index) =>
          uses.flatMap(({ channel: drawn, right }) => {
            const used = channels[drawn % Math.max(channels.length, 1)];
            if (used?.owner !== at) return [];
            return [
              {
                channel: used.name,
                to: drawn % 3 === 0 ? `t${who}` : `t${who}/app${index}`,
                may: right === 0 ? 'publish' : ['subscribe'],
              },
            ];
          }),
        ),
  );
  return {
    team: `t${at}`,
    edges: Object.fromEntries(
      one.edges.map((drawn, index) => [`t${at}-${index}`, { environment: `e${drawn % environments}` }]),
    ),
    channels: Object.fromEntries(
      one.channels.map(({ name, isPrefix, ...rest }) => [
        `t${at}.${name}`,
        { ...rest, match: isPrefix ? 'prefix' : 'exact' },
      ]),
    ),
    applications: Object.fromEntries(
      one.applications.map((application, index) => [
        `app${index}`,
        {
          environment: `e${application.environment % environments}`,
          publishes: usesOf(application, 0),
          subscribes: usesOf(application, 1),
        },
      ]),
    ),
    grants,
  };
}
