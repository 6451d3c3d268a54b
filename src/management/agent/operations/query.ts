// QUERY: which types, columns and rows are asked for. The table itself is made in table.ts.
import { type AmqpValue, asText, lookup } from '../../../amqp/values.ts';
import type { AgentPort } from '../agent-port.ts';
import type { Column, EntityType } from '../entity-type.ts';
import type { EntityTypes } from '../entity-types.ts';
import { sliceItems } from '../limits.ts';
import { type Answer, refused } from '../reply.ts';
import { entityTypeOf, mapOf, numberOf, type Request } from '../request.ts';
import type { Task, Work } from '../work.ts';
import { PagedLists } from './paged-lists.ts';
import { type Part, Table } from './table.ts';

export class Query {
  readonly #types: EntityTypes;
  readonly #work: Work;
  readonly #lists: PagedLists;

  constructor(types: EntityTypes, work: Work, port: AgentPort) {
    this.#types = types;
    this.#work = work;
    this.#lists = new PagedLists(port.core);
  }

  handle(request: Request, answer: Answer): void {
    const typeName = entityTypeOf(request);
    const type = typeName === null ? null : this.#types.get(typeName);
    if (typeName !== null && type === null) return answer(refused(400, `No such entity type '${typeName}'`));
    if (type?.isForbidden) return answer(refused(403, 'Forbidden', emptyTable));
    const types = type === null ? this.#types.all.filter(({ isCore, isForbidden }) => !isCore && !isForbidden) : [type];
    const asked = namesIn(lookup(mapOf(request), 'attributeNames'));
    const names = asked.length > 0 ? asked : namesOf(types);
    const unknown = names.filter((name) => !types.some((one) => columnOf(one, name) !== null));
    if (unknown.length > 0) return answer(this.#unknownColumns(unknown, type));
    const tell = (parts: readonly Part[]): void => this.#work.begin(new Table(names, parts, answer));
    if (type === null) tell(partsOf(types, names));
    else this.#page(request, type, (items) => tell([{ items, columns: names.map((name) => columnOf(type, name)) }]));
  }

  #unknownColumns(names: readonly string[], type: EntityType | null) {
    const which = names.map((name) => `'${name}'`).join(', ');
    const where = type === null ? 'any type' : `type ${this.#types.fullName(type.spec)}`;
    return refused(404, `Unknown attributes [${which}] for ${where}.`);
  }

  /** The rows that the request wants; a page of a list that is to be kept waits until that list is there. */
  #page(request: Request, type: EntityType, use: (items: Iterable<unknown>) => void): void {
    const offset = Math.max(0, numberOf(request, 'offset') ?? 0);
    const count = numberOf(request, 'count') ?? -1;
    if (offset === 0 && count < 0) return use(type.rows());
    const key = `${type.spec.name} ${request.replyTo}`;
    const cut = (items: readonly unknown[]): void => {
      const end = count < 0 ? items.length : offset + count;
      if (end < items.length) this.#lists.keep(key, items);
      use(items.slice(offset, end));
    };
    const kept = this.#lists.take(key);
    if (kept !== null && offset > 0) cut(kept);
    else this.#work.begin(new Gathering(type.rows(), cut));
  }
}

/** Takes a list of its own of items that may be very many. */
class Gathering implements Task {
  readonly #source: Iterator<unknown>;
  readonly #items: unknown[] = [];
  readonly #use: (items: readonly unknown[]) => void;

  constructor(source: Iterable<unknown>, use: (items: readonly unknown[]) => void) {
    this.#source = source[Symbol.iterator]();
    this.#use = use;
  }

  step(): boolean {
    for (let left = sliceItems; left > 0; left--) {
      const next = this.#source.next();
      if (next.done === true) {
        this.#use(this.#items);
        return true;
      }
      this.#items.push(next.value);
    }
    return false;
  }
}

const emptyTable: AmqpValue = new Map<AmqpValue, AmqpValue>([
  ['attributeNames', []],
  ['results', []],
]);

/** Of several types: those that have one of the columns. */
function partsOf(types: readonly EntityType[], names: readonly string[]): Part[] {
  const parts = types.map((type) => ({ items: type.rows(), columns: names.map((name) => columnOf(type, name)) }));
  return parts.filter(({ columns }) => columns.some((column) => column !== null));
}

function namesIn(value: AmqpValue | undefined): string[] {
  if (!Array.isArray(value)) return [];
  return value.map((item) => asText(item)).filter((name) => name !== null);
}

/** Every column of these types, once. */
function namesOf(types: readonly EntityType[]): string[] {
  return [...new Set(types.flatMap(({ columns }) => columns.map(({ name }) => name)))];
}

function columnOf(type: EntityType, name: string): Column<unknown> | null {
  const known = type.columns.find((column) => column.name === name);
  return known ?? type.furtherColumns?.find((column) => column.name === name) ?? null;
}
