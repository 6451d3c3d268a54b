// GET-TYPES, GET-ATTRIBUTES, GET-OPERATIONS, GET-ANNOTATIONS: what there is, by type; of one type when the request names it.
import type { AmqpValue } from '../../../amqp/values.ts';
import type { EntitySpec } from '../../../schema/attribute.ts';
import type { EntityTypes } from '../entity-types.ts';
import type { Operation } from '../operations.ts';
import { ok, refused } from '../reply.ts';
import { entityTypeOf } from '../request.ts';

export function describeTypes(types: EntityTypes): [string, Operation][] {
  const operation =
    (tell: (spec: EntitySpec) => string[]): Operation =>
    (request, answer) => {
      const name = entityTypeOf(request);
      const one = name === null ? null : types.specOf(name);
      if (name !== null && one === null) return answer(refused(400, `No such entity type '${name}'`));
      const told = one === null ? types.specs : [one];
      answer(ok(new Map<AmqpValue, AmqpValue>(told.map((spec) => [types.fullName(spec), tell(spec)]))));
    };
  return [
    ['GET-TYPES', operation((spec) => types.basesOf(spec).map((base) => types.fullName(base)))],
    ['GET-ATTRIBUTES', operation((spec) => types.attributesOf(spec))],
    ['GET-OPERATIONS', operation((spec) => [...spec.operations])],
    ['GET-ANNOTATIONS', (_request, answer) => answer(ok(new Map()))],
  ];
}
