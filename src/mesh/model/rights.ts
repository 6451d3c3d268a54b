// Who may do what with which channel. All else is denied.
//
//   the applications of the owner   everything with the team's own channels
//   others                          what a grant to them, or to their team, allows
import type { Application, Channel, Grant, Mesh, Right } from './mesh.ts';

/** Why an application may: as one of the owner's, or by a grant. */
export type Permission = 'owner' | Grant;

export class Rights {
  readonly #granted = new Map<string, Grant[]>();
  readonly #owned = new Map<string, Channel[]>();

  constructor(mesh: Mesh) {
    for (const grant of mesh.grants) append(this.#granted, grant.to, grant);
    for (const channel of mesh.channels.values()) if (channel.owner !== '') append(this.#owned, channel.owner, channel);
  }

  /** The first grant to the application itself, else to its team. Null when it may not. */
  permission({ name, team }: Pick<Application, 'name' | 'team'>, channel: Channel, right: Right): Permission | null {
    if (channel.owner !== '' && channel.owner === team) return 'owner';
    for (const grantee of [name, team]) {
      for (const grant of this.#granted.get(grantee) ?? []) {
        if (grant.channel === channel && grant.rights.has(right)) return grant;
      }
    }
    return null;
  }

  /** Every channel that the application may use so, by name. */
  channels({ name, team }: Pick<Application, 'name' | 'team'>, right: Right): Channel[] {
    const channels = new Set(this.#owned.get(team) ?? []);
    for (const grantee of [name, team]) {
      for (const grant of this.#granted.get(grantee) ?? []) if (grant.rights.has(right)) channels.add(grant.channel);
    }
    return [...channels].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** A grant as it stands in a file. */
export function grantText(channel: string, to: string, right: Right): string {
  const isPlain = /^[A-Za-z_$][\w./$-]*$/.test(channel) && !/^(?:true|false|null)$/i.test(channel);
  return `{ channel: ${isPlain ? channel : JSON.stringify(channel)}, to: ${to}, may: ${right} }`;
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
