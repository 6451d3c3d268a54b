import { expect, test } from 'vitest';
import { encodeMessage, Message } from '../amqp/message.ts';
import { Properties } from '../amqp/performatives.ts';
import { Writer } from '../amqp/writer.ts';
import { UserClaim, userClaim } from './user-id.ts';

const text = new TextEncoder();
const ann = text.encode('ann');

function claimOf(bytes: Uint8Array): UserClaim {
  // Within a chunk with other frames around it.
  const chunk = Uint8Array.from([1, 2, 3, ...bytes, 0x00, 0x53, 0x73, 0xc0, 9, 2, 0x40, 0xa0, 3, 0x62, 0x6f, 0x62]);
  return userClaim(chunk, 3, 3 + bytes.length, ann);
}

/** A message with these fields of its properties, given as bytes, behind these other sections. */
function withProperties(fields: readonly (readonly number[])[], before: readonly number[] = []): Uint8Array {
  const body = fields.flat();
  return Uint8Array.from([
    ...before,
    0x00,
    0x53,
    0x73,
    0xc0,
    body.length + 1,
    fields.length,
    ...body,
    0x00,
    0x53,
    0x77,
    0x40,
  ]);
}

const nothing = [0x40];
const user = (name: string): number[] => [0xa0, name.length, ...text.encode(name)];
const longUser = (name: string): number[] => [0xb0, 0, 0, 0, name.length, ...text.encode(name)];
const ids: Record<string, number[]> = {
  none: nothing,
  'a string': [0xa1, 2, 0x68, 0x69],
  'a long string': [0xb1, 0, 0, 0, 2, 0x68, 0x69],
  binary: [0xa0, 2, 0, 0],
  'a number': [0x80, 0, 0, 0, 0, 0, 0, 1, 0],
  'a short number': [0x53, 7],
  zero: [0x44],
  'a UUID': [0x98, ...Array(16).fill(5)],
};

test.each(Object.entries(ids))('with a message-id that is %s the user-id is found behind it', (_, id) => {
  expect(claimOf(withProperties([id]))).toBe(UserClaim.None);
  expect(claimOf(withProperties([id, nothing, [0xa1, 1, 0x61]]))).toBe(UserClaim.None);
  expect(claimOf(withProperties([id, user('ann')]))).toBe(UserClaim.Own);
  expect(claimOf(withProperties([id, user('bob')]))).toBe(UserClaim.Other);
  expect(claimOf(withProperties([id, user('anna')]))).toBe(UserClaim.Other);
  expect(claimOf(withProperties([id, longUser('bob')]))).toBe(UserClaim.Other);
  expect(claimOf(withProperties([id, longUser('ann')]))).toBe(UserClaim.Own);
  expect(claimOf(withProperties([id, user('')]))).toBe(UserClaim.None);
});

test('the sections before the properties are stepped over', () => {
  const header = [0x00, 0x53, 0x70, 0xc0, 2, 1, 0x41];
  const emptyHeader = [0x00, 0x53, 0x70, 0x45];
  const annotations = [0x00, 0x53, 0x72, 0xc1, 6, 2, 0xa3, 1, 0x78, 0x53, 1];
  const longAnnotations = [0x00, 0x53, 0x72, 0xd1, 0, 0, 0, 4, 0, 0, 0, 0];
  const byLongDescriptor = [0x00, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x70, 0x45];
  for (const before of [header, emptyHeader, annotations, [...header, ...longAnnotations], byLongDescriptor]) {
    expect(claimOf(withProperties([nothing, user('bob')], before))).toBe(UserClaim.Other);
    expect(claimOf(withProperties([nothing, user('ann')], before))).toBe(UserClaim.Own);
    expect(claimOf(withProperties([nothing, nothing], before))).toBe(UserClaim.None);
  }
});

test('properties in their long form are read, too', () => {
  const fields = [0x40, ...user('bob')];
  const list = [0x00, 0x53, 0x73, 0xd0, 0, 0, 0, fields.length + 4, 0, 0, 0, 2, ...fields];
  expect(claimOf(Uint8Array.from(list))).toBe(UserClaim.Other);
});

test('what has no properties claims nothing', () => {
  expect(claimOf(Uint8Array.from([0x00, 0x53, 0x77, 0x40]))).toBe(UserClaim.None);
  expect(claimOf(Uint8Array.from([0x00, 0x53, 0x70, 0x45]))).toBe(UserClaim.None);
  expect(claimOf(Uint8Array.from([0x00, 0x53, 0x73, 0x45]))).toBe(UserClaim.None);
  expect(claimOf(new Uint8Array(0))).toBe(UserClaim.None);
});

test('what is no message, or cut short before its user-id, is not let pass as one', () => {
  const whole = withProperties([nothing, user('bob')]);
  for (const bytes of [text.encode('garbage'), whole.subarray(0, 8), whole.subarray(0, 10)]) {
    expect(claimOf(bytes)).toBe(UserClaim.Malformed);
  }
  expect(claimOf(withProperties([nothing, [0xa1, 3, 0x62, 0x6f, 0x62]]))).toBe(UserClaim.Malformed);
});

test('messages as our codec writes them are judged by their user-id', () => {
  for (const [userId, expected] of [
    [null, UserClaim.None],
    [ann, UserClaim.Own],
    [text.encode('eve'), UserClaim.Other],
  ] as const) {
    const writer = new Writer(64);
    encodeMessage(writer, new Message({ properties: new Properties({ messageId: 'm1', userId }) }));
    expect(claimOf(writer.written())).toBe(expected);
  }
});
