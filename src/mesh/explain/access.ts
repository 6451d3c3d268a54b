// Whether an application may use a channel, and if not, which grant is missing and who gives it.
import { placeText } from '../model/declarations.ts';
import type { Application, Channel, Mesh, Right } from '../model/mesh.ts';
import { grantText, Rights } from '../model/rights.ts';
import type { MissingGrant, ParticipantExplanation } from './explanation.ts';

export class Access {
  readonly #mesh: Mesh;
  readonly #channel: Channel;
  readonly #rights: Rights;

  constructor(mesh: Mesh, channel: Channel) {
    this.#mesh = mesh;
    this.#channel = channel;
    this.#rights = new Rights(mesh);
  }

  of(
    application: Pick<Application, 'name' | 'team'>,
    right: Right,
  ): Pick<ParticipantExplanation, 'isAllowed' | 'because'> {
    const permission = this.#rights.permission(application, this.#channel, right);
    if (permission === 'owner') return { isAllowed: true, because: `owner: ${this.#channel.owner}` };
    if (permission === null) return { isAllowed: false, because: `no grant to ${right}` };
    return { isAllowed: true, because: `grant to ${permission.to} (${placeText(permission.origin)})` };
  }

  /** Empty when it has the right. */
  missing(application: Pick<Application, 'name' | 'team'>, right: Right): MissingGrant[] {
    if (this.#rights.permission(application, this.#channel, right) !== null) return [];
    const { name, owner, origin } = this.#channel;
    const contact = this.#mesh.teams.get(owner)?.contact ?? '';
    return [{ ...grantOf(application.name, right, name), owner, contact, file: origin.file.name }];
  }
}

/** As it stands in a file. */
export function grantOf(
  application: string,
  right: Right,
  channel: string,
): Pick<MissingGrant, 'application' | 'right' | 'channel' | 'grant'> {
  return { application, right, channel, grant: grantText(channel, application, right) };
}
