// Output buffers. A connection holds one only while it has something to say: idle connections cost none.
import { Writer } from '../amqp/writer.ts';
import { pooledWriterBytesMax, pooledWriters, writerBytes } from './limits.ts';

/** Buffers that have drained, for the next connection that has something to say. One pool a router. */
export class WriterPool {
  readonly #free: Writer[] = [];

  take(): Writer {
    return this.#free.pop() ?? new Writer(writerBytes);
  }

  give(writer: Writer): void {
    if (this.#free.length >= pooledWriters || writer.bytes.length > pooledWriterBytesMax) return;
    writer.position = 0;
    this.#free.push(writer);
  }
}
