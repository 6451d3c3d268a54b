// The Open that this router sends (§2.7.1), with the properties that Dispatch's tools and peers look for.
import { Open } from '../amqp/performatives.ts';
import { type AmqpMap, type AmqpValue, int, symbol } from '../amqp/values.ts';
import { streamsCapability } from '../core/edge/names.ts';
import type { PlainMap, PlainValue } from '../schema/attribute.ts';
import type { ConnectorEntity, ListenerEntity } from '../schema/configuration.ts';
import { parseFailoverUrls } from '../schema/failover-urls.ts';
import { isBetweenRouters } from './mesh.ts';

const product = 'weft-router';

export interface OpenIdentity {
  readonly routerId: string;
  readonly version: string;
}

const capabilities = ['ANONYMOUS-RELAY', streamsCapability];

/** `hostname`: the host that was dialled; a listening side names none. */
export function makeOpen(
  identity: OpenIdentity,
  entity: ListenerEntity | ConnectorEntity,
  connectionId: number,
  hostname: string | null,
): Open {
  const properties: AmqpMap = new Map<AmqpValue, AmqpValue>([
    [symbol('product'), product],
    [symbol('version'), identity.version],
    [symbol('qd.conn-id'), int(connectionId)],
  ]);
  if (isBetweenRouters(entity)) {
    if (entity.role === 'inter-router' && entity.cost > 1)
      properties.set(symbol('qd.inter-router-cost'), int(entity.cost));
    properties.set(symbol('qd.annotations-version'), int(1));
  }
  for (const [key, value] of Object.entries(entity.openProperties as PlainMap))
    properties.set(symbol(key), plainValue(value));
  const failover = 'socketAddressFamily' in entity ? failoverServers(entity.failoverUrls) : [];
  if (failover.length > 0) properties.set(symbol('failover-server-list'), failover);
  return new Open({
    containerId: identity.routerId,
    hostname,
    maxFrameSize: entity.maxFrameSize,
    channelMax: entity.maxSessions - 1,
    // Half of what we wait for, so that a peer that heeds it is never late (§2.4.5).
    idleTimeOut: Math.trunc(idleTimeoutMsOf(entity) / 2) || null,
    offeredCapabilities: capabilities,
    desiredCapabilities: capabilities,
    properties,
  });
}

/** Silence after which a connection is lost; 0 is never. */
export function idleTimeoutMsOf(entity: ListenerEntity | ConnectorEntity): number {
  return isBetweenRouters(entity) ? entity.routerIdleTimeoutMs : entity.idleTimeoutSeconds * 1000;
}

function failoverServers(text: string): AmqpMap[] {
  return parseFailoverUrls(text).urls.map(({ scheme, host, port }) => {
    const server: AmqpMap = new Map<AmqpValue, AmqpValue>([
      [symbol('network-host'), host],
      [symbol('port'), port],
    ]);
    if (scheme !== '') server.set(symbol('scheme'), scheme);
    return server;
  });
}

/** Values of the configuration as AMQP values: text, numbers, booleans, lists and maps. */
function plainValue(value: PlainValue): AmqpValue {
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? int(value) : String(value);
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value === 'object' && value !== null) {
    return new Map<AmqpValue, AmqpValue>(
      Object.entries(value).map(([key, one]) => [key, plainValue(one as PlainValue)]),
    );
  }
  return value as AmqpValue;
}
