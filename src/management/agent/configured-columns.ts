// Columns of entities that are configured: made of the schema. Secrets are null, always; so is what nobody configured and has no default.
import { type AmqpValue, double, encodeValue, int, long } from '../../amqp/values.ts';
import type { Writer } from '../../amqp/writer.ts';
import type { AttributeSpec, EntitySpec, PlainValue } from '../../schema/attribute.ts';
import { defaultOf } from '../../schema/defaults.ts';
import { text, writeInteger, writeText } from './columns.ts';
import type { Column } from './entity-type.ts';
import { type Named, typeColumn } from './type-name.ts';

/**
 * Every attribute in the order of the schema, then `name`, `identity` and `type`.
 * @param others columns for attributes that are not configured; they stand where the schema has them
 */
export function configuredColumns<Item extends Named>(
  spec: EntitySpec,
  others: readonly Column<Item>[] = [],
): Column<Item>[] {
  const columns = Object.entries(spec.attributes).map(
    ([name, attribute]) => others.find((column) => column.name === name) ?? configuredColumn<Item>(name, attribute),
  );
  return [...columns, text('name', (item) => item.name), text('identity', (item) => item.identity), typeColumn(spec)];
}

function configuredColumn<Item>(name: string, spec: AttributeSpec): Column<Item> {
  const unset = spec.default === undefined ? defaultOf(spec) : undefined;
  return {
    name,
    write: (writer, item) => {
      const value = (item as Record<string, PlainValue | undefined>)[name];
      const isUnset = value === undefined || (unset !== undefined && isSame(value, unset));
      if (spec.hidden || isUnset) writer.u8(0x40);
      else writePlain(writer, value);
    },
  };
}

function isSame(value: PlainValue, unset: PlainValue): boolean {
  return value === unset || (typeof value === 'object' && JSON.stringify(value) === JSON.stringify(unset));
}

export function writePlain(writer: Writer, value: PlainValue): void {
  if (typeof value === 'string') writeText(writer, value);
  else if (typeof value === 'number' && Number.isInteger(value)) writeInteger(writer, value);
  else encodeValue(writer, plainToAmqp(value));
}

/** Text, numbers, booleans, lists and maps of the configuration as AMQP values; map keys are strings. */
export function plainToAmqp(value: PlainValue): AmqpValue {
  if (typeof value === 'number')
    return !Number.isInteger(value) ? double(value) : value === (value | 0) ? int(value) : long(value);
  if (Array.isArray(value)) return value.map((item) => plainToAmqp(item as PlainValue));
  if (typeof value === 'object' && value !== null)
    return new Map<AmqpValue, AmqpValue>(
      Object.entries(value).map(([key, item]) => [key, plainToAmqp(item as PlainValue)]),
    );
  return value as string | boolean | null;
}
