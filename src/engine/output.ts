// Buffers for all connections of a router. A connection holds one only while bytes are under way: idle ones cost none.
import { Writer } from '../amqp/writer.ts';
import { BlockPool } from '../kit/block-pool.ts';
import { pooledWriterBytesMax, pooledWriters, writerBytes } from './limits.ts';

/** Output buffers that have drained, for the next connection that has something to say; and blocks for input that comes in parts. */
export class WriterPool {
  readonly blocks = new BlockPool();
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
