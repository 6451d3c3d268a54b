// Router annotations (`x-opt-qd.…`) at the doors of the network: taken off what clients send, put on for those who ask.
// Most messages have no message-annotations section at all; they are told by their first bytes and relayed as they are.
import { findUserAnnotations, writeMessageAnnotations } from '../amqp/annotations.ts';
import { DecodeError } from '../amqp/decode-error.ts';
import { readPriority, SectionOffsets, scanSections } from '../amqp/sections.ts';
import { Writer } from '../amqp/writer.ts';

const sections = new SectionOffsets();

/** Stands for a message that is not one. */
export const malformedMessage = new Uint8Array(0);

/** False when the first section comes after the place of message-annotations: then there are none. hot */
export function mayHaveAnnotations(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start < 3
    ? end > start
    : bytes[start] !== 0 || bytes[start + 1] !== 0x53 || (bytes[start + 2] as number) < 0x73;
}

/** False when the first section comes after the place of properties: then there are none (§3.2). hot */
export function mayHaveProperties(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 3 || bytes[start] !== 0 || bytes[start + 1] !== 0x53) return end > start;
  const code = bytes[start + 2] as number;
  return code < 0x74 || code > 0x78;
}

/**
 * The message without router annotations and what follows the first of them (as Dispatch reads them): a copy, or null when
 * there is nothing to take off, or {@link malformedMessage}.
 */
export function withoutRouterAnnotations(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
  scanSections(bytes, start, end, 0x72, sections);
  if (sections.malformed || (!sections.complete && sections.scannedTo !== end)) return malformedMessage;
  const { messageAnnotationsStart: from, messageAnnotationsEnd: to } = sections;
  if (from < 0) return null;
  try {
    const user = findUserAnnotations(bytes, from, to);
    if (!user.routed) return null;
    const writer = new Writer(end - start);
    writer.append(bytes, start, from);
    writeMessageAnnotations(writer, bytes, user, null);
    writer.append(bytes, to, end);
    return writer.written();
  } catch (error) {
    if (error instanceof DecodeError) return malformedMessage;
    throw error;
  }
}

/** Whether these first bytes of a message hold all that routing looks at: the sections before the application's own. */
export function hasWholeHead(bytes: Uint8Array): boolean {
  if (bytes.length === 0) return false;
  scanSections(bytes, 0, bytes.length, 0x73, sections);
  return sections.complete || sections.malformed;
}

/** The priority in the message's header, 4 when it says nothing (§3.2.1). */
export function priorityOf(bytes: Uint8Array): number {
  scanSections(bytes, 0, bytes.length, 0x70, sections);
  return readPriority(bytes, sections.headerStart, sections.headerEnd);
}
