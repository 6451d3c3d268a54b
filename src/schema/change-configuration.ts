// A running configuration with one entity made, changed or removed, by the rules that hold for files: the same types, defaults,
// former names, and checks between entities. What management's CREATE, UPDATE and DELETE come to.

import { LOG_MODULES } from './address-and-log-entities.ts';
import type { EntitySpec, PlainMap, PlainValue } from './attribute.ts';
import { type Configuration, makeLog } from './configuration.ts';
import { CONFIGURED_TYPES, type ListedEntity, listOf } from './configured-types.ts';
import { defaultOf } from './defaults.ts';
import type { EntityEdit } from './edit/edit-configuration.ts';
import { TYPE_PREFIX } from './entities.ts';
import { keyOf } from './entity-key.ts';
import { type Fault, Faults } from './faults.ts';
import { presentNameOf, type ReadEntity, readEntity, tellSupport, valuesOf } from './read-entity.ts';
import { asRead, entitiesOf, FIRST_LINE } from './running-entities.ts';
import type { RawEntry, RawValue } from './source.ts';
import { validate } from './validate.ts';

/** Attributes by whatever name a file may give them. null: as if it were not there; in an update "back to the default". */
export type ChangeRequest =
  | { readonly kind: 'create'; readonly spec: EntitySpec; readonly attributes: PlainMap }
  /** A log that has no section yet may be updated, too. */
  | { readonly kind: 'update'; readonly spec: EntitySpec; readonly identity: string; readonly attributes: PlainMap }
  | { readonly kind: 'delete'; readonly spec: EntitySpec; readonly identity: string };

export interface ChangedConfiguration {
  /** All entities but one are the very same objects. */
  readonly configuration: Configuration;
  readonly before: ListedEntity | null;
  readonly after: ListedEntity | null;
  /** The same change of the file. */
  readonly edit: EntityEdit;
  readonly warnings: readonly string[];
}

export interface ChangeRefusal {
  /** For people, in the words of Dispatch's agent where it has some. No secrets. */
  readonly reason: string;
}

/** @returns a refusal when the request, or the configuration that it would make, breaks a rule */
export function changeConfiguration(
  running: Configuration,
  request: ChangeRequest,
): ChangedConfiguration | ChangeRefusal {
  if (request.kind === 'create') return withChanged(running, request.spec, null, request.attributes);
  const entity = runningEntity(running, request.spec, request.identity);
  if (entity === null) return { reason: 'Not Found' }; // it has gone while the request waited for its turn
  if (request.kind === 'delete') return withoutEntity(running, request.spec, entity);
  const reason = notUpdatable(request.spec, entity, Object.entries(request.attributes));
  return reason === null ? withChanged(running, request.spec, entity, request.attributes) : { reason };
}

function runningEntity(running: Configuration, spec: EntitySpec, identity: string): ListedEntity | null {
  const found = listOf(running, spec.name).find((entity) => entity.identity === identity);
  if (found !== undefined || spec.name !== 'log') return found ?? null;
  return LOG_MODULES.map((module) => makeLog({ module })).find((log) => log.identity === identity) ?? null;
}

/** @param before null: it is made */
function withChanged(
  running: Configuration,
  spec: EntitySpec,
  before: ListedEntity | null,
  attributes: PlainMap,
): ChangedConfiguration | ChangeRefusal {
  const faults = new Faults('management');
  const entries = entriesOf(spec, before, attributes);
  const entity = readEntity({ name: spec.name, place: { line: 1, column: 1 }, entries }, faults);
  if (entity === null || faults.hasErrors) return { reason: reasonOf(faults) };
  validate([...entitiesOf(running, before), entity], faults);
  tellSupport(entity, faults);
  if (faults.hasErrors) return { reason: reasonOf(faults) };
  const after = typedOf(running, entity, before);
  const isListed = before !== null && listOf(running, spec.name).includes(before);
  return {
    configuration: withEntity(running, spec, before, after),
    before: isListed ? before : null,
    after,
    edit: isListed ? updateOf(spec, before, attributes, entity) : creationOf(spec, entity),
    warnings: faults
      .inOrder()
      .filter(({ line }) => line < FIRST_LINE)
      .map(({ message }) => message),
  };
}

function withoutEntity(
  running: Configuration,
  spec: EntitySpec,
  entity: ListedEntity,
): ChangedConfiguration | ChangeRefusal {
  const users = spec.name === 'sslProfile' ? usersOf(running, entity.name) : [];
  if (users.length > 0)
    return { reason: `sslProfile ${entity.name} is in use by ${users.join(', ')}; delete those first` };
  const configuration = withEntity(running, spec, entity, null);
  const faults = new Faults('management');
  validate(entitiesOf(configuration), faults);
  if (faults.hasErrors) return { reason: reasonOf(faults) };
  const edit: EntityEdit = { kind: 'delete', spec, key: keyOf(asRead(spec, entity, { line: 1, column: 1 })) };
  return { configuration, before: entity, after: null, edit, warnings: [] };
}

function usersOf({ listeners, connectors }: Configuration, profile: string): string[] {
  const named = (type: string, list: readonly { name: string; sslProfile: string }[]) =>
    list.filter(({ sslProfile }) => sslProfile === profile).map(({ name }) => `${type} ${name}`);
  return [...named('listener', listeners), ...named('connector', connectors)];
}

/** What may not be changed may still be said, as it is. */
function notUpdatable(spec: EntitySpec, entity: ListedEntity, given: readonly [string, PlainValue][]): string | null {
  const values = entity as unknown as Record<string, PlainValue>;
  for (const [key, value] of given) {
    const name = presentNameOf(spec, key);
    if (name === null || spec.attributes[name]?.update) continue;
    const present = name === 'name' ? entity.name : (values[name] ?? null);
    if (comparable(present) !== comparable(value))
      return `Cannot update attribute '${name}' of '${TYPE_PREFIX}${spec.name}'`;
  }
  return null;
}

/** What the entity consists of after the change, as sections of a file have it: each name and each value at a place of its own. */
function entriesOf(spec: EntitySpec, before: ListedEntity | null, attributes: PlainMap): RawEntry[] {
  const merged = new Map<string, PlainValue>();
  if (before !== null) {
    const changed = new Set(Object.keys(attributes).map((key) => presentNameOf(spec, key)));
    const read = asRead(spec, before, { line: 1, column: 1 });
    for (const [name, { value }] of read.attributes) if (!changed.has(name)) merged.set(name, value);
  }
  for (const [key, value] of Object.entries(attributes)) if (value !== null) merged.set(key, value);
  return [...merged].map(([key, value], index) => {
    const line = index * 2 + 2;
    return { key, place: { line, column: 1 }, value: rawOf(value, line + 1) };
  });
}

function rawOf(value: PlainValue, line: number): RawValue {
  const place = { line, column: 1 };
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => rawOf(item as PlainValue, line)), place };
  if (typeof value !== 'object' || value === null) {
    const scalar = value as string | number | boolean | null;
    return { kind: 'scalar', text: scalar === null ? '' : String(scalar), value: scalar, place };
  }
  const entries = Object.entries(value).map(([key, item]) => ({ key, place, value: rawOf(item as PlainValue, line) }));
  return { kind: 'map', entries, place };
}

/** Identities that only count stay; a new one is new. */
function typedOf(running: Configuration, entity: ReadEntity, before: ListedEntity | null): ListedEntity {
  const numbers = listOf(running, entity.spec.name).map(numberOf);
  const number = before === null ? Math.max(-1, ...numbers) + 1 : numberOf(before);
  return CONFIGURED_TYPES[entity.spec.name].make(valuesOf(entity), number);
}

/** The number at the end of its identity; -1 when there is none. */
function numberOf({ identity }: ListedEntity): number {
  return Number(/\d+$/.exec(identity)?.[0] ?? -1);
}

function withEntity(
  running: Configuration,
  spec: EntitySpec,
  before: ListedEntity | null,
  after: ListedEntity | null,
): Configuration {
  const { list } = CONFIGURED_TYPES[spec.name];
  const entities: ListedEntity[] = [...running[list]];
  const at = before === null ? -1 : entities.indexOf(before);
  if (at < 0 && after !== null) entities.push(after);
  else if (at >= 0) entities.splice(at, 1, ...(after === null ? [] : [after]));
  return { ...running, [list]: entities };
}

/** For the file: what was said, by present names and with values of the schema's types. */
function updateOf(spec: EntitySpec, before: ListedEntity, attributes: PlainMap, entity: ReadEntity): EntityEdit {
  const edits = new Map<string, PlainValue>();
  for (const key of Object.keys(attributes)) {
    const name = presentNameOf(spec, key) ?? key;
    const read = entity.attributes.get(name);
    edits.set(name, read === undefined || read.value === unwritable(spec, name) ? null : read.value);
  }
  return { kind: 'update', spec, key: keyOf(asRead(spec, before, { line: 1, column: 1 })), attributes: edits };
}

function creationOf(spec: EntitySpec, { attributes }: ReadEntity): EntityEdit {
  const written = [...attributes].filter(([name, { value }]) => value !== unwritable(spec, name));
  return { kind: 'create', spec, attributes: new Map(written.map(([name, { value }]) => [name, value])) };
}

/** A value that says "not configured" is not written. */
function unwritable(spec: EntitySpec, name: string): PlainValue | undefined {
  const attribute = spec.attributes[name];
  return attribute === undefined || attribute.default !== undefined ? undefined : defaultOf(attribute);
}

/** All errors in one line. */
function reasonOf(faults: Faults): string {
  const errors = faults.inOrder().filter(({ severity }) => severity === 'error');
  return errors.map(({ inManagement, message }: Fault) => inManagement ?? message).join('; ');
}

/** `5672` is the same as text and as a number. */
function comparable(value: PlainValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
