// A section as written → an entity: its type found, its attributes by their present names and of their types.
// Values that have no effect, or must not be passed over, are told by `tellSupport`, which comes last: where a value is
// wrong in itself, that is what people want to hear.
import type { AttributeSpec, EntitySpec, PlainValue } from './attribute.ts';
import { coerce } from './coerce.ts';
import { defaultOf } from './defaults.ts';
import { entityOfSection, SECTIONS, TYPE_PREFIX } from './entities.ts';
import type { Faults, Place } from './faults.ts';
import { camelCase, suggestion } from './names.ts';
import type { RawEntry, RawSection } from './source.ts';

interface ReadAttribute {
  readonly value: PlainValue;
  /** Of the value. */
  readonly place: Place;
  /** Of its name. */
  readonly namePlace: Place;
}

export interface ReadEntity {
  readonly spec: EntitySpec;
  /** Of the head of the section. */
  readonly place: Place;
  /** By present name; holds also `name`, and nothing that was not written. */
  readonly attributes: ReadonlyMap<string, ReadAttribute>;
  /** Names that were written, even where the value was of no use. */
  readonly written: ReadonlySet<string>;
}

/** Where an attribute's value stands, or the section's head when it was not written. */
export function placeOf(entity: ReadEntity, attribute: string): Place {
  return entity.attributes.get(attribute)?.place ?? entity.place;
}

/** The attribute as text; '' when it was not written, or was of no use. */
export function textOf(entity: ReadEntity | undefined, attribute: string): string {
  return String(entity?.attributes.get(attribute)?.value ?? '');
}

/** Values by attribute, of those that can be configured. */
export function valuesOf(entity: ReadEntity): Record<string, PlainValue> {
  const configurable = [...entity.attributes].filter(([name]) => entity.spec.attributes[name]?.support !== 'shown');
  return Object.fromEntries(configurable.map(([name, { value }]) => [name, value]));
}

const NAME: AttributeSpec = {
  type: 'string',
  about: 'Name of the entity',
  unique: true,
  create: true,
  support: 'full',
};

/** Null when no entity of the configuration is meant. */
export function readEntity(section: RawSection, faults: Faults): ReadEntity | null {
  const spec = entityOfSection(section.name) ?? entityOfSection(camelCase(section.name));
  if (spec === null) {
    faults.error(section.place, `there is no section '${section.name}'${suggestion(section.name, SECTIONS)}`);
    return null;
  }
  if (spec.section === null) {
    const because = spec.because ?? 'management shows it';
    faults.error(section.place, `${spec.name} cannot be configured: ${because}`);
    return null;
  }
  const attributes = new Map<string, ReadAttribute>();
  const written = new Set<string>();
  for (const entry of section.entries) readAttribute(spec, entry, attributes, written, faults);
  const entity: ReadEntity = { spec, place: section.place, attributes, written };
  if (spec.support !== 'ignored') tellMissing(entity, faults);
  return entity;
}

function readAttribute(
  spec: EntitySpec,
  entry: RawEntry,
  attributes: Map<string, ReadAttribute>,
  written: Set<string>,
  faults: Faults,
): void {
  const name = presentName(spec, entry, faults);
  if (name === null) return;
  if (written.has(name)) {
    const former = attributeOf(spec, name)?.was;
    faults.error(entry.place, `${name} stands twice in this section${former ? ` (${former} is its former name)` : ''}`);
    return;
  }
  written.add(name);
  const attribute = attributeOf(spec, name) ?? NAME;
  const value = coerce(spec.name, name, attribute, entry.value, faults);
  if (value === undefined) return;
  if (attribute.support === 'shown' && value !== attribute.default) {
    faults.error(entry.place, `${name} of ${spec.section} cannot be configured: management shows it`);
    return;
  }
  attributes.set(name, { value, place: entry.value.place, namePlace: entry.place });
}

/** The attribute that is meant by a name as written: camel-cased, and a former name is the present one. Null when there is none. */
export function presentNameOf(spec: EntitySpec, key: string): string | null {
  const name = camelCase(key);
  if (name === 'name' || attributeOf(spec, name)) return name;
  return Object.keys(spec.attributes).find((candidate) => spec.attributes[candidate].was === name) ?? null;
}

/** The attribute's present name; null, and a fault, when there is none. */
function presentName(spec: EntitySpec, { key, place }: RawEntry, faults: Faults): string | null {
  const name = camelCase(key);
  const present = presentNameOf(spec, key);
  if (present === name) return name;
  if (name === 'type' || name === 'identity') {
    faults.error(place, `${name} cannot be configured: the router gives it`);
    return null;
  }
  if (present !== null) {
    faults.warning(place, `${name} is a former name; write ${present}`);
    return present;
  }
  const known = Object.keys(spec.attributes).filter((candidate) => spec.attributes[candidate].support !== 'shown');
  const did = suggestion(key, ['name', ...known]);
  const inManagement = `Unknown attribute '${key}' for '${TYPE_PREFIX}${spec.name}'${did}`;
  faults.error(place, `${spec.section} has no attribute '${key}'${did}`, inManagement);
  return null;
}

function attributeOf(spec: EntitySpec, name: string): AttributeSpec | null {
  return Object.hasOwn(spec.attributes, name) ? spec.attributes[name] : null;
}

function tellMissing(entity: ReadEntity, faults: Faults): void {
  for (const [name, attribute] of Object.entries(entity.spec.attributes)) {
    if (attribute.required && !entity.written.has(name)) {
      const what = `${name}: ${describe(attribute)}`;
      const inManagement = `Missing required attribute ${what} (of ${entity.spec.name})`;
      faults.error(entity.place, `this ${entity.spec.section} needs ${what}`, inManagement);
    }
  }
}

function describe(attribute: AttributeSpec): string {
  return attribute.values ? attribute.values.join(' or ') : attribute.about.toLowerCase();
}

/** Tells what of the entity Weft does not carry out: errors where that would touch security or routing, else warnings. */
export function tellSupport(entity: ReadEntity, faults: Faults): void {
  const { spec } = entity;
  if (spec.support === 'refused') faults.error(entity.place, `${spec.section}: ${spec.because}`);
  else if (spec.support === 'ignored') faults.warning(entity.place, `${spec.section} has no effect: ${spec.because}`);
  else for (const name of entity.attributes.keys()) tellAttributeSupport(entity, name, faults);
}

function tellAttributeSupport(entity: ReadEntity, name: string, faults: Faults): void {
  const attribute = attributeOf(entity.spec, name);
  const read = entity.attributes.get(name);
  if (attribute === null || read === undefined || read.value === defaultOf(attribute)) return;
  if (attribute.refusedValues?.includes(String(read.value))) {
    faults.error(read.place, `${name}: ${String(read.value)} is refused: ${attribute.because}`);
  } else if (attribute.support === 'refused') faults.error(read.namePlace, `${name} is refused: ${attribute.because}`);
  else if (attribute.support === 'ignored')
    faults.warning(read.namePlace, `${name} has no effect: ${attribute.because}`);
}
