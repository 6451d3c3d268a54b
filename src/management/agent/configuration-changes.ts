// CREATE, UPDATE and DELETE of what is configured: the same for every type, since the schema says what may be said of it.
//
//   request ──attributes as plain values──▶ port.change ──(ports bound, files read, file saved)──▶ reply with the entity
//
// The application-property `persist` (true, or the text) asks for the configuration file to be changed, too. What else is to be said,
// such as that the change will not outlive a restart, stands in the reply's application-property `weft.note`.
import { type AmqpMap, type AmqpValue, asNumber, asText, lookup } from '../../amqp/values.ts';
import type { EntitySpec, PlainMap, PlainValue } from '../../schema/attribute.ts';
import type { ChangeRequest } from '../../schema/change-configuration.ts';
import { TYPE_PREFIX } from '../../schema/entities.ts';
import type { AgentPort, ChangeOutcome } from './agent-port.ts';
import type { EntityType } from './entity-type.ts';
import { encodeEntity } from './operations/read.ts';
import { type Answer, created, deleted, ok, type Reply, refused } from './reply.ts';
import { mapOf, type Request, textOf } from './request.ts';

interface Identified {
  readonly identity: string;
}

/** The operations that the schema has for a type, carried out by changes of the configuration. */
export function configurable<Item extends Identified>(type: EntityType<Item>, port: AgentPort): EntityType<Item> {
  const { spec } = type;
  const may = (operation: string): boolean => spec.operations.includes(operation);
  const entityOf = ({ identity }: ChangeOutcome) => {
    const item = type.find(null, identity);
    return item === null ? new Map() : encodeEntity(type, item);
  };
  return {
    ...type,
    ...(may('CREATE') && {
      create: (request: Request, answer: Answer) => {
        const attributes = attributesOf(spec, request);
        if (typeof attributes === 'string') return answer(refused(400, attributes, null));
        change(port, request, { kind: 'create', spec, attributes }, answer, (outcome) => created(entityOf(outcome)));
      },
    }),
    ...(may('UPDATE') && {
      update: ({ identity }: Item, request: Request, answer: Answer) => {
        const attributes = attributesOf(spec, request);
        if (typeof attributes === 'string') return answer(refused(400, attributes));
        change(port, request, { kind: 'update', spec, identity, attributes }, answer, (outcome) =>
          ok(entityOf(outcome)),
        );
      },
    }),
    ...(may('DELETE') && {
      delete: ({ identity }: Item, request: Request, answer: Answer) =>
        change(port, request, { kind: 'delete', spec, identity }, answer, () => deleted()),
    }),
  };
}

function change(
  port: AgentPort,
  request: Request,
  wanted: ChangeRequest,
  answer: Answer,
  done: (outcome: ChangeOutcome) => Reply,
): void {
  port.change(wanted, isPersistent(request), (outcome) => {
    const body = wanted.kind === 'create' ? null : new Map();
    const status = outcome.failure === 'Not Found' ? 404 : outcome.isRefusal ? 400 : 500;
    if (outcome.failure !== '') answer(refused(status, outcome.failure, body));
    else answer({ ...done(outcome), note: outcome.note });
  });
}

function isPersistent({ properties }: Request): boolean {
  const value = lookup(properties, 'persist') ?? null;
  return value === true || asText(value)?.toLowerCase() === 'true';
}

/** What the request says of the entity; or what is wrong with how it says it. `name` and `type` may stand in both of its places. */
function attributesOf(spec: EntitySpec, request: Request): PlainMap | string {
  const body = plainMap(mapOf(request));
  if (body === null) return 'The body is a map of names and values: texts, numbers, booleans, lists and maps';
  const { type, ...attributes } = body;
  if (type !== undefined && !isTypeName(spec, type)) return 'The type in the body is not that of the request';
  const name = request.operation === 'CREATE' ? textOf(request, 'name') : null;
  if (name === null) return attributes;
  if (attributes['name'] !== undefined && attributes['name'] !== name)
    return 'The name in the body is not that of the request';
  return { name, ...attributes };
}

function isTypeName({ name }: EntitySpec, type: PlainValue): boolean {
  return type === name || type === `${TYPE_PREFIX}${name}`;
}

/** Null: it holds what a configuration cannot. */
function plainMap(map: AmqpMap): PlainMap | null {
  const entries: [string, PlainValue][] = [];
  for (const [key, value] of map) {
    const name = asText(key);
    const plain = plainOf(value);
    if (name === null || plain === undefined) return null;
    entries.push([name, plain]);
  }
  return Object.fromEntries(entries);
}

function plainOf(value: AmqpValue): PlainValue | undefined {
  if (value === null || typeof value === 'boolean') return value;
  if (value instanceof Map) return plainMap(value) ?? undefined;
  if (!Array.isArray(value)) return asText(value) ?? asNumber(value) ?? undefined;
  const items = value.map(plainOf);
  return items.includes(undefined) ? undefined : (items as PlainValue[]);
}
