// Policy: its own figures, the vhosts as they are configured, and what each of them has let in and denied.
import type { AmqpValue } from '../../../amqp/values.ts';
import type { PolicyEntity, VhostEntity } from '../../../schema/configuration.ts';
import { vhostStatsSpec } from '../../../schema/operational-entities.ts';
import { policySpec, vhostSpec } from '../../../schema/security-entities.ts';
import type { AgentPort, VhostFigures } from '../agent-port.ts';
import { integer, text, value } from '../columns.ts';
import { configurable } from '../configuration-changes.ts';
import { configuredColumns } from '../configured-columns.ts';
import type { EntityType } from '../entity-type.ts';
import { findNamed, typeColumn } from '../type-name.ts';

export function policyType({ policy }: AgentPort): EntityType<PolicyEntity> {
  const figures = Object.keys(policySpec.attributes).filter((name) => policySpec.attributes[name]?.statistic);
  return {
    spec: policySpec,
    isCore: false,
    columns: configuredColumns<PolicyEntity>(
      policySpec,
      figures.map((name) => integer(name, () => policy.figures[name as keyof typeof policy.figures])),
    ),
    rows: () => [policy.entity],
    find: (name, identity) => findNamed([policy.entity], name, identity, (one) => one),
  };
}

export function vhostType(port: AgentPort): EntityType<VhostEntity> {
  const { policy } = port;
  const type: EntityType<VhostEntity> = {
    spec: vhostSpec,
    isCore: false,
    columns: configuredColumns<VhostEntity>(vhostSpec),
    rows: () => policy.vhosts,
    find: (name, identity) => findNamed(policy.vhosts, name, identity, (vhost) => vhost),
  };
  return configurable(type, port);
}

export function vhostStatsType({ policy }: AgentPort): EntityType<VhostFigures> {
  const nameOf = ({ hostname }: VhostFigures): string => `vhostStats/${hostname}`;
  return {
    spec: vhostStatsSpec,
    isCore: false,
    columns: [
      text('id', (one) => one.hostname),
      text('hostname', (one) => one.hostname),
      integer('connectionsApproved', (one) => one.connectionsApproved),
      integer('connectionsDenied', (one) => one.connectionsDenied),
      integer('connectionsCurrent', (one) => one.connectionsCurrent),
      value('perUserState', (one) => mapOf(one.perUserState)),
      value('perHostState', (one) => mapOf(one.perHostState)),
      integer('sessionDenied', (one) => one.sessionDenied),
      integer('senderDenied', (one) => one.senderDenied),
      integer('receiverDenied', (one) => one.receiverDenied),
      integer('maxMessageSizeDenied', (one) => one.maxMessageSizeDenied),
      text('name', nameOf),
      text('identity', nameOf),
      typeColumn(vhostStatsSpec),
    ],
    rows: () => policy.vhostStats,
    find: (name, identity) =>
      findNamed(policy.vhostStats, name, identity, (one) => ({ name: nameOf(one), identity: nameOf(one) })),
  };
}

function mapOf(lists: Readonly<Record<string, readonly string[]>>): AmqpValue {
  return new Map<AmqpValue, AmqpValue>(Object.entries(lists).map(([key, names]) => [key, [...names]]));
}
