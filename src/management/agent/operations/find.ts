// The entity that a READ, UPDATE or DELETE means: by type, name and identity.
import type { EntityType } from '../entity-type.ts';
import type { EntityTypes } from '../entity-types.ts';
import { forbidden, type Reply, refused } from '../reply.ts';
import { type Request, textOf } from '../request.ts';

export interface Found {
  readonly type: EntityType;
  readonly item: unknown;
}

/** The entity, or the reply that says why there is none. */
export function findEntity(types: EntityTypes, request: Request): Found | Reply {
  const typeName = textOf(request, 'type') ?? textOf(request, 'entityType');
  const name = textOf(request, 'name');
  const identity = textOf(request, 'identity');
  const type = typeName === null ? null : types.get(typeName);
  if (typeName !== null && type === null) return refused(400, `No such entity type '${typeName}'`);
  if (type?.isForbidden) return { ...forbidden, body: null };
  if (name === null && identity === null) return refused(400, 'No name or identity provided');
  // Those of which there may be very many are only looked for where they are named.
  for (const candidate of type === null ? types.all.filter(({ isCore }) => !isCore) : [type]) {
    const item = candidate.find(name, identity);
    if (item !== null) return { type: candidate, item };
  }
  return refused(404, type?.isCore ? 'Not Found' : `No entity with ${describe(name, identity)}`);
}

function describe(name: string | null, identity: string | null): string {
  return [name === null ? '' : `name=${name}`, identity === null ? '' : `identity=${identity}`]
    .filter((part) => part !== '')
    .join(', ');
}
