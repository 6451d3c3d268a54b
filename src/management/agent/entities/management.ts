// The management node itself, as an entity.
import { managementSpec } from '../../../schema/operational-entities.ts';
import { fixed } from '../columns.ts';
import type { EntityType } from '../entity-type.ts';
import type { EntityTypes } from '../entity-types.ts';

/** There is one, of which there is nothing to say. */
const itself = {};

export function managementType(types: EntityTypes): EntityType<object> {
  return {
    spec: managementSpec,
    isCore: false,
    columns: [fixed('identity', 'self'), fixed('name', 'self'), fixed('type', types.fullName(managementSpec))],
    rows: () => [itself],
    find: (name, identity) => ((identity ?? name) === 'self' ? itself : null),
  };
}
