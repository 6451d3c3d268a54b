// The column `type`, and the ways to find an item that all types share.
import type { EntitySpec } from '../../schema/attribute.ts';
import { fixed } from './columns.ts';
import type { Column } from './entity-type.ts';

/** The full name of the type, the same for all its entities. */
export function typeColumn<Item>({ name }: EntitySpec): Column<Item> {
  return fixed('type', `org.apache.qpid.dispatch.${name}`);
}

export interface Named {
  readonly name: string;
  readonly identity: string;
}

/** The first item with this identity or, when none is asked for, with this name. */
export function findNamed<Item>(
  items: Iterable<Item>,
  name: string | null,
  identity: string | null,
  of: (item: Item) => Named,
): Item | null {
  for (const item of items) {
    const known = of(item);
    if (identity !== null ? known.identity === identity : known.name === name) return item;
  }
  return null;
}
