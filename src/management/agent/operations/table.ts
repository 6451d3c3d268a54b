// A table of entities, made in slices: a row after the other, straight into bytes.
//
//   { attributeNames: [ … ], results: [ row, row, … ] }        the head is written last, when the length is known
import { encodeValue } from '../../../amqp/values.ts';
import { Writer } from '../../../amqp/writer.ts';
import { writeText } from '../columns.ts';
import type { Column } from '../entity-type.ts';
import { replyBytesMax, sliceBytes, sliceRows } from '../limits.ts';
import { type Answer, EncodedBody, ok, refused } from '../reply.ts';
import { beginWide, endWide, writeWideHeader } from '../wide-compound.ts';
import type { Task } from '../work.ts';

/** The rows of one type, and its columns in the order asked for; null where it has none. */
export interface Part {
  readonly items: Iterable<unknown>;
  readonly columns: readonly (Column<unknown> | null)[];
}

/** In which rows are made, of one table at a time: what is kept of it is as long as it is, and no longer. */
const scratch = new Writer(sliceBytes);

export class Table implements Task {
  readonly #names: readonly string[];
  readonly #parts: readonly Part[];
  readonly #answer: Answer;
  #part = 0;
  #items: Iterator<unknown> | null = null;
  #rows = 0;
  #bytes = 0;
  readonly #pieces: Uint8Array[] = [];

  constructor(names: readonly string[], parts: readonly Part[], answer: Answer) {
    this.#names = names;
    this.#parts = parts;
    this.#answer = answer;
  }

  step(): boolean {
    const writer = scratch;
    writer.position = 0;
    for (let left = sliceRows; left > 0 && writer.position < sliceBytes; left--) if (!this.#writeNext(writer)) break;
    this.#bytes += writer.position;
    if (writer.position > 0) this.#pieces.push(writer.bytes.slice(0, writer.position));
    if (this.#bytes > replyBytesMax) {
      this.#answer(refused(500, `The reply is longer than ${replyBytesMax} bytes: ask with offset and count`));
      return true;
    }
    if (this.#part < this.#parts.length) return false;
    this.#answer(ok(new EncodedBody([this.#head(), ...this.#pieces])));
    return true;
  }

  /** Writes the next row, if there is one; false at the end. */
  #writeNext(writer: Writer): boolean {
    const part = this.#parts[this.#part];
    if (part === undefined) return false;
    this.#items ??= part.items[Symbol.iterator]();
    const next = this.#items.next();
    if (next.done !== true) this.#writeRow(writer, part.columns, next.value);
    else {
      this.#part++;
      this.#items = null;
    }
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
