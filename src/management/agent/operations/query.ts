// QUERY: a table of entities. Long ones are made in slices, a row after the other, straight into bytes:
//
//   { attributeNames: [ … ], results: [ row, row, … ] }        the head is written last, when the length is known
import type { AmqpValue } from '../../../amqp/values.ts';
import { asText, encodeValue, lookup } from '../../../amqp/values.ts';
import { Writer } from '../../../amqp/writer.ts';
import type { AgentPort } from '../agent-port.ts';
import { writeText } from '../columns.ts';
import type { Column, EntityType } from '../entity-type.ts';
import type { EntityTypes } from '../entity-types.ts';
import { replyBytesMax, sliceBytes, sliceRows } from '../limits.ts';
import { type Answer, EncodedBody, ok, refused } from '../reply.ts';
import { mapOf, numberOf, type Request, textOf } from '../request.ts';
import { beginWide, endWide, writeWideHeader } from '../wide-compound.ts';
import type { Task, Work } from '../work.ts';
import { PagedLists } from './paged-lists.ts';

/** The rows of one type that are to be told, and its columns in the order asked for; null where it has none. */
interface Part {
  readonly items: readonly unknown[];
  readonly columns: readonly (Column<unknown> | null)[];
}

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
    const typeName = textOf(request, 'entityType');
    const type = typeName === null ? null : this.#types.get(typeName);
    if (typeName !== null && type === null) return answer(refused(400, `No such entity type '${typeName}'`));
    if (type?.isForbidden) return answer(refused(403, 'Forbidden', emptyTable));
    const types = type === null ? this.#types.all.filter(({ isCore, isForbidden }) => !isCore && !isForbidden) : [type];
    const asked = namesIn(lookup(mapOf(request), 'attributeNames'));
    const names = asked.length > 0 ? asked : namesOf(types);
    const unknown = names.filter((name) => !types.some((one) => columnOf(one, name) !== null));
    if (unknown.length > 0) {
      const which = unknown.map((name) => `'${name}'`).join(', ');
      const where = type === null ? 'any type' : `type ${this.#types.fullName(type.spec)}`;
      return answer(refused(404, `Unknown attributes [${which}] for ${where}.`));
    }
    const parts = types.map((one) => ({
      items: [] as readonly unknown[],
      columns: names.map((name) => columnOf(one, name)),
    }));
    const told = parts.filter(({ columns }) => columns.some((column) => column !== null));
    const table = new Table(
      names,
      type === null ? this.#all(types, told, parts) : this.#page(request, type, told),
      answer,
    );
    if (!table.step()) this.#work.add(table);
  }

  #all(types: readonly EntityType[], told: readonly Part[], parts: readonly Part[]): Part[] {
    return told.map((part) => ({ ...part, items: (types[parts.indexOf(part)] as EntityType).rows() }));
  }

  #page(request: Request, type: EntityType, told: readonly Part[]): Part[] {
    const offset = Math.max(0, numberOf(request, 'offset') ?? 0);
    const count = numberOf(request, 'count') ?? -1;
    const items = this.#lists.page(request.replyTo, type, offset, count);
    return told.map((part) => ({ ...part, items }));
  }
}

const emptyTable: AmqpValue = new Map<AmqpValue, AmqpValue>([
  ['attributeNames', []],
  ['results', []],
]);

/** Writes the rows, a slice a step, and answers when all are there. */
class Table implements Task {
  readonly #names: readonly string[];
  readonly #parts: readonly Part[];
  readonly #answer: Answer;
  #part = 0;
  #row = 0;
  #rows = 0;
  #bytes = 0;
  readonly #pieces: Uint8Array[] = [];

  constructor(names: readonly string[], parts: readonly Part[], answer: Answer) {
    this.#names = names;
    this.#parts = parts;
    this.#answer = answer;
  }

  step(): boolean {
    const writer = new Writer(4096);
    for (let left = sliceRows; left > 0 && writer.position < sliceBytes; left--) {
      const part = this.#parts[this.#part];
      if (part === undefined) break;
      if (this.#row < part.items.length) this.#writeRow(writer, part.columns, part.items[this.#row++]);
      else {
        this.#part++;
        this.#row = 0;
      }
    }
    this.#bytes += writer.position;
    if (writer.position > 0) this.#pieces.push(writer.written());
    if (this.#bytes > replyBytesMax) {
      this.#answer(refused(500, `The reply is longer than ${replyBytesMax} bytes: ask with offset and count`));
      return true;
    }
    if (this.#part < this.#parts.length) return false;
    this.#answer(ok(new EncodedBody([this.#head(), ...this.#pieces])));
    return true;
  }

  #writeRow(writer: Writer, columns: readonly (Column<unknown> | null)[], item: unknown): void {
    const start = beginWide(writer);
    for (const column of columns) {
      if (column === null) writer.u8(0x40);
      else column.write(writer, item);
    }
    endWide(writer, start, 0xd0, columns.length);
    this.#rows++;
  }

  /** All that stands before the first row. */
  #head(): Uint8Array {
    const inner = new Writer(1024);
    writeText(inner, 'attributeNames');
    encodeValue(inner, [...this.#names]);
    writeText(inner, 'results');
    writeWideHeader(inner, 0xd0, this.#bytes, this.#rows);
    const head = new Writer(inner.position + 16);
    writeWideHeader(head, 0xd1, inner.position + this.#bytes, 4);
    head.append(inner.bytes, 0, inner.position);
    return head.written();
  }
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
