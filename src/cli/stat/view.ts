// What `weft stat` can show: which entities it asks for, and the tables that it makes of them.
import type { EntityRow, ManagementNode } from '../../management/client/management-node.ts';
import { typePrefix } from '../../management/client/management-node.ts';
import type { Table } from './table.ts';

export interface AskOptions {
  /** The most rows, 0 for all. */
  readonly limit: number;
}

/** What came back, by a name for JSON: rows as management gives them, or a value. */
export type Facts = Readonly<Record<string, readonly EntityRow[]>>;

/** A table, or a line of its own. */
export type Shown = Table | string;

export interface View {
  /** The flag without its dashes. */
  readonly name: string;
  ask(node: ManagementNode, options: AskOptions): Promise<Facts>;
  show(facts: Facts, isVerbose: boolean): Shown[];
  /** Nothing stands above it: neither time nor router. */
  readonly isBare?: true;
}

/** All rows of a type; `columns` absent: all of them. */
export function rowsOf(
  node: ManagementNode,
  type: string,
  columns: readonly string[] = [],
  limit = 0,
): Promise<EntityRow[]> {
  return node.query(typePrefix + type, { attributeNames: columns, count: limit });
}

export function sortedBy<T>(rows: readonly T[], key: (row: T) => string): T[] {
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** Whether the router knows the attribute: older ones lack some. */
export function has(rows: readonly EntityRow[], attribute: string): boolean {
  return rows[0] !== undefined && attribute in rows[0];
}
