// Declarations → the mesh: every name is looked up, and what cannot be found is told with the names there are.
import { applicationLengthMax, standbyCost } from '../limits.ts';
import { ChannelTable } from './channel-table.ts';
import { type ApplicationEntry, type Declarations, type Declared, unique } from './declarations.ts';
import { below, type MeshFaults } from './faults.ts';
import { Names } from './look-up.ts';
import type { Application, Channel, Environment, Grant, LinkPlan, Mesh, Right, Team, Use } from './mesh.ts';
import { channelAllowed, channelProblem, teamOf } from './names.ts';
import { environmentsOf, routersOf } from './resolve-routers.ts';

/** What has faults is left out of the mesh; it is of use only when there are none. */
export function resolveMesh(
  { name, operators }: Pick<Mesh, 'name' | 'operators'>,
  all: Declarations,
  faults: MeshFaults,
): Mesh {
  const look = new Names(all, faults);
  const declared = unique(all.environments, 'an environment', faults);
  const environments = environmentsOf(declared);
  const routers = routersOf(all, declared, look, faults);
  const teams = teamsOf(all);
  const channels = channelsOf(all, look, faults);
  const table = new ChannelTable(channels);
  const applications = applicationsOf(all, table, look, faults);
  const links = linksOf(all, environments, look, faults);
  const grants = grantsOf(all, channels, look);
  return { name, environments, routers, links, teams, channels, applications, grants, operators };
}

function teamsOf(all: Declarations): Map<string, Team> {
  const teams = new Map<string, Team>();
  // What the platform notes of a team and what the team says of itself are one; the platform's word comes first.
  for (const { name, entry, origin } of all.teams) {
    const before = teams.get(name);
    const description = before?.description || (entry.description ?? '');
    teams.set(name, {
      name,
      description,
      contact: before?.contact || (entry.contact ?? ''),
      origin: before?.origin ?? origin,
    });
  }
  return teams;
}

function channelsOf(all: Declarations, look: Names, faults: MeshFaults): Map<string, Channel> {
  const channels = new Map<string, Channel>();
  for (const { name, entry, origin } of unique(all.channels, 'a channel', faults).values()) {
    const problem = channelProblem(name);
    if (problem !== null) faults.fault('name', origin, `${problem}; ${channelAllowed}; rename it`, 'key');
    if (entry.owner !== undefined) look.check('teams', 'team', entry.owner, below(origin, 'owner'));
    const { match, distribution, owner = '', description = '', replies } = entry;
    channels.set(name, {
      name,
      isPrefix: match === 'prefix',
      distribution,
      owner,
      description,
      hasReplies: replies,
      origin,
    });
  }
  return channels;
}

function applicationsOf(
  all: Declarations,
  table: ChannelTable,
  look: Names,
  faults: MeshFaults,
): Map<string, Application> {
  const applications = new Map<string, Application>();
  for (const one of unique(all.applications, 'an application', faults).values()) {
    const { name, entry, origin } = one;
    const team = teamOf(name);
    look.check('teams', 'team', team, origin);
    if (name.length > applicationLengthMax) {
      const message = `${name} has ${name.length} characters; the name in a certificate has at most ${applicationLengthMax}; choose a shorter one`;
      faults.fault('name', origin, message, 'key');
    }
    look.check('environments', 'environment', entry.environment, below(origin, 'environment'));
    const uses = [...usesOf(one, 'publish', table, look), ...usesOf(one, 'subscribe', table, look)];
    const { environment, traffic } = entry;
    applications.set(name, { name, team, environment, uses, traffic, origin });
  }
  return applications;
}

function usesOf({ entry, origin }: Declared<ApplicationEntry>, right: Right, table: ChannelTable, look: Names): Use[] {
  const section = right === 'publish' ? 'publishes' : 'subscribes';
  return [...new Set(entry[section])].flatMap((address) => {
    const channel = table.find(address);
    const at = below(origin, section, entry[section].indexOf(address));
    if (channel !== null) return [{ right, address, channel, origin: at }];
    look.check('channels', 'channel', address, at);
    return [];
  });
}

function linksOf(
  all: Declarations,
  environments: ReadonlyMap<string, Environment>,
  look: Names,
  faults: MeshFaults,
): LinkPlan[] {
  const routers = new Map<string, string>();
  for (const { name, routers: ids } of environments.values()) for (const id of ids) routers.set(id, name);
  return all.links.map(({ entry, origin }) => {
    const { from, to, cost, standby } = entry;
    for (const [end, name] of [
      ['from', from],
      ['to', to],
    ] as const) {
      if (routers.has(name) || look.has('environments', name)) continue;
      look.tell(
        'environment or interior router',
        name,
        [...environments.keys(), ...routers.keys()],
        below(origin, end),
      );
    }
    const ends = [routers.get(from) ?? from, routers.get(to) ?? to];
    if (ends[0] === ends[1]) {
      const what = from === to ? `${from} is linked with itself` : `${from} and ${to} are both in ${ends[0]}`;
      faults.fault(
        'reference',
        below(origin, 'to'),
        `${what}; the routers of one environment are all linked anyway; remove the link`,
      );
    }
    return { from, to, cost: standby ? cost + standbyCost : cost, isStandby: standby, origin };
  });
}

function grantsOf(all: Declarations, channels: ReadonlyMap<string, Channel>, look: Names): Grant[] {
  return all.grants.flatMap(({ entry, origin }) => {
    const isApplication = entry.to.includes('/');
    look.check(
      isApplication ? 'applications' : 'teams',
      isApplication ? 'application' : 'team',
      entry.to,
      below(origin, 'to'),
    );
    const channel = channels.get(entry.channel);
    if (channel === undefined) {
      look.check('channels', 'channel', entry.channel, below(origin, 'channel'));
      return [];
    }
    return [{ channel, to: entry.to, rights: new Set([entry.may].flat()), origin }];
  });
}
