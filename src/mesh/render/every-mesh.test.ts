// What holds for every mesh that the check accepts: its routers take their configurations, they make up the network that explain goes by,
// their policies allow what is granted, and nothing else, and a plan against them has nothing to change.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainRoutes } from '../../linkstate/testing/plain-paths.ts';
import { sourcesOf, targetsOf } from '../../policy/name-rules.ts';
import type { Configuration } from '../../schema/configuration.ts';
import { readConfiguration } from '../../schema/read-configuration.ts';
import { readVhost } from '../../schema/vhost.ts';
import { checkFiles } from '../check/check-mesh.ts';
import { explainChannel } from '../explain/explain.ts';
import type { Mesh } from '../model/mesh.ts';
import { Rights } from '../model/rights.ts';
import { planAgainstRunning } from '../plan/running-plan.ts';
import type { RunningRouter } from '../plan/running-router.ts';
import { arbitraryMesh } from '../testing/arbitrary-mesh.ts';
import { Endpoints } from '../topology/endpoints.ts';
import { routerLinksOf } from '../topology/router-links.ts';
import { Ways } from '../topology/ways.ts';
import { configurationsOf, type Engine, placementOf, type Target } from './rendering.ts';

/** Reads what is rendered; throws with what is wrong. */
function configurations(mesh: Mesh, target: Target, engine: Engine): Map<string, Configuration> {
  return new Map(
    configurationsOf(mesh, placementOf(mesh, target), engine).map(({ router, file, text }) => {
      const { configuration, faults } = readConfiguration(text, file);
      expect([file, faults]).toEqual([file, []]);
      return [router.id, configuration as Configuration];
    }),
  );
}

/** The link states that the routers come to, by who dials whom at which port of loopback. */
function linkStatesOf(all: ReadonlyMap<string, Configuration>): Map<string, Map<string, number>> {
  const linkStates = new Map<string, Map<string, number>>();
  const places = new Map<string, readonly [string, number]>();
  for (const [id, { router, listeners }] of all) {
    if (router.mode === 'interior') linkStates.set(id, new Map());
    for (const { host, port, role, cost } of listeners)
      if (role === 'inter-router' && host === '127.0.0.1') places.set(`localhost:${port}`, [id, cost]);
  }
  for (const [id, { connectors }] of all) {
    for (const { host, port, role, cost } of connectors) {
      if (role !== 'inter-router') continue;
      const [peer, theirs] = places.get(`${host}:${port}`) as readonly [string, number];
      linkStates.get(id)?.set(peer, Math.max(cost, theirs));
      linkStates.get(peer)?.set(id, Math.max(cost, theirs));
    }
  }
  return linkStates;
}

/** The way of a message: each router goes by its own next hop. */
function walk(linkStates: ReadonlyMap<string, Map<string, number>>, from: string, to: string): string[] {
  const hops = [from];
  for (let at = from; at !== to; hops.push(at)) at = plainRoutes(at, linkStates).nextHops.get(to) as string;
  return hops;
}

function checkWays(mesh: Mesh, all: ReadonlyMap<string, Configuration>): void {
  const linkStates = linkStatesOf(all);
  const interiorOf = (id: string): string => {
    const configuration = all.get(id) as Configuration;
    const [first] = configuration.connectors.filter(({ role }) => role === 'edge');
    return configuration.router.mode === 'interior' ? id : (first?.name as string);
  };
  const ways = new Ways(linkStates.keys(), routerLinksOf(mesh));
  for (const from of linkStates.keys()) {
    const { costs } = plainRoutes(from, linkStates);
    for (const to of linkStates.keys()) {
      expect([from, to, ways.find(from, to)]).toEqual([
        from,
        to,
        { hops: walk(linkStates, from, to), cost: from === to ? 0 : costs.get(to) },
      ]);
    }
  }
  for (const channel of mesh.channels.keys()) {
    for (const { hops, from, to } of explainChannel(mesh, channel).deliveries) {
      const [start = '', end = ''] = [hops[0], hops.at(-1)];
      const way = start === end ? [start] : walk(linkStates, interiorOf(start), interiorOf(end));
      const whole = [...new Set([start, ...way, end])];
      expect([channel, from, to, hops]).toEqual([channel, from, to, whole]);
    }
  }
}

function checkPolicies(mesh: Mesh, all: ReadonlyMap<string, Configuration>): void {
  const rights = new Rights(mesh);
  const endpoints = new Endpoints(mesh);
  for (const application of mesh.applications.values()) {
    for (const { id } of endpoints.of(application)) {
      const entity = all.get(id)?.vhosts.find(({ hostname }) => hostname === 'applications');
      const groups = [...((entity && readVhost(entity).vhost?.groups.values()) ?? [])];
      const own = groups.filter(({ users }) => users.includes(application.name));
      expect([id, application.name, own.length]).toEqual([id, application.name, 1]);
      for (const channel of mesh.channels.values()) {
        for (const [right, names] of [
          ['publish', targetsOf(own[0] as never)],
          ['subscribe', sourcesOf(own[0] as never)],
        ] as const) {
          const isAllowed = rights.permission(application, channel, right) !== null;
          const told = [application.name, right, channel.name];
          expect([...told, names.allows(channel.name, application.name)]).toEqual([...told, isAllowed]);
          expect([...told, names.allows(`${channel.name}.below`, application.name)]).toEqual([
            ...told,
            isAllowed && channel.isPrefix,
          ]);
        }
      }
    }
  }
}

/** As routers that run these configurations would tell of them. */
function runningOf(all: ReadonlyMap<string, Configuration>): RunningRouter[] {
  return [...all].map(([id, { router, listeners, connectors, addresses, vhosts, sslProfiles, policy }]) => ({
    id,
    mode: router.mode,
    tables: {
      listener: listeners,
      connector: connectors,
      address: addresses,
      vhost: vhosts,
      sslProfile: sslProfiles,
      policy: [policy],
    } as unknown as RunningRouter['tables'],
    links: [],
  }));
}

test('a mesh that the check accepts is rendered into routers that take it, with the ways of explain, the rights of the grants, and nothing left to plan', () => {
  let accepted = 0;
  const runs = 60;
  fc.assert(
    fc.property(arbitraryMesh, (files) => {
      const { mesh, faults } = checkFiles(files);
      if (mesh === null || faults.some(({ severity }) => severity === 'fault')) return;
      accepted += 1;
      for (const target of ['systemd', 'compose', 'kubernetes'] as const) configurations(mesh, target, 'weft');
      for (const engine of ['weft', 'qdrouterd'] as const) {
        const all = configurations(mesh, 'local', engine);
        checkWays(mesh, all);
        checkPolicies(mesh, all);
        const { changes, ways } = planAgainstRunning(mesh, runningOf(all), new Set(), placementOf(mesh, 'local'));
        expect([changes, ways.changed, ways.cut]).toEqual([[], 0, []]);
      }
    }),
    { numRuns: runs },
  );
  expect(accepted).toBeGreaterThan(runs / 4);
});
