// What was recorded of Dispatch's tools at a Dispatch router: we ask the same questions, and can read every answer.
import { expect, test } from 'vitest';
import { decodeMessage, type Message } from '../../amqp/message.ts';
import { readRecording } from '../../amqp/testing/recording.ts';
import { decodeTransfer, TransferFields } from '../../amqp/transfer.ts';
import { asText, lookup, toPlain } from '../../amqp/values.ts';
import { ManagementNode } from './management-node.ts';
import { decodeReply } from './reply.ts';
import { encodeRequest, type ManagementRequest } from './request.ts';

/** Payloads of deliveries in one frame. */
function payloads(byClient: boolean): Uint8Array[] {
  const fields = new TransferFields();
  return readRecording('management').flatMap((event) => {
    const { bytes } = event;
    if (event.byClient !== byClient || bytes[8] !== 0 || bytes[10] !== 0x14) return [];
    decodeTransfer(bytes, 8, bytes.length, fields);
    return fields.more || !fields.hasDeliveryId ? [] : [bytes.slice(fields.payloadStart)];
  });
}

const decode = (payload: Uint8Array): Message => decodeMessage(payload, 0, payload.length);
const replies = payloads(false).filter(
  (payload) => lookup(decode(payload).applicationProperties, 'statusCode') !== undefined,
);
const requests = payloads(true)
  .map(decode)
  .filter((message) => lookup(message.applicationProperties, 'operation') !== undefined);
const meaning = ({ applicationProperties, body }: Message) => ({
  properties: toPlain(applicationProperties),
  body: body.kind === 'value' ? toPlain(body.value) : null,
});

test('every reply can be read', () => {
  expect(replies.length).toBeGreaterThan(30);
  for (const payload of replies) {
    const read = decodeReply(payload);
    expect(read?.reply.statusCode).toBeGreaterThanOrEqual(200);
    expect(read?.correlationId).toBe(asText(decode(payload).properties?.correlationId ?? null));
  }
});

/** What our client sends for what `ask` does. */
async function sent(ask: (node: ManagementNode) => Promise<unknown>): Promise<ReturnType<typeof meaning>> {
  let asked: ManagementRequest | null = null;
  const node = new ManagementNode((_to, request) => {
    asked = request;
    return Promise.reject(new Error('enough'));
  });
  await ask(node).catch(() => undefined);
  const envelope = { to: '$management', replyTo: 'r', correlationId: '1' };
  return meaning(decode(encodeRequest(asked as unknown as ManagementRequest, envelope)));
}

const full = (type: string): string => `org.apache.qpid.dispatch.${type}`;

test.each([
  ['a query of all columns', (node: ManagementNode) => node.query(full('connection'))],
  ['the list of agents', (node: ManagementNode) => node.managementNodes()],
  ['types', (node: ManagementNode) => node.ofNode('GET-TYPES')],
  ['deletion by name', (node: ManagementNode) => node.delete({ type: full('router.config.linkRoute'), name: 'lr2' })],
])('%s is asked for as it was recorded', async (_what, ask) => {
  const ours = await sent(ask);
  const { operation } = ours.properties as { operation: string };
  const recorded = requests
    .map(meaning)
    .filter(({ properties }) => (properties as { operation: string }).operation === operation);
  expect(recorded).toContainEqual(ours);
});
