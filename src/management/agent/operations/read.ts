// READ: one entity as a map of its attributes. What has no value is left out, but for the types of Dispatch's core.
import { Writer } from '../../../amqp/writer.ts';
import { writeText } from '../columns.ts';
import type { EntityType } from '../entity-type.ts';
import { EncodedBody, ok, type Reply } from '../reply.ts';
import { beginWide, endWide } from '../wide-compound.ts';

const nullCode = 0x40;

export function readEntity<Item>(type: EntityType<Item>, item: Item): Reply {
  return ok(encodeEntity(type, item));
}

/** The attributes of one entity, as READ, CREATE and UPDATE answer them. */
export function encodeEntity<Item>(type: EntityType<Item>, item: Item): EncodedBody {
  const writer = new Writer(1024);
  const start = beginWide(writer);
  let count = 0;
  for (const column of type.columns) {
    const before = writer.position;
    writeText(writer, column.name);
    const at = writer.position;
    column.write(writer, item);
    if (writer.bytes[at] === nullCode && !type.isCore) writer.position = before;
    else count += 2;
  }
  endWide(writer, start, 0xd1, count);
  return new EncodedBody([writer.written()]);
}
