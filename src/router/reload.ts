// A changed configuration on a running router (SIGHUP): what can be applied is, the rest is named.
import { type ChangeRequest, changeConfiguration } from '../schema/change-configuration.ts';
import { type Change, compareConfigurations } from '../schema/compare.ts';
import type { Configuration, ConnectorEntity, ListenerEntity } from '../schema/configuration.ts';
import type { ChangeOutcome } from './ports.ts';
import type { Router } from './router.ts';

/** Applies the differences; one line each. */
export function applyConfiguration(router: Router, wanted: Configuration): string[] {
  const changes = compareConfigurations(router.configuration, wanted);
  if (changes.length === 0) return ['the configuration has not changed'];
  const live = changes.filter((change) => change.live);
  // What needs a restart stays as it is, also in what later reloads compare with.
  const isRouterLive =
    live.some((change) => change.entityType === 'router') || !changes.some((change) => change.entityType === 'router');
  router.configuration = { ...wanted, router: isRouterLive ? wanted.router : router.configuration.router };
  const policyFaults = applyPolicy(router, wanted, live);
  for (const change of live) applyChange(router, change);
  router.configureAddresses();
  return [...changes.map(describe), ...policyFaults.map((fault) => `policy and vhosts stay as they were: ${fault}`)];
}

/** Rules for new connections and links; what is wrong with them all. */
function applyPolicy(router: Router, { policy, vhosts }: Configuration, live: readonly Change[]): readonly string[] {
  if (!live.some(({ entityType }) => entityType === 'vhost' || entityType === 'policy')) return [];
  return router.policy.configure(policy, vhosts);
}

/** One entity made, changed or removed, where no host keeps the configuration: there is no file, and nobody waits for ports. */
export function changeUnsaved(router: Router, request: ChangeRequest, saves: boolean): ChangeOutcome {
  const failed = (failure: string): ChangeOutcome => ({ failure, isRefusal: true, note: '', identity: '' });
  if (saves) return failed('cannot save: the router has no configuration file');
  const changed = changeConfiguration(router.configuration, request);
  if ('reason' in changed) return failed(changed.reason);
  applyConfiguration(router, changed.configuration);
  const identity = (changed.after ?? changed.before)?.identity ?? '';
  return { failure: '', isRefusal: false, note: 'not saved: it will not outlive a restart', identity };
}

function applyChange(router: Router, { entityType, before, after }: Change): void {
  if (entityType === 'listener') {
    if (before !== null) router.stopListener(before as ListenerEntity);
    if (after !== null) router.startListener(after as ListenerEntity);
  } else if (entityType === 'connector') {
    if (before !== null) router.stopConnector(before as ConnectorEntity);
    if (after !== null) router.startConnector(after as ConnectorEntity);
  }
}

function describe({ kind, entityType, name, live, attributes }: Change): string {
  // The names of policy and vhosts begin with their type, as Dispatch makes them.
  const what = entityType === 'policy' ? entityType : `${entityType} ${name.replace(/^vhost\//, '')}`;
  const which = attributes.length > 0 ? ` (${attributes.join(', ')})` : '';
  if (!live) return `${what}${which}: changed in the file, needs a restart`;
  return `${what}${which}: ${kind === 'create' ? 'created' : kind === 'delete' ? 'deleted' : 'changed'}`;
}
