// Whole conversations of real routers, clients and tools: the codec reads every frame, and what it writes anew means the same.
import { describe, expect, test } from 'vitest';
import { decodeMessage } from './message.ts';
import { Code, decodePerformative, type Performative, writeFrame, writeSaslFrame } from './performatives.ts';
import { frameRecordings, type RecordedEvent, readRecording, wholeRecordings } from './testing/recording.ts';
import { decodeTransfer, TransferFields } from './transfer.ts';
import { Writer } from './writer.ts';

/** What clients said on purpose that no codec may take, by the first bytes. */
const wrongFrames = new Map([
  ['474554202f', 'a request of HTTP'],
  ['0000001202000000005311c0200440434343', 'a list that ends behind its frame'],
  ['0000000c0200000000539945', 'a performative that there is not'],
]);

/** The payload of a client that sends octets which are no sections. */
const nonsense = '67617262616765';

/** The frames of a recording: no protocol headers, no heartbeats. */
function framesOf(name: string): RecordedEvent[] {
  return readRecording(name).filter(
    ({ kind, bytes }) => kind === 'bytes' && bytes.length > 8 && (bytes[0] !== 0x41 || bytes[1] !== 0x4d),
  );
}

function isWrong({ bytes }: RecordedEvent): boolean {
  const hex = Buffer.from(bytes).toString('hex');
  return [...wrongFrames.keys()].some((start) => hex.startsWith(start));
}

/** The fields of a transfer, null for another performative. */
function transferOf(bytes: Uint8Array): TransferFields | null {
  if (bytes[5] !== 0 || bytes[10] !== Code.Transfer) return null;
  const fields = new TransferFields();
  decodeTransfer(bytes, 8, bytes.length, fields);
  return fields;
}

function writtenAnew(performative: Performative): Performative {
  const writer = new Writer(0);
  if (performative.code >= Code.SaslMechanisms) {
    writeSaslFrame(writer, performative as Parameters<typeof writeSaslFrame>[1]);
  } else writeFrame(writer, 0, performative as Parameters<typeof writeFrame>[2]);
  return decodePerformative(writer.bytes, 8, writer.position);
}

/** The messages of all transfers, put together from their frames. */
function* messagesOf(
  frames: readonly RecordedEvent[],
): Generator<{ readonly line: number; readonly bytes: Uint8Array }> {
  const open = new Map<string, Uint8Array[]>();
  for (const { bytes, connection, byClient, line } of frames) {
    const fields = transferOf(bytes);
    if (fields === null) continue;
    const key = `${connection} ${byClient} ${bytes[6]} ${bytes[7]} ${fields.handle}`;
    const parts = [...(open.get(key) ?? []), bytes.subarray(fields.payloadStart)];
    if (fields.more) open.set(key, parts);
    else {
      open.delete(key);
      if (!fields.aborted) yield { line, bytes: Uint8Array.from(Buffer.concat(parts)) };
    }
  }
  if (open.size > 0) throw new Error('a delivery without end');
}

describe.each([...wholeRecordings, ...frameRecordings])('the recording %s', (name) => {
  const frames = framesOf(name);
  const right = frames.filter((frame) => !isWrong(frame));

  test('holds frames that all say their own size', () => {
    expect(right.length).toBeGreaterThan(20);
    for (const { bytes, line } of right) {
      expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), `line ${line}`).toBe(bytes.length);
    }
  });

  test('is read frame by frame, and written anew means the same', () => {
    for (const { bytes, line } of right) {
      const end = transferOf(bytes)?.payloadStart ?? bytes.length;
      const decoded = decodePerformative(bytes, 8, end);
      expect(writtenAnew(decoded), `line ${line}`).toStrictEqual(decoded);
    }
  });

  test('holds messages whose sections are read', () => {
    for (const { line, bytes } of messagesOf(right)) {
      if (Buffer.from(bytes).toString('hex') === nonsense) continue;
      expect(() => decodeMessage(bytes, 0, bytes.length), `line ${line}`).not.toThrow();
    }
  });
});

test('what clients say wrongly is not taken', () => {
  const wrong = framesOf('clients').filter(isWrong);
  expect(wrong).toHaveLength(wrongFrames.size);
  for (const { bytes } of wrong) expect(() => decodePerformative(bytes, 8, bytes.length)).toThrow();
});
