// Listeners and connectors, as they are configured.

import type { ConnectorEntity, ListenerEntity } from '../../../schema/configuration.ts';
import { connectorSpec, listenerSpec } from '../../../schema/connection-entities.ts';
import type { AgentPort } from '../agent-port.ts';
import { text } from '../columns.ts';
import { configurable } from '../configuration-changes.ts';
import { configuredColumns } from '../configured-columns.ts';
import type { Column, EntityType } from '../entity-type.ts';
import { findNamed } from '../type-name.ts';

const itself = <Item>(item: Item): Item => item;

export function listenerType(port: AgentPort): EntityType<ListenerEntity> {
  const type: EntityType<ListenerEntity> = {
    spec: listenerSpec,
    isCore: false,
    columns: configuredColumns<ListenerEntity>(listenerSpec),
    rows: () => [...port.configuration().listeners],
    find: (name, identity) => findNamed(port.configuration().listeners, name, identity, itself),
  };
  return configurable(type, port);
}

export function connectorType(port: AgentPort): EntityType<ConnectorEntity> {
  const status: Column<ConnectorEntity>[] = [
    text('connectionStatus', (connector) => port.connectorStatus(connector).status),
    text('failoverUrls', (connector) => port.connectorStatus(connector).urls || null),
    text('connectionMsg', (connector) => port.connectorStatus(connector).message),
  ];
  const type: EntityType<ConnectorEntity> = {
    spec: connectorSpec,
    isCore: false,
    columns: configuredColumns<ConnectorEntity>(connectorSpec, status),
    rows: () => [...port.configuration().connectors],
    find: (name, identity) => findNamed(port.configuration().connectors, name, identity, itself),
  };
  return configurable(type, port);
}
