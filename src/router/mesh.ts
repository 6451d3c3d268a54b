// What makes this router one of many: its configuration as the mesh of the core needs it, and the cost of a connection.
import type { Open } from '../amqp/performatives.ts';
import { asNumber, lookup } from '../amqp/values.ts';
import type { LinkStateSettings } from '../linkstate/settings.ts';
import type { Configuration, ConnectorEntity, ListenerEntity } from '../schema/configuration.ts';
import type { HostPort } from './ports.ts';

/** The peer is another router. */
export function isBetweenRouters({ role }: ListenerEntity | ConnectorEntity): boolean {
  return role === 'inter-router' || role === 'edge';
}

/**
 * The instance is the wall time in milliseconds, so that a router that is back within the same second is told apart; its link states count
 * on from the second of its start.
 */
export function linkStateOf({ router }: Configuration, host: HostPort): LinkStateSettings {
  const wallTimeMs = host.wallTimeMs();
  const { helloIntervalSeconds, helloMaxAgeSeconds, raIntervalSeconds, raIntervalFluxSeconds } = router;
  return {
    routerId: router.id,
    instance: Math.max(1, Math.trunc(wallTimeMs)),
    firstSequence: Math.max(1, Math.trunc(wallTimeMs / 1000)),
    helloIntervalSeconds,
    helloMaxAgeSeconds,
    raIntervalSeconds,
    raIntervalFluxSeconds,
    remoteLsMaxAgeSeconds: router.remoteLsMaxAgeSeconds,
  };
}

/** The higher cost of what both ends want. */
export function costOf(entity: ListenerEntity | ConnectorEntity, { properties }: Open): number {
  const theirs = properties === null ? null : asNumber(lookup(properties, 'qd.inter-router-cost') ?? null);
  return Math.max(entity.cost, theirs ?? 1, 1);
}
