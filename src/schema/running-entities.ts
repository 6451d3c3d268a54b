// Typed entities as if they had been read from a file: what the rules between entities look at. An attribute that has its
// default counts as not written.
import type { EntitySpec, PlainValue } from './attribute.ts';
import type { AddressEntity, Configuration } from './configuration.ts';
import { CONFIGURED_TYPES, type ListedEntity, listOf } from './configured-types.ts';
import { defaultOf } from './defaults.ts';
import { entityOfSection } from './entities.ts';
import type { Place } from './faults.ts';
import type { ReadEntity } from './read-entity.ts';

interface Named {
  readonly name: string;
  readonly identity: string;
}

/** The entities of a configuration, router and policy first, except `without`. Their places are made up, and each is another. */
export function entitiesOf(configuration: Configuration, without: ListedEntity | null = null): ReadEntity[] {
  let line = FIRST_LINE;
  const read = (type: string, entity: Named): ReadEntity =>
    asRead(entityOfSection(type) as EntitySpec, entity, { line: (line += LINES), column: 1 });
  return [
    read('router', configuration.router),
    read('policy', configuration.policy),
    ...Object.keys(CONFIGURED_TYPES).flatMap((type) =>
      listOf(configuration, type)
        .filter((entity) => entity !== without)
        .map((entity) => read(type, entity)),
    ),
  ];
}

/** Behind whatever a request says: faults at such places are of other entities. */
export const FIRST_LINE = 1_000_000;
/** More than an entity has attributes. */
const LINES = 1000;

/** One entity. Attributes stand in the lines that follow `place`. */
export function asRead(spec: EntitySpec, entity: Named, place: Place): ReadEntity {
  const values = Object.entries(spec.attributes).flatMap(([name, attribute]): [string, PlainValue][] => {
    const value = (entity as unknown as Record<string, PlainValue | undefined>)[name];
    const isSet = attribute.support !== 'shown' && value !== undefined && !isSame(value, defaultOf(attribute));
    return isSet ? [[name, value]] : [];
  });
  if (spec.name === 'router.config.address') values.push(...phasesOf(entity as AddressEntity, values));
  if (entity.name !== entity.identity) values.push(['name', entity.name]);
  const attributes = new Map(
    values.map(([name, value], index) => {
      const own = { line: place.line + index + 1, column: 1 };
      return [name, { value, place: own, namePlace: own }];
    }),
  );
  return { spec, place, attributes, written: new Set(attributes.keys()) };
}

/** They are given together: where one is not its default, the other one was written, too. */
function phasesOf(address: AddressEntity, values: readonly [string, PlainValue][]): [string, PlainValue][] {
  const given = values.filter(([name]) => name === 'ingressPhase' || name === 'egressPhase').map(([name]) => name);
  if (given.length !== 1) return [];
  const other = given[0] === 'ingressPhase' ? 'egressPhase' : 'ingressPhase';
  return [[other, address[other]]];
}

function isSame(a: PlainValue, b: PlainValue): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}
