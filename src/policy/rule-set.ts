// All rules as they stand between two changes of them: who may connect where, and as a member of which group.
//
//   host name ─▶ (pattern) ─▶ vhost or alias, else the default vhost ─▶ group of the user ─▶ host allowed?
import { PatternTree } from '../address/pattern-tree.ts';
import type { PolicyEntity } from '../schema/configuration.ts';
import type { CompiledGroup, CompiledVhost } from './compiled-vhost.ts';
import type { Denial } from './denial.ts';

/** Who asks to be let in. */
export interface Applicant {
  readonly user: string;
  /** IP address; other texts only a `*` in remoteHosts allows. */
  readonly host: string;
  /** Of the listener's policyVhost or else of the Open, '' for none. */
  readonly hostname: string;
}

export class RuleSet {
  readonly policy: PolicyEntity;
  readonly vhosts: ReadonlyMap<string, CompiledVhost>;
  readonly #byAlias = new Map<string, CompiledVhost>();
  readonly #patterns: PatternTree<CompiledVhost> | null;

  constructor(policy: PolicyEntity, vhosts: ReadonlyMap<string, CompiledVhost>) {
    this.policy = policy;
    this.vhosts = vhosts;
    this.#patterns = policy.enableVhostNamePatterns ? new PatternTree() : null;
    for (const vhost of vhosts.values()) {
      this.#patterns?.insert(vhost.entity.hostname, vhost);
      for (const alias of vhost.vhost.aliases) {
        this.#byAlias.set(alias, vhost);
        this.#patterns?.insert(alias, vhost);
      }
    }
  }

  find(hostname: string): CompiledVhost | null {
    const known = hostname === '' ? undefined : this.#lookUp(hostname);
    return known ?? this.vhosts.get(this.policy.defaultVhost) ?? null;
  }

  #lookUp(hostname: string): CompiledVhost | undefined {
    return this.#patterns?.match(hostname) ?? this.vhosts.get(hostname) ?? this.#byAlias.get(hostname);
  }

  /** The group whose rules hold for the applicant, or why there is none. Connections are not counted here. */
  judge({ user, host, hostname }: Applicant): CompiledGroup | Denial {
    const found = this.find(hostname);
    if (found === null) {
      const { defaultVhost } = this.policy;
      const asked = hostname === '' ? 'no host name was given' : `there is no vhost ${JSON.stringify(hostname)}`;
      return denial('defaultVhost', '', '', `${asked}, and no default vhost ${JSON.stringify(defaultVhost)}`);
    }
    const { hostname: vhost } = found.vhost;
    const group = found.groupOf(user);
    if (group === null)
      return denial('users', vhost, '', `user ${JSON.stringify(user)} is in no group, and allowUnknownUser is off`);
    const { name } = group.settings;
    if (!group.hosts.allows(host)) return denial('remoteHosts', vhost, name, `remoteHosts does not hold ${host}`);
    return group;
  }

  /** The same for a connection that the router makes, by its connector's policyVhost. */
  judgeConnector(policyVhost: string): CompiledGroup | Denial {
    const found = this.#lookUp(policyVhost);
    if (found === undefined) return denial('policyVhost', '', '', `there is no vhost ${JSON.stringify(policyVhost)}`);
    const { hostname } = found.vhost;
    return found.forConnectors ?? denial('groups', hostname, '', 'it has no group "$connector"');
  }
}

export function isDenial(judged: CompiledGroup | Denial): judged is Denial {
  return 'rule' in judged;
}

function denial(rule: string, vhost: string, group: string, reason: string): Denial {
  return { rule, vhost, group, reason };
}
