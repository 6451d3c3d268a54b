// GET-SCHEMA and GET-JSON-SCHEMA: the whole schema as data, in the shape in which Dispatch tells it.
import { type AmqpValue, int, toPlain } from '../../../amqp/values.ts';
import type { AttributeSpec, EntitySpec } from '../../../schema/attribute.ts';
import type { EntityTypes } from '../entity-types.ts';
import type { Operation } from '../operations.ts';
import { ok } from '../reply.ts';
import { numberOf } from '../request.ts';

export function describeSchema(types: EntityTypes): [string, Operation][] {
  const schema = (): Map<AmqpValue, AmqpValue> => schemaOf(types);
  return [
    ['GET-SCHEMA', (_request, answer) => answer(ok(schema()))],
    [
      'GET-JSON-SCHEMA',
      (request, answer) => {
        const indent = numberOf(request, 'indent') ?? 0;
        answer(ok(JSON.stringify(toPlain(schema()), null, Math.min(Math.max(indent, 0), 10))));
      },
    ],
  ];
}

function schemaOf(types: EntityTypes): Map<AmqpValue, AmqpValue> {
  return mapOf({
    prefix: types.prefix,
    entityTypes: mapOf(Object.fromEntries(types.specs.map((spec) => [nameIn(spec), describeEntity(types, spec)]))),
  });
}

/** As a configuration file calls what is configured of the routing: `address`. */
function nameIn({ name, section }: EntitySpec): string {
  return name.startsWith('router.config.') && section !== null ? section : name;
}

function describeEntity(types: EntityTypes, spec: EntitySpec): AmqpValue {
  const { type: _, ...attributes } = types.allAttributesOf(spec);
  return mapOf({
    attributes: mapOf(
      Object.fromEntries(Object.entries(attributes).map(([name, one]) => [name, describeAttribute(one)])),
    ),
    operations: spec.operations.length > 0 ? [...spec.operations] : null,
    description: spec.about,
    fullyQualifiedType: types.fullName(spec),
    deprecated: spec.deprecated ?? null,
    singleton: spec.singleton ?? null,
  });
}

function describeAttribute(spec: AttributeSpec): AmqpValue {
  return mapOf({
    type: spec.type === 'enum' ? [...(spec.values ?? [])] : spec.type,
    default: typeof spec.default === 'number' && spec.default !== 0 ? int(spec.default) : spec.default || null,
    required: spec.required ?? null,
    unique: spec.unique ?? null,
    deprecated: spec.deprecated ?? null,
    description: spec.about,
    graph: spec.statistic ?? null,
  });
}

/** What is null, false or empty text is left out. */
function mapOf(entries: Record<string, AmqpValue>): Map<AmqpValue, AmqpValue> {
  return new Map(Object.entries(entries).filter(([, value]) => value !== null && value !== false && value !== ''));
}
