// Types of which this router never has an entity. They are there so that tools which ask for them get an empty table, with the columns
// that Dispatch's has, and not an error.
import type { EntitySpec } from '../../../schema/attribute.ts';
import { consoleSpec } from '../../../schema/operational-entities.ts';
import * as routing from '../../../schema/routing-entities.ts';
import { authServicePluginSpec, vhostUserGroupSettingsSpec } from '../../../schema/security-entities.ts';
import { none } from '../columns.ts';
import type { EntityType } from '../entity-type.ts';

/** @param names columns in Dispatch's order; none: those of the schema */
function emptyType(spec: EntitySpec, names = '', more: Partial<EntityType<never>> = {}): EntityType<never> {
  const ofSchema = [...Object.keys(spec.attributes), 'name', 'identity', 'type'];
  const columns = names === '' ? ofSchema : names.split(' ');
  return {
    spec,
    isCore: names !== '',
    columns: columns.map((name) => none(name)),
    furtherColumns: ofSchema.filter((name) => !columns.includes(name)).map((name) => none(name)),
    rows: () => [],
    find: () => null,
    ...more,
  };
}

export function emptyTypes(): EntityType<never>[] {
  return [
    emptyType(authServicePluginSpec),
    emptyType(vhostUserGroupSettingsSpec),
    emptyType(
      routing.linkRouteSpec,
      'name identity type prefix distribution connection containerId direction dir operStatus pattern addExternalPrefix delExternalPrefix',
    ),
    emptyType(
      routing.autoLinkSpec,
      'name identity type address addr direction dir phase connection containerId externalAddress externalAddr linkRef operStatus lastError fallback',
    ),
    emptyType(
      routing.exchangeSpec,
      'name identity address phase alternateAddress alternatePhase matchMethod bindingCount receivedCount droppedCount forwardedCount divertedCount',
    ),
    emptyType(routing.bindingSpec, 'name identity exchangeName bindingKey nextHopAddress nextHopPhase matchedCount'),
    emptyType(routing.connectionLinkRouteSpec, 'name identity type pattern direction containerId'),
    emptyType(consoleSpec, '', { isForbidden: true }),
  ];
}
