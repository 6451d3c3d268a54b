import rhea from 'rhea';
import { expect, test } from 'vitest';
import { bodyText, messageJson } from './message-text.ts';

/** As it arrives: encoded and decoded by rhea. */
const arrived = (message: object) => rhea.message.decode(rhea.message.encode(message));
const { data_section, sequence_section } = rhea.message;

test.each([
  ['text', 'plain text', 'plain text'],
  ['a number', 42, '42'],
  ['a map', { a: [1, 'b'] }, '{"a":[1,"b"]}'],
  ['nothing', null, 'null'],
  ['data that is text', data_section(Buffer.from('grüße')), 'grüße'],
  ['data that is none', data_section(Buffer.from([0xff, 0xfe])), '(2 bytes)'],
  ['a sequence', sequence_section([1, 'two']), '[1,"two"]'],
])('a body of %s', (_, body, text) => {
  expect(bodyText(arrived({ body })['body'])).toBe(text);
});

test('as JSON a message has the sections that it has, and bytes that are no text as base64', () => {
  const message = arrived({
    message_id: 7,
    subject: 's',
    application_properties: { n: 1, bytes: Buffer.from([0xff]) },
    body: data_section(Buffer.from('hi')),
  });
  expect(JSON.parse(messageJson(message))).toEqual({
    message: { message_id: 7, subject: 's', application_properties: { n: 1, bytes: { base64: '/w==' } }, body: 'hi' },
  });
});
