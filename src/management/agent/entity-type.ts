// What the agent has to know of one type of entity: its description, its rows, and what may be done with them. Each type has a file in
// entities/ that makes one of these; entity-types.ts lists them.
import type { Writer } from '../../amqp/writer.ts';
import type { EntitySpec } from '../../schema/attribute.ts';
import type { Answer } from './reply.ts';
import type { Request } from './request.ts';

/** One attribute: how it is read from an item, and written. */
export interface Column<Item> {
  readonly name: string;
  /** Writes one encoded value. */
  write(writer: Writer, item: Item): void;
}

/** @typeParam Item what a row is made of; it is kept while somebody asks page by page, and may be gone from the router by then */
export interface EntityType<Item = unknown> {
  readonly spec: EntitySpec;
  /** In the order of a QUERY that names none. */
  readonly columns: readonly Column<Item>[];
  /** Attributes that can be asked for by name and are not shown otherwise. */
  readonly furtherColumns?: readonly Column<Item>[];
  /**
   * Its items are many, or Dispatch keeps them in its core: a QUERY without a type leaves them out, READ answers `Not Found` and nothing
   * more, and what is null is told in READ, too.
   */
  readonly isCore: boolean;
  /**
   * All items, in the order of their creation. Of many they are taken a few at a time while others come and go: so it must be of a kind that
   * stands that, such as the values of a Map.
   */
  rows(): Iterable<Item>;
  /** The item with this name, or this identity; both are given when the request has both, and identity wins. */
  find(name: string | null, identity: string | null): Item | null;
  /** Refuses everything but QUERY and GET-…, as Dispatch does: READ, too. */
  readonly isForbidden?: boolean;
  /** These answer once, now or in a later turn; an operation that is not there is answered 501. */
  create?(request: Request, answer: Answer): void;
  update?(item: Item, request: Request, answer: Answer): void;
  delete?(item: Item, request: Request, answer: Answer): void;
}
