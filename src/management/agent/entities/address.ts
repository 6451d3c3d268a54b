// Addresses: who sends, who consumes, and what was carried.
import { ulong as ulongValue } from '../../../amqp/values.ts';
import type { Address } from '../../../core/address.ts';
import { ofRouteContainers } from '../../../core/figures.ts';
import { addressStateSpec } from '../../../schema/operational-entities.ts';
import type { AgentPort } from '../agent-port.ts';
import { integer, text, uint, ulong, value } from '../columns.ts';
import type { EntityType } from '../entity-type.ts';
import { typeColumn } from '../type-name.ts';

export function addressType({ core }: AgentPort): EntityType<Address> {
  const key = (address: Address): string => address.key;
  return {
    spec: addressStateSpec,
    isCore: true,
    columns: [
      text('name', key),
      text('identity', key),
      typeColumn(addressStateSpec),
      text('key', key),
      text('distribution', (address) => address.distribution),
      uint('inProcess', (address) => (address.isOwn ? address.consumers.length : 0)),
      uint('subscriberCount', (address) => (address.isOwn ? 0 : address.consumers.length)),
      uint('remoteCount', ({ remotes }) => remotes?.count ?? 0),
      uint('containerCount', () => 0),
      value('remoteHostRouters', ({ remotes }) => (remotes === null ? [] : [...remotes.routers].map(({ id }) => id))),
      ulong('deliveriesIngress', (address) => address.deliveriesIngress),
      ulong('deliveriesEgress', (address) => (address.isOwn ? 0 : address.deliveriesEgress)),
      ulong('deliveriesTransit', (address) => address.deliveriesTransit),
      ulong('deliveriesToContainer', (address) => (address.isOwn ? address.deliveriesEgress : 0)),
      ulong('deliveriesFromContainer', () => 0),
      ulong(
        'deliveriesEgressRouteContainer',
        (address) => address.toRouteContainers + ofRouteContainers(address.consumers),
      ),
      ulong(
        'deliveriesIngressRouteContainer',
        (address) => address.fromRouteContainers + ofRouteContainers(address.producers),
      ),
      value('transitOutstanding', outstandingOf),
      integer('trackedDeliveries', trackedOf),
      integer('priority', (address) => address.priority),
      ulong('deliveriesRedirectedToFallback', () => 0),
    ],
    rows: () => core.addresses.allAndOwn,
    find: (name, identity) => core.addresses.byKey(identity ?? name ?? '') ?? null,
  };
}

/** Deliveries under way to other routers whose outcome is awaited. */
function trackedOf({ remotes }: Address): number {
  let sum = 0;
  if (remotes !== null) for (const { outstanding } of remotes.ways) sum += outstanding;
  return sum;
}

/** Unsettled deliveries by neighbour; nothing for addresses that no other router has. */
function outstandingOf({ remotes }: Address) {
  if (remotes === null) return null;
  return [...remotes.ways].map(({ outstanding }) => ulongValue(outstanding));
}
