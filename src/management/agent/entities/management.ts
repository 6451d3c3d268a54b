// The management node itself, as an entity.
import { managementSpec } from '../../../schema/operational-entities.ts';
import { fixed } from '../columns.ts';
import type { EntityType } from '../entity-type.ts';
import type { EntityTypes } from '../entity-types.ts';

export function managementType(types: EntityTypes): EntityType<null> {
  return {
    spec: managementSpec,
    isCore: false,
    columns: [fixed('identity', 'self'), fixed('name', 'self'), fixed('type', types.fullName(managementSpec))],
    rows: () => [null],
    find: () => null,
  };
}
