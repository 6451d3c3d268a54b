// A value as written → a value of the attribute's type, by Dispatch's rules: .conf files know only text, so `yes`, `5672`
// and the index of an enumeration's member mean what they say. What Dispatch would bend silently (3.7 to 3, anything to
// true) is a fault here.
import type { AttributeSpec, PlainMap, PlainValue } from './attribute.ts';
import type { Faults } from './faults.ts';
import { suggestion } from './names.ts';
import type { RawMap, RawScalar, RawValue } from './source.ts';

const TRUE = ['yes', 'true', 'on'];
const FALSE = ['no', 'false', 'off'];

/** The value, or undefined when it is of no use; the fault is told then. `entity` is the type that has the attribute, for people. */
export function coerce(
  entity: string,
  name: string,
  spec: AttributeSpec,
  raw: RawValue,
  faults: Faults,
): PlainValue | undefined {
  if (spec.type === 'map' || spec.type === 'properties' || spec.type === 'list') {
    if (raw.kind === (spec.type === 'list' ? 'list' : 'map')) return plainValue(raw, faults);
    faults.error(raw.place, `${name} is a ${spec.type === 'list' ? 'list' : 'map of names and values'}`);
    return undefined;
  }
  if (raw.kind !== 'scalar') {
    faults.error(raw.place, `${name} is one value, not a ${raw.kind}`);
    return undefined;
  }
  if (raw.value === null) {
    faults.error(raw.place, `${name} has no value; remove it to have its default`);
    return undefined;
  }
  if (spec.type === 'boolean') return toBoolean(name, raw, faults);
  if (spec.type === 'integer') return toInteger(name, spec, raw, faults);
  if (spec.type === 'enum') return toMember(entity, name, spec.values ?? [], raw, faults);
  return raw.text;
}

function toBoolean(name: string, raw: RawScalar, faults: Faults): boolean | undefined {
  if (typeof raw.value === 'boolean') return raw.value;
  const word = raw.text.toLowerCase();
  if (TRUE.includes(word)) return true;
  if (FALSE.includes(word)) return false;
  faults.error(raw.place, `${name} is yes or no (or true, on, false, off), not ${quoted(raw)}`);
  return undefined;
}

function toInteger(name: string, spec: AttributeSpec, raw: RawScalar, faults: Faults): number | undefined {
  const value = /^\s*[+-]?\d+\s*$/.test(raw.text) && typeof raw.value !== 'boolean' ? Number(raw.text) : Number.NaN;
  const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = spec;
  if (value >= minimum && value <= maximum) return value;
  const range = maximum === Number.MAX_SAFE_INTEGER ? `from ${minimum} on` : `from ${minimum} to ${maximum}`;
  faults.error(raw.place, `${name} is a whole number ${range}, not ${quoted(raw)}`);
  return undefined;
}

function toMember(
  entity: string,
  name: string,
  members: readonly string[],
  raw: RawScalar,
  faults: Faults,
): string | undefined {
  if (members.includes(raw.text)) return raw.text;
  if (/^\d+$/.test(raw.text) && Number(raw.text) < members.length) return members[Number(raw.text)];
  const inManagement = `${entity}: Invalid value for enum[${members.join(', ')}]: ${quoted(raw)} (${name})`;
  faults.error(raw.place, `${name} cannot be ${quoted(raw)}${suggestion(raw.text, members)}`, inManagement);
  return undefined;
}

/** Only for types whose values are no secrets: words and numbers. */
function quoted(raw: RawScalar): string {
  return `'${raw.text.length > 40 ? `${raw.text.slice(0, 40)}…` : raw.text}'`;
}

function plainValue(raw: RawValue, faults: Faults): PlainValue {
  if (raw.kind === 'scalar') return raw.value;
  if (raw.kind === 'list') return raw.items.map((item) => plainValue(item, faults));
  return plainMap(raw, faults);
}

function plainMap(raw: RawMap, faults: Faults): PlainMap {
  const seen = new Set<string>();
  for (const { key, place } of raw.entries) {
    if (seen.has(key)) faults.error(place, `'${key}' stands twice in this map`);
    seen.add(key);
  }
  return Object.fromEntries(raw.entries.map(({ key, value }) => [key, plainValue(value, faults)]));
}
