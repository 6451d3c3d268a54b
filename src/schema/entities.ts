// Every type of entity, in the order of Dispatch's schema, and the ways to find one by name.
import { addressSpec, logSpec } from './address-and-log-entities.ts';
import type { EntitySpec } from './attribute.ts';
import { connectorSpec, listenerSpec } from './connection-entities.ts';
import * as operational from './operational-entities.ts';
import { routerSpec } from './router-entity.ts';
import * as routing from './routing-entities.ts';
import * as security from './security-entities.ts';

/** What stands in front of the names of Dispatch's types on the wire. */
export const TYPE_PREFIX = 'org.apache.qpid.dispatch.';

export const ENTITIES: readonly EntitySpec[] = [
  operational.orgAmqpManagementSpec,
  operational.managementSpec,
  routerSpec,
  security.sslProfileSpec,
  security.authServicePluginSpec,
  listenerSpec,
  connectorSpec,
  logSpec,
  operational.logStatsSpec,
  addressSpec,
  routing.linkRouteSpec,
  routing.autoLinkSpec,
  routing.exchangeSpec,
  routing.bindingSpec,
  operational.linkSpec,
  operational.addressStateSpec,
  operational.nodeSpec,
  operational.connectionSpec,
  operational.allocatorSpec,
  operational.consoleSpec,
  security.policySpec,
  security.vhostSpec,
  security.vhostUserGroupSettingsSpec,
  operational.vhostStatsSpec,
  routing.connectionLinkRouteSpec,
];

/** `router.config.address` → `org.apache.qpid.dispatch.router.config.address`. */
export function fullTypeName(entity: EntitySpec): string {
  return entity.fullName ? entity.name : TYPE_PREFIX + entity.name;
}

const bySection = new Map<string, EntitySpec>();
const byName = new Map<string, EntitySpec>();
for (const entity of ENTITIES) {
  if (entity.section !== null) bySection.set(entity.section, entity);
  byName.set(entity.name, entity).set(fullTypeName(entity), entity);
}

/** Words that may head a section of a configuration file. */
export const SECTIONS: readonly string[] = [...bySection.keys()];

/** The entity meant by the head of a section: its short word, its type name, or its full type name. */
export function entityOfSection(section: string): EntitySpec | null {
  return bySection.get(section) ?? byName.get(section) ?? null;
}
