// Messages arrive as they were sent: every field in the eyes of each library, and the bytes themselves.
import assert from 'node:assert/strict';
import { type Case, forEach, forEachPair, needsOf } from '../case.ts';
import { type Library, libraries } from '../client.ts';
import { binary, dataSection, type Json, type Message, plainMessage } from '../values.ts';
import type { World } from '../world.ts';

const everyField: Message = {
  durable: true,
  priority: 7,
  ttl: 60_000,
  deliveryCount: 3,
  deliveryAnnotations: { 'x-opt-hop': 'delivery annotation', 'x-opt-count': 5 },
  messageAnnotations: { 'x-opt-who': 'message annotation', 'x-opt-number': 65_536 },
  messageId: 'id-1',
  userId: 'guest',
  to: 'somewhere/else',
  subject: 'every field',
  replyTo: 'answers',
  correlationId: 'id-0',
  contentType: 'text/plain',
  contentEncoding: 'identity',
  expiryTime: 1_900_000_000_000,
  creationTime: 1_700_000_000_000,
  groupId: 'group',
  groupSequence: 12,
  replyToGroupId: 'group of replies',
  applicationProperties: { text: 'größer ☃ 𝄞', whole: 42, negative: -7, half: 0.5, yes: true, no: false },
  body: 'body',
};

const bodies: readonly Json[] = [
  null,
  '',
  'größer ☃ 𝄞',
  true,
  -1,
  4_294_967_296,
  0.25,
  binary(Buffer.from([0, 1, 254, 255])),
  [1, 'two', [3, null], { four: 4 }],
  { map: { nested: ['deep'] }, empty: '' },
];

async function arrivesAlike(world: World, from: Library, to: Library): Promise<void> {
  const { sender, receiver } = await world.pair(from, to, { receiver: { autoAccept: true } });
  for (const message of [everyField, ...bodies.map((body) => ({ body }))]) {
    const sent = sender.send(message);
    assert.deepEqual(plainMessage((await receiver.next()).message), plainMessage(message));
    assert.equal((await sent.outcome()).outcome, 'accepted');
  }
}

/** Sections as the standard allows them and no library writes them, in hexadecimal. */
const oddEncodings: { readonly [what: string]: string } = {
  'sections with long descriptors': '00 80 0000000000000077 a1 03 666f6f',
  'long forms of short values': '00 53 70 d0 0000000b 00000002 56 01 70 00000000 00 53 77 71 00000001',
  'annotations of many types':
    '00 53 71 c1 0a 02 a3 05 782d6f7074 54 05' +
    '00 53 72 d1 00000014 00000004 a3 03 782d61 55 2a a3 03 782d62 a1 02 6f6b' +
    '00 53 77 40',
  'several data sections and a footer': '00 53 75 a0 01 61 00 53 75 a0 00 00 53 75 b0 00000001 62 00 53 78 c1 01 00',
  'a described value inside the body': '00 53 77 00 a3 07 6578616d706c65 c0 03 01 54 07',
  'empty lists': '00 53 70 45 00 53 73 45 00 53 77 45',
};

const bytesOf = (hexadecimal: string): Buffer => Buffer.from(hexadecimal.replaceAll(' ', ''), 'hex');

export const contentCases: readonly Case[] = [
  ...forEachPair(libraries, (from, to) => ({
    name: `content: every field and every kind of body arrives as it was sent, ${from} → ${to}`,
    run: (world) => arrivesAlike(world, from, to),
  })),

  ...forEach(['rhea', 'python'], (from) => ({
    name: `content: odd encodings arrive byte for byte, ${from} → python`,
    run: async (world) => {
      const { sender, receiver } = await world.pair(from, 'python', { receiver: { autoAccept: true } });
      for (const [what, hexadecimal] of Object.entries(oddEncodings)) {
        const sections = bytesOf(hexadecimal);
        const sent = sender.sendRaw(sections);
        const { event } = await receiver.next();
        assert.equal(Buffer.from(event.raw ?? '', 'base64').toString('hex'), sections.toString('hex'), what);
        assert.equal((await sent.outcome()).outcome, 'accepted');
      }
    },
  })).map((one) => ({ ...one, needs: needsOf('python') })),

  {
    name: 'content: a message format of its own stays with a message, rhea → rhea',
    run: async (world) => {
      const { sender, receiver } = await world.pair('rhea', 'rhea', { receiver: { autoAccept: true } });
      const sections = dataSection(Buffer.from('for those who know format 0x50001'));
      const sent = sender.sendRaw(sections, 0x5_0001);
      const { event } = await receiver.next();
      assert.equal(event.messageFormat, 0x5_0001);
      assert.equal(Buffer.from(event.raw ?? '', 'base64').toString('hex'), sections.toString('hex'));
      assert.equal((await sent.outcome()).outcome, 'accepted');
    },
  },
  ...forEach(['rhea', 'python'], (from) => ({
    name: `content: what is no message is rejected with amqp:decode-error, ${from}`,
    run: async (world) => {
      const { sender } = await world.pair(from, 'rhea');
      const { outcome, condition } = await sender.sendRaw(Buffer.from('no sections')).outcome();
      assert.deepEqual([outcome, condition], ['rejected', 'amqp:decode-error']);
      await sender.connection.fence();
    },
  })),

  ...forEachPair(libraries, (from, to) => ({
    name: `content: router annotations are taken off both ways, the application's stay, ${from} → ${to}`,
    run: async (world) => {
      const { sender, receiver } = await world.pair(from, to, { receiver: { autoAccept: true } });
      sender.send({
        messageAnnotations: {
          'a-user': 1,
          'x-opt-mine': 'too',
          'x-opt-qd.ingress': '0/forged',
          'x-opt-qd.to': 'elsewhere',
          'x-opt-qd.trace': ['0/forged'],
        },
        body: 1,
      });
      const { message } = await receiver.next();
      assert.deepEqual(message.messageAnnotations, { 'a-user': 1, 'x-opt-mine': 'too' });
    },
  })),

  ...forEach(libraries, (library) => ({
    name: `content: with stripAnnotations no the router's annotations show, ${library}`,
    run: async (world) => {
      const router = await world.ownRouter({ listeners: { main: { stripAnnotations: 'no' } } });
      const connection = await world.client(library).connect(router.place());
      const receiver = await connection.receiver('amqp:/shown');
      const sender = await connection.sender('amqp:/shown');
      await sender.hasCredit();
      sender.send({ messageAnnotations: { 'x-opt-mine': 1 }, to: 'untouched', body: 'x' });
      const { message } = await receiver.next();
      assert.deepEqual(message.messageAnnotations, {
        'x-opt-mine': 1,
        'x-opt-qd.to': 'amqp:/shown', // as the sender wrote it
        'x-opt-qd.ingress': `0/${router.id}`,
        'x-opt-qd.trace': [`0/${router.id}`],
      });
      assert.deepEqual([message.to, message.body], ['untouched', 'x']);
    },
  })),
];
