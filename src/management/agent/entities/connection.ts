// Connections: who is at the other end, how he has proved that, and since when.
import { type AmqpMap, type AmqpValue, asText, long, Scalar } from '../../../amqp/values.ts';
import { connectionSpec } from '../../../schema/operational-entities.ts';
import { updateConnection } from '../admin-status.ts';
import type { AgentPort, ManagedConnection } from '../agent-port.ts';
import { fixed, flag, none, text, uint, value } from '../columns.ts';
import type { EntityType } from '../entity-type.ts';
import { readEntity } from '../operations/read.ts';
import { forbidden } from '../reply.ts';
import { strengthOf } from '../tls-strength.ts';
import { findNamed, typeColumn } from '../type-name.ts';

export function connectionType(port: AgentPort): EntityType<ManagedConnection> {
  const { core } = port;
  const nameOf = ({ remote }: ManagedConnection): string => `connection/${remote}`;
  const type: EntityType<ManagedConnection> = {
    spec: connectionSpec,
    isCore: true,
    columns: [
      text('name', nameOf),
      text('identity', ({ id }) => String(id)),
      text('host', ({ remote }) => remote),
      text('role', ({ context }) => context.options.role),
      fixed('protocol', 'amqp'),
      text('dir', ({ isInitiator }) => (isInitiator ? 'out' : 'in')),
      text('container', ({ connection }) => connection.remoteContainerId || null),
      text('sasl', ({ connection }) => connection.mechanism || null),
      flag('isAuthenticated', ({ connection }) => connection.mechanism !== ''),
      text('user', userOf),
      flag('isEncrypted', ({ security }) => security !== null),
      text('sslProto', ({ security }) => security?.protocol ?? null),
      text('sslCipher', ({ security }) => security?.cipher ?? null),
      value('properties', propertiesOf),
      value('sslSsf', ({ security }) => long(security === null ? 0 : strengthOf(security.cipher))),
      none('tenant'),
      typeColumn(connectionSpec),
      flag('ssl', ({ security }) => security !== null),
      flag('opened', ({ connection }) => connection.isOpened),
      flag(
        'active',
        ({ context }) =>
          core.edge === null ||
          core.edge.uplink === null ||
          core.edge.uplink.context === context ||
          context.options.role !== 'edge',
      ),
      text('adminStatus', () => 'enabled'),
      text('operStatus', ({ connection }) => (connection.isOpened ? 'up' : 'closing')),
      uint('uptimeSeconds', ({ openedAtMs }) => Math.trunc((core.nowMs - openedAtMs) / 1000)),
      uint('lastDlvSeconds', (item) => lastDeliverySecondsOf(item)),
      flag('enableProtocolTrace', () => false),
    ],
    rows: () => rowsOf(port),
    find: (name, identity) =>
      findNamed(rowsOf(port), name, identity, (item) => ({ name: nameOf(item), identity: String(item.id) })),
    update: (item, request, answer) => {
      const refusal = updateConnection(port, item, request);
      answer(refusal ?? readEntity(type, item));
    },
    delete: (_item, _request, answer) => answer(forbidden),
  };
  return type;
}

/** Those that have opened: before, nobody is there. */
function rowsOf(port: AgentPort): ManagedConnection[] {
  return [...port.connections()].filter(({ remoteOpen }) => remoteOpen !== null);
}

function userOf({ connection, isInitiator }: ManagedConnection): string | null {
  if (isInitiator) return null;
  return connection.mechanism === '' || connection.mechanism === 'ANONYMOUS' ? 'anonymous' : connection.user;
}

/** Of the peer's Open: texts, symbols and ints; others are left out, as Dispatch does. */
function propertiesOf({ remoteOpen }: ManagedConnection): AmqpMap {
  const told: AmqpMap = new Map();
  for (const [key, item] of remoteOpen?.properties ?? []) {
    const name = asText(key);
    if (name !== null && isTold(item)) told.set(name, asText(item) ?? item);
  }
  return told;
}

function isTold(item: AmqpValue): boolean {
  return asText(item) !== null || (item instanceof Scalar && item.type === 'int');
}

function lastDeliverySecondsOf({ connection }: ManagedConnection): number | null {
  const { deliveredAtMs, clock } = connection;
  return deliveredAtMs < 0 ? null : Math.trunc((clock.nowMs - deliveredAtMs) / 1000);
}
