// The shapes in which entities.ts and its parts write the schema down, and the words they are written with.
// The schema is data: it drives the reading of configuration files, later also the management agent, `--help` and the
// reference documents. Names, types, defaults and flags are Dispatch's; the sentences are ours.

/** JSON-like values, as attributes of type map, list and properties hold them. */
export type PlainValue = string | number | boolean | null | readonly PlainValue[] | PlainMap;
export interface PlainMap {
  readonly [key: string]: PlainValue;
}

/** `properties` is a map whose keys are symbols on the wire, so ASCII. `entityId` refers to an entity by its identity. */
export type AttributeType =
  | 'string'
  | 'path'
  | 'entityId'
  | 'integer'
  | 'boolean'
  | 'list'
  | 'map'
  | 'properties'
  | 'enum';

/**
 * What Weft does today with an attribute that a configuration file sets to other than its default:
 * `full` carries it out; `refused` stops the start, because it touches security or routing; `ignored` warns;
 * `shown` is read-only, setting it is an error.
 */
type Support = 'full' | 'refused' | 'ignored' | 'shown';

export interface AttributeSpec {
  readonly type: AttributeType;
  readonly about: string;
  /** The members of an enumeration, in the order of their indices (an index is accepted for a member). */
  readonly values?: readonly string[];
  /** The default that Dispatch's schema shows. */
  readonly default?: string | number | boolean;
  /** What an attribute without `default` is in a typed entity when it is not configured (else '', 0, false or {}). */
  readonly unset?: string | number | boolean | null;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: true;
  readonly unique?: true;
  /** May be set in a configuration file and in a management CREATE. */
  readonly create?: true;
  /** May be changed by a management UPDATE. */
  readonly update?: true;
  /** A figure worth drawing over time. */
  readonly statistic?: true;
  /** Secret: never in logs, errors or differences. */
  readonly hidden?: true;
  readonly deprecated?: true;
  /** A former name, accepted with a warning. */
  readonly was?: string;
  /** Weft's own, unknown to Dispatch. */
  readonly weft?: true;
  /** A change in the configuration file can be taken over without a restart though the entity as a whole cannot. */
  readonly live?: true;
  readonly support: Support;
  /** Members of an enumeration that are refused although the attribute is carried out. */
  readonly refusedValues?: readonly string[];
  /** Why the attribute, or these values, are refused or ignored, and what to do instead. */
  readonly because?: string;
}

export interface EntitySpec {
  /** `listener`; the wire adds `org.apache.qpid.dispatch.` in front. */
  readonly name: string;
  /** The word for it in a configuration file; null when it cannot stand there. */
  readonly section: string | null;
  readonly about: string;
  readonly extends: 'entity' | 'configurationEntity' | 'operationalEntity' | 'org.amqp.management';
  readonly operations: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
  readonly singleton?: true;
  readonly referential?: true;
  readonly deprecated?: true;
  /** Keeps its own name on the wire, without the usual prefix. */
  readonly fullName?: true;
  /** Of the section as a whole: `refused` and `ignored` hold whatever its attributes say. */
  readonly support: Support;
  readonly because?: string;
}

type Extra = Partial<Omit<AttributeSpec, 'type' | 'about' | 'default'>>;

const settable = { create: true, support: 'full' } as const;

export function text(about: string, preset?: string, extra: Extra = {}): AttributeSpec {
  return { type: 'string', about, ...(preset === undefined ? {} : { default: preset }), ...settable, ...extra };
}

export function path(about: string, extra: Extra & { default?: string } = {}): AttributeSpec {
  return { type: 'path', about, ...settable, ...extra };
}

export function integer(about: string, preset?: number, extra: Extra = {}): AttributeSpec {
  return {
    type: 'integer',
    about,
    ...(preset === undefined ? {} : { default: preset }),
    minimum: 0,
    ...settable,
    ...extra,
  };
}

export function flag(about: string, preset?: boolean, extra: Extra = {}): AttributeSpec {
  return { type: 'boolean', about, ...(preset === undefined ? {} : { default: preset }), ...settable, ...extra };
}

export function choice(about: string, values: readonly string[], preset?: string, extra: Extra = {}): AttributeSpec {
  return { type: 'enum', about, values, ...(preset === undefined ? {} : { default: preset }), ...settable, ...extra };
}

export function structure(type: 'map' | 'list' | 'properties', about: string, extra: Extra = {}): AttributeSpec {
  return { type, about, ...settable, ...extra };
}

/** The same attribute, but a value other than the default stops the start. `because` says why and what to do instead. */
export function refused(attribute: AttributeSpec, because: string): AttributeSpec {
  return { ...attribute, support: 'refused', because };
}

/** The same attribute, but a value other than the default only causes a warning. */
export function ignored(attribute: AttributeSpec, because: string): AttributeSpec {
  return { ...attribute, support: 'ignored', because };
}

/** The same attribute, but fixed at creation by something else and changeable later. */
export function updatable(attribute: AttributeSpec): AttributeSpec {
  const { create: _, ...rest } = attribute;
  return { ...rest, update: true };
}

/** A read-only attribute. */
export function shown(type: AttributeType, about: string, extra: Extra & { default?: string } = {}): AttributeSpec {
  return { type, about, ...extra, support: 'shown' };
}

/** A read-only attribute with the members `values`. */
export function shownChoice(about: string, values: readonly string[], extra: Extra = {}): AttributeSpec {
  return { type: 'enum', about, values, ...extra, support: 'shown' };
}

/** A read-only figure that management shows and that is worth drawing. */
export function figure(about: string): AttributeSpec {
  return { type: 'integer', about, statistic: true, support: 'shown' };
}
