// What must hold of the codec, whatever the bytes. Each check gets the bytes at some place within a larger buffer.
import { decodeRouterAnnotations, findUserAnnotations, writeMessageAnnotations } from '../../src/amqp/annotations.ts';
import { DecodeError } from '../../src/amqp/decode-error.ts';
import { DispositionFields, decodeDisposition } from '../../src/amqp/disposition.ts';
import { decodeFlow, FlowFields } from '../../src/amqp/flow.ts';
import { readPerformativeCode } from '../../src/amqp/frames.ts';
import { decodeMessage, encodeMessage } from '../../src/amqp/message.ts';
import {
  type AmqpPerformative,
  type Disposition,
  decodePerformative,
  decodeState,
  encodeState,
  type Flow,
  type SaslPerformative,
  type Transfer,
  writeFrame,
  writeSaslFrame,
} from '../../src/amqp/performatives.ts';
import { Reader } from '../../src/amqp/reader.ts';
import { findTo, readPriority, SectionOffsets, scanSections } from '../../src/amqp/sections.ts';
import { decodeTransfer, TransferFields } from '../../src/amqp/transfer.ts';
import { decodeValue, describeValue, encodeValue, skipValue, toPlain } from '../../src/amqp/values.ts';
import { Writer } from '../../src/amqp/writer.ts';
import { must } from '../target.ts';

/** Checks `bytes[start, end)`. Returns what was understood, in a form that can be compared; null when it was refused. */
export type Check = (bytes: Uint8Array, start: number, end: number) => string | null;

/** The result of `decode`, or null when it refused with DecodeError. Anything else that it throws goes on. */
function refusable<T>(decode: () => T): { readonly value: T } | null {
  try {
    return { value: decode() };
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What `write` writes, as hex. */
function written(write: (writer: Writer) => void): string {
  const writer = new Writer(16);
  write(writer);
  return hex(writer.written());
}

/** Written once, read, written again: both must be the same. `read` gets what was written. */
function roundTrip(write: (writer: Writer) => void, rewrite: (bytes: Uint8Array, writer: Writer) => void): string {
  const once = written(write);
  const bytes = Uint8Array.from(Buffer.from(once, 'hex'));
  must(written((writer) => rewrite(bytes, writer)) === once, `what was written reads as what it was: ${once}`);
  return once;
}

export const checkValue: Check = (bytes, start, end) => {
  const reader = new Reader(bytes, start, end);
  const decoded = refusable(() => decodeValue(reader));
  if (decoded === null) {
    refusable(() => skipValue(bytes, start, end));
    return null;
  }
  must(reader.position <= end, 'a value ends within its bytes');
  must(skipValue(bytes, start, end) === reader.position, 'skipping and decoding end at the same place');
  describeValue(decoded.value);
  toPlain(decoded.value);
  return roundTrip(
    (writer) => encodeValue(writer, decoded.value),
    (again, writer) => encodeValue(writer, decodeValue(new Reader(again))),
  );
};

export const checkPerformative: Check = (bytes, start, end) => {
  const code = readPerformativeCode(bytes, start, end);
  must(Number.isInteger(code) && code >= -1 && code <= 255, 'a code is a byte or -1');
  const plain = refusable(() => decodePerformative(bytes, start, end));
  const hot = hotDecoders[code];
  if (hot !== undefined) {
    const fast = refusable(() => hot.decode(bytes, start, end));
    if (plain !== null) {
      must(fast !== null, 'what the plain decoder takes the fast one takes');
      const [shown, wanted] = [fast.value, hot.show(plain.value as never)];
      must(shown.text === wanted, `both decoders agree: ${shown.text} and ${wanted}`);
    } else if (fast !== null) must(fast.value.isSloppy, 'what the plain decoder refuses the fast one refuses');
  }
  if (plain === null) return null;
  const { value } = plain;
  const write = (writer: Writer, one: typeof value): void =>
    one.code >= 0x40 ? writeSaslFrame(writer, one as SaslPerformative) : writeFrame(writer, 7, one as AmqpPerformative);
  return roundTrip(
    (writer) => write(writer, value),
    (again, writer) => write(writer, decodePerformative(again, 8, again.length)),
  );
};

interface HotDecoder {
  /** `isSloppy`: there was something in it that the fast decoder only steps over. */
  decode(bytes: Uint8Array, start: number, end: number): { text: string; isSloppy: boolean };
  show(plain: never): string;
}

const transferFields = new TransferFields();
const flowFields = new FlowFields();
const dispositionFields = new DispositionFields();

const hotDecoders: Record<number, HotDecoder> = {
  19: {
    decode(bytes, start, end) {
      decodeFlow(bytes, start, end, flowFields);
      const f = flowFields;
      const shown = [
        ...[f.hasNextIncomingId ? f.nextIncomingId : null, f.incomingWindow, f.nextOutgoingId, f.outgoingWindow],
        ...[f.hasHandle ? f.handle : null, f.hasDeliveryCount ? f.deliveryCount : null],
        ...[f.hasLinkCredit ? f.linkCredit : null, f.available, f.drain, f.echo],
      ];
      return { text: shown.join(), isSloppy: true }; // its properties are not looked into
    },
    show(f: Flow) {
      const bits = (value: number | null): number | null => (value === null ? null : value | 0);
      const cut = (value: number | null): number | null => (value === null ? null : Math.min(value, 0x7fffffff));
      return [
        ...[bits(f.nextIncomingId), cut(f.incomingWindow), bits(f.nextOutgoingId), cut(f.outgoingWindow)],
        ...[bits(f.handle), bits(f.deliveryCount), cut(f.linkCredit), cut(f.available ?? 0)],
        ...[f.drain ?? false, f.echo ?? false],
      ].join();
    },
  },
  20: {
    decode(bytes, start, end) {
      decodeTransfer(bytes, start, end, transferFields);
      const f = transferFields;
      must(f.payloadStart > start && f.payloadStart <= end, 'the payload begins within the frame');
      must(f.stateStart <= f.stateEnd && f.stateEnd <= end, 'the state lies within the frame');
      must(
        !f.hasTag || (f.tagStart >= start && f.tagStart <= f.tagEnd && f.tagEnd <= end),
        'the tag lies within the frame',
      );
      const shown = [
        ...[f.handle, f.hasDeliveryId ? f.deliveryId : null],
        ...[f.hasTag ? hex(bytes.subarray(f.tagStart, f.tagEnd)) : null, f.messageFormat],
        ...[f.hasSettled ? f.settled : null, f.more, f.rcvSettleMode, f.stateEnd > f.stateStart],
        ...[f.resume, f.aborted, f.batchable],
      ];
      return { text: shown.join(), isSloppy: f.stateEnd > f.stateStart };
    },
    show(f: Transfer) {
      return [
        ...[f.handle | 0, f.deliveryId === null ? null : f.deliveryId | 0],
        ...[f.deliveryTag === null ? null : hex(f.deliveryTag), (f.messageFormat ?? 0) | 0],
        ...[f.settled, f.more ?? false, f.rcvSettleMode ?? -1, f.state !== null],
        ...[f.resume ?? false, f.aborted ?? false, f.batchable ?? false],
      ].join();
    },
  },
  21: {
    decode(bytes, start, end) {
      decodeDisposition(bytes, start, end, dispositionFields);
      const f = dispositionFields;
      const hasState = f.stateEnd > f.stateStart;
      must(f.stateStart <= f.stateEnd && f.stateEnd <= end, 'the state lies within the frame');
      if (hasState) refusable(() => decodeState(bytes, f.stateStart, f.stateEnd));
      return { text: [f.role, f.first, f.last, f.settled, hasState, f.batchable].join(), isSloppy: hasState };
    },
    show(f: Disposition) {
      return [
        f.role,
        f.first | 0,
        (f.last ?? f.first) | 0,
        f.settled ?? false,
        f.state !== null,
        f.batchable ?? false,
      ].join();
    },
  },
};

export const checkState: Check = (bytes, start, end) => {
  const decoded = refusable(() => decodeState(bytes, start, end));
  if (decoded === null) return null;
  return roundTrip(
    (writer) => encodeState(writer, decoded.value),
    (again, writer) => encodeState(writer, decodeState(again, 0, again.length)),
  );
};

const sections = new SectionOffsets();

export const checkSections: Check = (bytes, start, end) => {
  const seen: string[] = [];
  for (const upTo of [0x70, 0x72, 0x73, 0x75]) {
    scanSections(bytes, start, end, upTo, sections);
    for (const [name, place] of Object.entries(sections))
      if (typeof place === 'number')
        must(place === -1 || (place >= start && place <= end), `${name} lies within the message`);
    must(!(sections.complete && sections.malformed), 'a message is not both whole and malformed');
    seen.push(`${sections.complete} ${sections.malformed} ${sections.scannedTo - start}`);
  }
  const priority = readPriority(bytes, sections.headerStart, sections.headerEnd);
  must(Number.isInteger(priority) && priority >= 0 && priority <= 9, 'a priority is 0 to 9');
  const to = { start: -1, end: -1 };
  if (refusable(() => findTo(bytes, sections.propertiesStart, sections.propertiesEnd, to)) !== null && to.start >= 0)
    must(to.start <= to.end && to.end <= sections.propertiesEnd, '`to` lies within the properties');
  checkAnnotations(bytes, sections.messageAnnotationsStart, sections.messageAnnotationsEnd);
  return `${seen.join()} ${priority}`;
};

/** What is left without the routers' annotations is a section again, and has none of theirs. */
function checkAnnotations(bytes: Uint8Array, start: number, end: number): void {
  if (start < 0) return;
  refusable(() => decodeRouterAnnotations(bytes, start, end));
  const user = refusable(() => findUserAnnotations(bytes, start, end));
  if (user === null) return;
  must(user.value.start >= start && user.value.end <= end, 'the annotations of the user lie within the section');
  const router = { to: 'x', ingress: '0/A', trace: ['0/A'], phase: 0, stream: true };
  for (const added of [null, router]) {
    const writer = new Writer(16);
    writeMessageAnnotations(writer, bytes, user.value, added);
    const section = writer.written();
    if (section.length === 0) continue;
    const again = findUserAnnotations(section, 0, section.length);
    const kept = hex(section.subarray(again.start, again.end));
    must(kept === hex(bytes.subarray(user.value.start, user.value.end)), 'the annotations of the user are kept');
    must(again.routed === (added !== null), 'router annotations are there only if they were added');
    if (added !== null)
      must(
        decodeRouterAnnotations(section, 0, section.length).to === 'x',
        'router annotations read as they were written',
      );
  }
}

export const checkMessage: Check = (bytes, start, end) => {
  const decoded = refusable(() => decodeMessage(bytes, start, end));
  if (decoded === null) return null;
  scanSections(bytes, start, end, 0x75, sections);
  must(!sections.malformed, 'a message that can be decoded can be scanned');
  return roundTrip(
    (writer) => encodeMessage(writer, decoded.value),
    (again, writer) => encodeMessage(writer, decodeMessage(again, 0, again.length)),
  );
};
