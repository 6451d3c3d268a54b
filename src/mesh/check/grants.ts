// Grants that nobody uses: what is allowed and not needed is better taken back.
import type { MeshFaults } from '../model/faults.ts';
import type { Mesh, Right } from '../model/mesh.ts';

export function checkGrants(mesh: Mesh, faults: MeshFaults): void {
  const used = usedRights(mesh);
  for (const grant of mesh.grants) {
    const { channel, to, rights, origin } = grant;
    if (channel.owner !== '' && teamOfGrantee(to) === channel.owner) {
      const message = `${to} is ${channel.owner}'s own, and ${channel.owner} owns ${channel.name}; the applications of the owner need no grant; remove it`;
      faults.warning('unused-grant', origin, message);
      continue;
    }
    const unused = [...rights].filter((right) => !used.has(keyOf(to, channel.name, right)));
    if (unused.length === 0) continue;
    const what = unused.map((right) => (right === 'publish' ? 'publishes' : 'subscribes')).join(' or ');
    const who = to.includes('/') ? `${to} nowhere ${what}` : `no application of ${to} ${what}`;
    const message = `${who} to ${channel.name}; grants are for what is used; remove it, or let the application declare it`;
    faults.warning('unused-grant', origin, message);
  }
}

/** What is used, once for the application and once for its team. */
function usedRights(mesh: Mesh): Set<string> {
  const used = new Set<string>();
  for (const { name, team, uses } of mesh.applications.values()) {
    for (const { channel, right } of uses)
      used.add(keyOf(name, channel.name, right)).add(keyOf(team, channel.name, right));
  }
  return used;
}

const keyOf = (to: string, channel: string, right: Right): string => `${to} ${right} ${channel}`;

const teamOfGrantee = (to: string): string => to.split('/', 1)[0] as string;
