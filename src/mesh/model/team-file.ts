// A team's file can touch nothing outside its own names: its edges are called TEAM-…, its channels begin with the name of the team (or
// further words that the platform gave it), it grants its own channels only. And it speaks for the team that it is named after, so that
// whoever may change teams/shop.yaml may change what is shop's, and nothing else.
import { stripAddress } from '../../address/address-key.ts';
import type { MeshFaults, Origin, Path } from './faults.ts';
import type { TeamFile } from './mesh-schema.ts';
import { channelProblem, isWithin } from './names.ts';
import type { YamlSource } from './yaml-source.ts';

/** `teams/shop.yaml` → `shop` */
export function teamOfFile(name: string): string {
  return (name.split(/[/\\]/).at(-1) ?? name).replace(/\.ya?ml$/i, '');
}

/** @param spaces first words of channels that the platform gave to the team beside its own name */
export function checkTeamFile(file: TeamFile, source: YamlSource, spaces: readonly string[], faults: MeshFaults): void {
  const at = (...path: Path): Origin => ({ file: source, path });
  const { team } = file;
  if (team !== teamOfFile(source.name)) {
    faults.fault(
      'not-yours',
      at('team'),
      `the file is called ${teamOfFile(source.name)} but speaks for team ${team}; a team's file is named after it; rename the file to ${team}.yaml`,
    );
  }
  for (const id of Object.keys(file.edges)) {
    if (id.startsWith(`${team}-`)) continue;
    faults.fault(
      'not-yours',
      at('edges', id),
      `'${id}' is not a name of team ${team}; its edges begin with ${team}-; rename it`,
      'key',
    );
  }
  const own = [team, ...spaces];
  // Also as routers read it: `shop.x:/warehouse.shipped` is the address warehouse.shipped to them.
  const isOwn = (channel: string): boolean =>
    [channel, stripAddress(channel)].every((name) => own.some((space) => isWithin(name, space)));
  const allowed = `its channels begin with ${own.map((space) => `${space}.`).join(' or ')}`;
  for (const channel of Object.keys(file.channels)) {
    if (isOwn(channel) || channelProblem(channel) !== null) continue;
    const advice = `rename it, or ask the platform for the name (teams.${team}.names)`;
    faults.fault(
      'not-yours',
      at('channels', channel),
      `'${channel}' is not a name of team ${team}; ${allowed}; ${advice}`,
      'key',
    );
  }
  file.grants.forEach((grant, index) => {
    if (grant === undefined || isOwn(grant.channel) || channelProblem(grant.channel) !== null) return;
    faults.fault(
      'not-yours',
      at('grants', index, 'channel'),
      `'${grant.channel}' is not a channel of team ${team}; a team grants its own channels; ask the owner of this one`,
    );
  });
}
