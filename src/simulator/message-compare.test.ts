import { describe, expect, test } from 'vitest';
import { encodeMessage, Message } from '../amqp/message.ts';
import { Header, Properties } from '../amqp/performatives.ts';
import { type AmqpValue, symbol } from '../amqp/values.ts';
import { Writer } from '../amqp/writer.ts';
import { compareMessages } from './message-compare.ts';

function encoded(annotations: Record<string, string>, more: Partial<Message> = {}): Uint8Array {
  const map = new Map<AmqpValue, AmqpValue>(Object.entries(annotations).map(([key, value]) => [symbol(key), value]));
  const writer = new Writer(256);
  encodeMessage(
    writer,
    new Message({
      header: new Header({ priority: 3 }),
      messageAnnotations: map.size === 0 ? null : map,
      properties: new Properties({ subject: 's' }),
      body: { kind: 'data', data: [Uint8Array.of(1, 2, 3)] },
      ...more,
    }),
  );
  return writer.written().slice();
}

describe('a message is the same', () => {
  test.each([
    ['when nothing changed', encoded({ user: 'x' }), encoded({ user: 'x' })],
    ['when router annotations came', encoded({ user: 'x' }), encoded({ user: 'x', 'x-opt-qd.trace': 't' })],
    ['when router annotations went', encoded({ 'x-opt-qd.ingress': 'i' }), encoded({})],
  ])('%s', (_name, sent, received) => expect(compareMessages(sent, received)).toBeNull());
});

describe('a message is another', () => {
  const sent = encoded({ user: 'x' });
  const last = sent.slice();
  last[last.length - 1] = 0;
  test.each([
    ['when a byte of the body changed', last, /bare message/],
    ['when it is shorter', sent.subarray(0, sent.length - 1), /bare message/],
    ['when an annotation of the user changed', encoded({ user: 'y' }), /annotations/],
    ['when an annotation of the user is lost', encoded({}), /annotations/],
    ['when the priority changed', encoded({ user: 'x' }, { header: new Header({ priority: 4 }) }), /header/],
    ['when it is none', Uint8Array.of(1, 2, 3), /no message/],
  ])('%s', (_name, received, difference) => expect(compareMessages(sent, received)).toMatch(difference));
});
