// A vhost ready to judge: what of its rules can be worked out ahead is worked out here, when it is configured.
import type { PolicyEntity, VhostEntity } from '../schema/configuration.ts';
import { connectorGroup, defaultGroup, readVhost, type Vhost, type VhostGroup } from '../schema/vhost.ts';
import { HostRules, type LookUp } from './host-rules.ts';
import { type NameRules, sourcesOf, targetsOf } from './name-rules.ts';

export interface CompiledGroup {
  readonly settings: VhostGroup;
  readonly vhost: Vhost;
  readonly hosts: HostRules;
  readonly sources: NameRules;
  readonly targets: NameRules;
  /** Bytes, 0 = unlimited: of the group, else of the vhost, else of the policy. */
  readonly maxMessageSize: number;
  readonly maxConnectionsPerUser: number;
  readonly maxConnectionsPerHost: number;
}

export class CompiledVhost {
  readonly entity: VhostEntity;
  readonly vhost: Vhost;
  readonly #groups = new Map<string, CompiledGroup>();
  readonly #byUser = new Map<string, CompiledGroup>();

  private constructor(entity: VhostEntity, vhost: Vhost, policy: PolicyEntity, lookUp: LookUp) {
    this.entity = entity;
    this.vhost = vhost;
    for (const settings of vhost.groups.values()) {
      const group: CompiledGroup = {
        settings,
        vhost,
        hosts: new HostRules(settings.remoteHosts, lookUp),
        sources: sourcesOf(settings),
        targets: targetsOf(settings),
        maxMessageSize: settings.maxMessageSize ?? vhost.maxMessageSize ?? policy.maxMessageSize,
        maxConnectionsPerUser: settings.maxConnectionsPerUser ?? vhost.maxConnectionsPerUser,
        maxConnectionsPerHost: settings.maxConnectionsPerHost ?? vhost.maxConnectionsPerHost,
      };
      this.#groups.set(settings.name, group);
      // The group of outgoing connections is nobody's who comes in.
      if (settings.name !== connectorGroup) for (const user of settings.users) this.#byUser.set(user, group);
    }
  }

  /** Null, and what is wrong, when its rules cannot be meant. */
  static compile(
    entity: VhostEntity,
    policy: PolicyEntity,
    lookUp: LookUp,
  ): { compiled: CompiledVhost | null; errors: readonly string[] } {
    const { vhost, errors } = readVhost(entity);
    return { compiled: vhost === null ? null : new CompiledVhost(entity, vhost, policy, lookUp), errors };
  }

  /** By name, else the one of everybody else, else that of strangers; null when the user has none. */
  groupOf(user: string): CompiledGroup | null {
    // Nobody's name is `*`.
    const named = user === '*' ? undefined : this.#byUser.get(user);
    const stranger = this.vhost.allowUnknownUser ? this.#groups.get(defaultGroup) : undefined;
    return named ?? this.#byUser.get('*') ?? stranger ?? null;
  }

  /** What holds for connections that the router makes. */
  get forConnectors(): CompiledGroup | null {
    return this.#groups.get(connectorGroup) ?? null;
  }
}
