// Asks the management of a router, and tells how long it took until the last byte was there, and how many rows there were.
import { encodeMessage, Message } from '../../src/amqp/message.ts';
import { Properties } from '../../src/amqp/performatives.ts';
import { Reader } from '../../src/amqp/reader.ts';
import { type AmqpValue, asText, decodeValue, int, lookup } from '../../src/amqp/values.ts';
import { Writer } from '../../src/amqp/writer.ts';
import type { Receiver } from '../../src/engine/testing/receiver.ts';
import type { Sender } from '../../src/engine/testing/sender.ts';
import { SocketEndpoint } from './socket-endpoint.ts';

export interface Asked {
  readonly rows: number;
  readonly bytes: number;
  readonly ms: number;
}

export class Asker {
  readonly #endpoint: SocketEndpoint;
  readonly #receiver: Receiver;
  readonly #sender: Sender;

  private constructor(endpoint: SocketEndpoint) {
    this.#endpoint = endpoint;
    this.#receiver = endpoint.receive(null);
    this.#sender = endpoint.send('$management');
  }

  static async open(host: string, port: number): Promise<Asker> {
    const endpoint = await SocketEndpoint.open(host, port, { open: { containerId: 'asker', maxFrameSize: 65_536 } });
    const asker = new Asker(endpoint);
    await endpoint.until(() => asker.#receiver.attached !== null && asker.#sender.credit > 0);
    return asker;
  }

  /** All rows in one reply, or with `count` so many from `offset` on. */
  async query(type: string, offset = 0, count = -1): Promise<Asked> {
    const replyTo = asText(this.#receiver.attached?.source?.address ?? null);
    const writer = new Writer(256);
    encodeMessage(
      writer,
      new Message({
        properties: new Properties({ replyTo, correlationId: '1' }),
        applicationProperties: new Map<AmqpValue, AmqpValue>([
          ['operation', 'QUERY'],
          ['entityType', type],
          ['offset', int(offset)],
          ['count', int(count)],
        ]),
        body: { kind: 'value', value: new Map() },
      }),
    );
    const began = performance.now();
    this.#sender.send(writer.written());
    await this.#endpoint.until(() => this.#receiver.complete.length > 0);
    const ms = performance.now() - began;
    const { bytes } = this.#receiver.complete[0]!;
    this.#receiver.received.length = 0;
    return { rows: rowsIn(bytes), bytes: bytes.length, ms };
  }

  close(): void {
    this.#endpoint.close();
  }
}

/** The rows of a reply: read out of the header of its list, which is the last value of the body. */
function rowsIn(bytes: Uint8Array): number {
  const reader = new Reader(bytes);
  while (reader.position < bytes.length) {
    reader.position += 2; // 00 53
    const code = reader.u8();
    if (code !== 0x77) {
      const value = decodeValue(reader);
      const status = value instanceof Map ? lookup(value, 'statusDescription') : undefined;
      if (status !== undefined && status !== 'OK') throw new Error(`the router says: ${asText(status)}`);
      continue;
    }
    reader.position += 9; // d1 size count
    for (;;) {
      const key = decodeValue(reader);
      if (key === 'results') break;
      decodeValue(reader);
    }
    const format = reader.u8();
    if (format === 0x45) return 0;
    reader.position += 4;
    return reader.u32();
  }
  throw new Error('a reply without a body');
}
