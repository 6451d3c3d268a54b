// What changes between the configuration that runs and the one wanted, so that SIGHUP applies what it can and names the
// rest. Entities are the same when they have the same identity; addresses, whose identities only count them, when they
// have the same pattern.
import { readPattern } from './address-pattern.ts';
import type {
  AddressEntity,
  Configuration,
  ConnectorEntity,
  ListenerEntity,
  LogEntity,
  PolicyEntity,
  RouterEntity,
  SslProfileEntity,
  VhostEntity,
} from './configuration.ts';
import { routerSpec } from './router-entity.ts';

type ConfigurableEntity =
  | RouterEntity
  | SslProfileEntity
  | ListenerEntity
  | ConnectorEntity
  | AddressEntity
  | LogEntity
  | PolicyEntity
  | VhostEntity;

export interface Change {
  readonly kind: 'create' | 'delete' | 'change';
  /** `router`, `sslProfile`, `listener`, `connector`, `address`, `log`, `policy` or `vhost`. */
  readonly entityType: string;
  readonly name: string;
  /**
   * Whether it can be applied without a restart. A changed listener or connector is deleted and made anew: connections
   * that a listener took go on.
   */
  readonly live: boolean;
  /** Null when created. May hold secrets: never to be logged whole. */
  readonly before: ConfigurableEntity | null;
  /** Null when deleted. May hold secrets: never to be logged whole. */
  readonly after: ConfigurableEntity | null;
  /** Names of the attributes that differ; empty when created or deleted. */
  readonly attributes: readonly string[];
}

/** Deletions first, then changes, then creations: so a port is free before it is taken again. */
export function compareConfigurations(running: Configuration, wanted: Configuration): Change[] {
  const changes = [
    ...compareAll('router', [running.router], [wanted.router], () => ''),
    ...compareAll('sslProfile', running.sslProfiles, wanted.sslProfiles, ({ identity }) => identity),
    ...compareAll('listener', running.listeners, wanted.listeners, ({ identity }) => identity),
    ...compareAll('connector', running.connectors, wanted.connectors, ({ identity }) => identity),
    ...compareAll('address', running.addresses, wanted.addresses, normalPatternOf),
    ...compareAll('log', running.logs, wanted.logs, ({ module }) => module),
    ...compareAll('policy', [running.policy], [wanted.policy], () => ''),
    ...compareAll('vhost', running.vhosts, wanted.vhosts, ({ hostname }) => hostname),
  ];
  const order = ['delete', 'change', 'create'];
  return changes.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function compareAll<T extends ConfigurableEntity>(
  entityType: string,
  running: readonly T[],
  wanted: readonly T[],
  keyOf: (entity: T) => string,
): Change[] {
  const changes: Change[] = [];
  const left = new Map(running.map((entity) => [keyOf(entity), entity]));
  for (const after of wanted) {
    const before = left.get(keyOf(after)) ?? null;
    left.delete(keyOf(after));
    const attributes = before === null ? [] : differingAttributes(before, after);
    const live = entityType !== 'router' || attributes.every(isLive);
    if (before === null)
      changes.push({ kind: 'create', entityType, name: after.name, live, before, after, attributes });
    else if (attributes.length > 0) {
      changes.push({ kind: 'change', entityType, name: after.name, live, before, after, attributes });
    }
  }
  for (const before of left.values()) {
    changes.push({ kind: 'delete', entityType, name: before.name, live: true, before, after: null, attributes: [] });
  }
  return changes;
}

/** Identities only count; a name that is the identity was not configured. */
function differingAttributes(before: ConfigurableEntity, after: ConfigurableEntity): string[] {
  const a = { ...before, identity: '', name: before.name === before.identity ? '' : before.name };
  const b: object = { ...after, identity: '', name: after.name === after.identity ? '' : after.name };
  return Object.keys(b).filter(
    (name) => JSON.stringify(a[name as keyof typeof a]) !== JSON.stringify(b[name as keyof typeof b]),
  );
}

/** What has no effect needs no restart either. */
function isLive(attribute: string): boolean {
  const spec = routerSpec.attributes[attribute];
  return spec === undefined || spec.live === true || spec.support === 'ignored';
}

function normalPatternOf(address: AddressEntity): string {
  const kind = address.prefix === null ? 'pattern' : 'prefix';
  const pattern = readPattern(kind, address[kind] ?? '');
  return typeof pattern === 'object' ? pattern.normal : pattern;
}
