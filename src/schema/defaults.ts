// What an attribute is when nobody configured it.
import type { AttributeSpec, AttributeType, EntitySpec, PlainValue } from './attribute.ts';

/** The schema's default; without one the value that stands for "not configured". */
export function defaultOf(attribute: AttributeSpec): PlainValue {
  if (attribute.default !== undefined) return attribute.default;
  return attribute.unset !== undefined ? attribute.unset : emptyOf(attribute.type);
}

/** Every attribute of the entity that can be configured, with its default. */
export function defaultsOf(entity: EntitySpec): Record<string, PlainValue> {
  const configurable = Object.entries(entity.attributes).filter(([, attribute]) => attribute.support !== 'shown');
  return Object.fromEntries(configurable.map(([name, attribute]) => [name, defaultOf(attribute)]));
}

function emptyOf(type: AttributeType): PlainValue {
  if (type === 'integer') return 0;
  if (type === 'boolean') return false;
  if (type === 'list') return [];
  return type === 'properties' || type === 'map' ? {} : '';
}
