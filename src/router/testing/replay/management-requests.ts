// The requests of recorded management tools, each with the reply that it got: put together from the frames of a recording.
import { decodeMessage, type Message } from '../../../amqp/message.ts';
import { type Attach, Code, decodePerformative, Target } from '../../../amqp/performatives.ts';
import { readRecording } from '../../../amqp/testing/recording.ts';
import { decodeTransfer, TransferFields } from '../../../amqp/transfer.ts';
import { asText, describeValue } from '../../../amqp/values.ts';

export interface RecordedRequest {
  /** Where it was sent: `$management`, `_topo/0/B/$management` … */
  readonly address: string;
  readonly request: Message;
  /** Null when there was none. */
  readonly reply: Message | null;
}

/** Where a recorded connection sends by the handle of the link. */
type Handles = Map<string, string>;

export function recordedRequests(name: string): RecordedRequest[] {
  const handles: Handles = new Map();
  const parts = new Map<string, Uint8Array[]>();
  const requests: { address: string; key: string; request: Message; reply: Message | null }[] = [];
  for (const { bytes, connection, byClient, kind } of readRecording(name)) {
    if (kind !== 'bytes' || bytes[5] !== 0 || bytes.length < 12) continue;
    const channel = `${connection} ${byClient} ${bytes[6]} ${bytes[7]}`;
    if (bytes[10] === Code.Attach) noteAttach(decodePerformative(bytes, 8, bytes.length) as Attach, channel, handles);
    if (bytes[10] !== Code.Transfer) continue;
    const fields = new TransferFields();
    decodeTransfer(bytes, 8, bytes.length, fields);
    const key = `${channel} ${fields.handle}`;
    const payload = [...(parts.get(key) ?? []), bytes.subarray(fields.payloadStart)];
    parts.set(key, fields.more ? payload : []);
    if (fields.more) continue;
    const whole = concat(payload);
    const message = decodeMessage(whole, 0, whole.length);
    if (byClient) {
      const address = handles.get(key) ?? '';
      const replyTo = asText(message.properties?.replyTo ?? null) ?? '';
      if (!address.endsWith('$management')) continue;
      requests.push({ address, key: keyOf(replyTo, message), request: message, reply: null });
    } else {
      // Some clients give all their requests one correlation-id, and some requests had no reply: it is that of the last one.
      const to = keyOf(asText(message.properties?.to ?? null) ?? '', message);
      const asked = requests.findLast(({ key, reply }) => key === to && reply === null);
      if (asked !== undefined) asked.reply = message;
    }
  }
  return requests;
}

function noteAttach(attach: Attach, channel: string, handles: Handles): void {
  if (attach.role || !(attach.target instanceof Target)) return;
  handles.set(`${channel} ${attach.handle}`, asText(attach.target.address) ?? '');
}

/** Recorded routers gave back a ulong as an int now and then: the type does not tell requests apart. */
function keyOf(address: string, { properties }: Message): string {
  return `${address} ${describeValue(properties?.correlationId ?? null).replace(/^\w+ /, '')}`;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
