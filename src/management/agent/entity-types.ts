// Every type of entity, as data (src/schema) and as the agent serves it, in the order in which they are told.
import { type AttributeSpec, type EntitySpec, shown, text } from '../../schema/attribute.ts';
import { ENTITIES } from '../../schema/entities.ts';
import type { AgentPort } from './agent-port.ts';
import { addressType } from './entities/address.ts';
import { addressRuleType } from './entities/address-rule.ts';
import { allocatorType } from './entities/allocator.ts';
import { connectionType } from './entities/connection.ts';
import { emptyTypes } from './entities/empty.ts';
import { connectorType, listenerType } from './entities/endpoints.ts';
import { linkType } from './entities/link.ts';
import { logStatsType, logType } from './entities/log.ts';
import { managementType } from './entities/management.ts';
import { nodeType } from './entities/node.ts';
import { policyType, vhostStatsType, vhostType } from './entities/policy.ts';
import { routerType } from './entities/router.ts';
import { sslProfileType } from './entities/ssl-profile.ts';
import type { EntityType } from './entity-type.ts';

/** What stands in front of every name of a type on the wire; one dot follows. */
const prefix = 'org.apache.qpid.dispatch';

function base(name: 'entity' | 'configurationEntity' | 'operationalEntity', about: string): EntitySpec {
  const operations = name === 'entity' ? [] : ['READ'];
  return { name, section: null, about, extends: 'entity', operations, attributes: {}, support: 'shown' };
}

const entitySpec = base('entity', 'What all entities have in common');
const configurationSpec = base('configurationEntity', 'An entity that can be configured');
const operationalSpec = base('operationalEntity', 'An entity that management only shows');

/** What every type has beside its own attributes. */
const commonAttributes: Readonly<Record<string, AttributeSpec>> = {
  name: text('Name, given by whoever made it; else the identity', undefined, { unique: true }),
  identity: shown('string', 'Identity, given by the router', { unique: true }),
  type: text('Type of the entity', undefined, { required: true }),
};

/** Each type's columns only ever see its own items: which these are is of no matter from here on. */
function erased<Item>(type: EntityType<Item>): EntityType {
  return type as unknown as EntityType;
}

export class EntityTypes {
  readonly prefix = prefix;
  /** What is served, in order. */
  readonly all: readonly EntityType[];
  /** What is described, in order: also types without entities. */
  readonly specs: readonly EntitySpec[];
  readonly managementNode: EntitySpec;
  readonly #served = new Map<string, EntityType>();
  readonly #specs = new Map<string, EntitySpec>();

  constructor(port: AgentPort) {
    const [orgAmqpManagement, management, ...others] = ENTITIES as [EntitySpec, EntitySpec, ...EntitySpec[]];
    this.managementNode = management;
    this.specs = [entitySpec, orgAmqpManagement, management, configurationSpec, operationalSpec, ...others];
    for (const spec of this.specs) for (const name of this.#namesOf(spec)) this.#specs.set(name, spec);
    this.all = [
      erased(managementType(this)),
      erased(routerType(port)),
      erased(sslProfileType(port)),
      erased(listenerType(port)),
      erased(connectorType(port)),
      erased(logType(port)),
      erased(logStatsType(port)),
      erased(addressRuleType(port)),
      erased(linkType(port)),
      erased(addressType(port)),
      erased(nodeType(port)),
      erased(connectionType(port)),
      erased(allocatorType(port)),
      erased(policyType(port)),
      erased(vhostType(port)),
      erased(vhostStatsType(port)),
      ...emptyTypes().map((type) => erased(type)),
    ];
    for (const type of this.all) for (const name of this.#namesOf(type.spec)) this.#served.set(name, type);
    // The node is the one entity that the standard's own type has.
    for (const name of this.#namesOf(orgAmqpManagement)) this.#served.set(name, this.all[0] as EntityType);
  }

  #namesOf(spec: EntitySpec): string[] {
    return [spec.name, this.fullName(spec)];
  }

  /** The type with this name, short or long; null when there is none. */
  get(name: string): EntityType | null {
    return this.#served.get(name) ?? null;
  }

  specOf(name: string): EntitySpec | null {
    return this.#specs.get(name) ?? null;
  }

  fullName({ name }: EntitySpec): string {
    return `${prefix}.${name}`;
  }

  /** The types from which it takes over, the nearest first. */
  basesOf(spec: EntitySpec): EntitySpec[] {
    if (spec === entitySpec) return [];
    const next = this.#specs.get(spec.extends) ?? entitySpec;
    return [next, ...this.basesOf(next)];
  }

  /** Names of all attributes, its own first. */
  attributesOf(spec: EntitySpec): string[] {
    return Object.keys(this.allAttributesOf(spec));
  }

  allAttributesOf(spec: EntitySpec): Record<string, AttributeSpec> {
    return { ...spec.attributes, ...commonAttributes };
  }
}
