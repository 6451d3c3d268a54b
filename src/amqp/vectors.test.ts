import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeMessage } from './message.ts';
import { Code, decodePerformative, type Performative, writeFrame, writeSaslFrame } from './performatives.ts';
import { SectionOffsets, scanSections } from './sections.ts';
import { atEveryPlacement, survivorsOfCuts } from './testing/placements.ts';
import { shownComposite, shownMessage } from './testing/shown.ts';
import { decodeTransfer, TransferFields } from './transfer.ts';
import { Writer } from './writer.ts';

interface Vector {
  about: string;
  /** A whole frame as a client or router wrote it. */
  hex: string;
  /** Its performative as a described list. */
  means: string;
  /** The sections of its payload. */
  message?: string;
}

const text = readFileSync(new URL('vectors/frames.jsonl', import.meta.url), 'utf8');
const vectors = text
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

function bodyOf({ hex }: Vector): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex')).subarray(8);
}

describe('a frame of a real peer', () => {
  test.each(vectors)('is understood: $about', (vector) => {
    atEveryPlacement(bodyOf(vector), decodePerformative, (decoded) =>
      expect(shownComposite(decoded)).toBe(vector.means),
    );
  });

  test.each(vectors)('written anew means the same: $about', (vector) => {
    const decoded = decodePerformative(bodyOf(vector), 0, bodyOf(vector).length);
    const writer = new Writer(0);
    if (decoded.code >= 0x40) writeSaslFrame(writer, decoded as Parameters<typeof writeSaslFrame>[1]);
    else writeFrame(writer, 0, decoded as Parameters<typeof writeFrame>[2]);
    const again: Performative = decodePerformative(writer.bytes, 8, writer.position);
    expect(again).toStrictEqual(decoded);
    expect(writer.position).toBeLessThanOrEqual(8 + bodyOf(vector).length);
  });

  test.each(vectors.filter(({ message }) => message === undefined))('is refused when cut: $about', (vector) => {
    expect(survivorsOfCuts(bodyOf(vector), decodePerformative)).toEqual([]);
  });

  test.each(vectors.filter(({ message }) => message !== undefined))('holds the message: $about', (vector) => {
    const body = bodyOf(vector);
    const fields = new TransferFields();
    decodeTransfer(body, 0, body.length, fields);
    const message = decodeMessage(body, fields.payloadStart, body.length);
    expect(shownMessage(message)).toBe(vector.message);

    const sections = new SectionOffsets();
    scanSections(body, fields.payloadStart, body.length, Code.Data, sections);
    expect(sections).toMatchObject({ complete: true, malformed: false });
    expect(sections.propertiesStart >= 0).toBe(message.properties !== null);
    expect(sections.messageAnnotationsStart >= 0).toBe(message.messageAnnotations !== null);
    expect(body.subarray(sections.bodyStart, sections.bodyStart + 3)).toStrictEqual(
      Uint8Array.of(0, 0x53, Code.AmqpValue),
    );
  });
});
