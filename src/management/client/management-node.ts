// One management agent, with the operations of AMQP management and of Dispatch.
import { rowsMax, rowsOfPage } from './limits.ts';
import { ManagementError } from './management-error.ts';
import type { ManagementReply } from './reply.ts';
import type { ManagementRequest } from './request.ts';

/** Asks the agent at an address; see ManagementConnection.ask. */
export type Ask = (to: string, request: ManagementRequest) => Promise<ManagementReply>;

/** Which entity: `identity` wins over `name`, as in Dispatch. */
export interface EntityChoice {
  /** Full name of the type, `org.apache.qpid.dispatch.listener`. */
  readonly type?: string | null;
  readonly name?: string | null;
  readonly identity?: string | null;
}

/** Rows by name of the attribute; null where an attribute does not apply. */
export type EntityRow = Readonly<Record<string, unknown>>;

export interface QueryOptions {
  /** Default: all. */
  readonly attributeNames?: readonly string[];
  /** The most rows; 0 or absent: all. */
  readonly count?: number;
}

export const typePrefix = 'org.apache.qpid.dispatch.';

/** Address of the agent of a router: `_topo/0/R2/$management`. */
export const agentOf = (routerId: string): string => `_topo/0/${routerId}/$management`;
/** Address of the agent of an edge router. */
export const agentOfEdge = (routerId: string): string => `_edge/${routerId}/$management`;

export class ManagementNode {
  readonly #ask: Ask;
  readonly address: string;

  constructor(ask: Ask, address = '$management') {
    this.#ask = ask;
    this.address = address;
  }

  ask(request: ManagementRequest): Promise<ManagementReply> {
    return this.#ask(this.address, request);
  }

  /** All rows, a page at a time. Without a type: of all types, as far as the agent does that. */
  async query(type: string | null, { attributeNames = [], count = 0 }: QueryOptions = {}): Promise<EntityRow[]> {
    const rows: EntityRow[] = [];
    const most = count === 0 ? rowsMax : Math.min(count, rowsMax);
    for (let offset = 0; rows.length < most; ) {
      const wanted = Math.min(rowsOfPage, most - rows.length);
      const page = await this.#queryPage(type, attributeNames, offset, wanted);
      for (const row of page.slice(0, most - rows.length)) rows.push(row);
      // An agent that does not page answers with all rows at once.
      if (page.length !== wanted) break;
      offset += wanted;
    }
    return rows;
  }

  async #queryPage(
    entityType: string | null,
    attributeNames: readonly string[],
    offset: number,
    count: number,
  ): Promise<EntityRow[]> {
    const { body } = await this.ask({
      operation: 'QUERY',
      properties: { name: 'self', type: 'org.amqp.management', entityType, offset, count },
      body: { attributeNames },
    });
    const { attributeNames: names, results } = (body ?? {}) as { attributeNames?: unknown; results?: unknown };
    if (!Array.isArray(names) || !Array.isArray(results)) {
      throw new ManagementError('WEFT_REPLY_UNREADABLE', `the reply of ${this.address} holds no rows`);
    }
    return results.map((row: unknown[]) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])));
  }

  async create(attributes: EntityRow, choice: EntityChoice, more: EntityRow = {}): Promise<ManagementReply> {
    const type = choice.type ?? attributes['type'];
    const name = choice.name ?? attributes['name'];
    return this.ask({ operation: 'CREATE', properties: { ...more, type, name }, body: attributes });
  }

  read(choice: EntityChoice): Promise<ManagementReply> {
    return this.ask({ operation: 'READ', properties: chosen(choice) });
  }

  async update(attributes: EntityRow, choice: EntityChoice, more: EntityRow = {}): Promise<ManagementReply> {
    const { type, name, identity } = { ...attributes, ...given(choice) } as EntityChoice;
    const which = chosen({ type: type ?? null, name: name ?? null, identity: identity ?? null });
    return this.ask({ operation: 'UPDATE', properties: { ...more, ...which }, body: attributes });
  }

  delete(choice: EntityChoice, more: EntityRow = {}): Promise<ManagementReply> {
    return this.ask({ operation: 'DELETE', properties: { ...more, ...chosen(choice) } });
  }

  /** GET-TYPES and its like, and any other operation of the management node itself. */
  async ofNode(operation: string, properties: EntityRow = {}): Promise<unknown> {
    const request = { operation, properties: { name: 'self', type: 'org.amqp.management', ...properties } };
    return (await this.ask(request)).body;
  }

  /** Addresses of the agents of all interior routers that this one knows, itself included. */
  async managementNodes(): Promise<string[]> {
    const nodes = await this.ofNode('GET-MGMT-NODES');
    return Array.isArray(nodes) ? nodes.map(String) : [];
  }
}

/** Either name or identity goes out, not both. */
function chosen({ type = null, name = null, identity = null }: EntityChoice): EntityRow {
  return { type, name: identity === null ? name : null, identity };
}

function given(choice: EntityChoice): EntityRow {
  return Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== null && value !== undefined));
}
