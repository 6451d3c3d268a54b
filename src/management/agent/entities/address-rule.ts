// How addresses are configured: prefixes and patterns, as Dispatch's core tells them.
import { addressSpec } from '../../../schema/address-and-log-entities.ts';
import type { AddressEntity } from '../../../schema/configuration.ts';
import type { AgentPort } from '../agent-port.ts';
import { flag, integer, text } from '../columns.ts';
import { configurable } from '../configuration-changes.ts';
import type { EntityType } from '../entity-type.ts';
import { findNamed, typeColumn } from '../type-name.ts';

export function addressRuleType(port: AgentPort): EntityType<AddressEntity> {
  const fallback = (name: string) => flag<AddressEntity>(name, (rule) => rule.enableFallback);
  const type: EntityType<AddressEntity> = {
    spec: addressSpec,
    isCore: true,
    columns: [
      text('name', (rule) => rule.name),
      text('identity', (rule) => rule.identity),
      typeColumn(addressSpec),
      text('prefix', (rule) => rule.prefix),
      text('distribution', (rule) => rule.distribution),
      flag('waypoint', (rule) => rule.waypoint),
      integer('ingressPhase', (rule) => rule.ingressPhase),
      integer('egressPhase', (rule) => rule.egressPhase),
      text('pattern', (rule) => rule.pattern),
      integer('priority', (rule) => rule.priority),
      fallback('fallback'),
    ],
    furtherColumns: [fallback('enableFallback')],
    rows: () => [...port.configuration().addresses],
    find: (name, identity) => findNamed(port.configuration().addresses, name, identity, (rule) => rule),
  };
  return configurable(type, port);
}
