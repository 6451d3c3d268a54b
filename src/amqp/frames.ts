// What surrounds performatives (§2.2, §2.3, §5.3): protocol headers, the frame header, the descriptor at the head of a
// frame body.
//
//   protocol header   'A' 'M' 'Q' 'P' | id | 1 | 0 | 0
//   frame             size (4) | doff = 2 | type | channel (2) | body: performative, payload
//   body              00 | descriptor: 53 xx, 80 (8 bytes) or a3 length symbol | list

import { codeOfSymbol } from './generated/codes.ts';
import type { Writer } from './writer.ts';

/** Third party of a protocol header (§2.2, §5.3.1). */
export const ProtocolId = { Amqp: 0, Tls: 2, Sasl: 3 } as const;

/** Frame type, byte 5 of the frame header (§2.3.1, §5.3.1). */
export const FrameType = { Amqp: 0, Sasl: 1 } as const;

/** Bytes of the frame header without extension: what an empty frame consists of. */
export const frameHeaderBytes = 8;

/** Writes the eight bytes that open a protocol layer, version 1.0.0. */
export function writeProtocolHeader(writer: Writer, id: number): void {
  writer.u32(0x414d5150);
  writer.u8(id);
  writer.u8(1);
  writer.u16(0);
}

/**
 * Writes a frame header with an open size and returns where the frame starts; {@link endFrame} fills the size in
 * when the body has been appended. `channel` is 0 for SASL frames, which ignore it.
 */
export function beginFrame(writer: Writer, type: number, channel: number): number {
  writer.reserve(frameHeaderBytes);
  const start = writer.position;
  const bytes = writer.bytes;
  bytes[start + 4] = 2;
  bytes[start + 5] = type;
  bytes[start + 6] = channel >>> 8;
  bytes[start + 7] = channel;
  writer.position = start + frameHeaderBytes;
  return start;
}

/** Fills in the size of the frame that starts at `start` and ends at the writer's position. */
export function endFrame(writer: Writer, start: number): void {
  const bytes = writer.bytes;
  const size = writer.position - start;
  bytes[start] = size >>> 24;
  bytes[start + 1] = size >>> 16;
  bytes[start + 2] = size >>> 8;
  bytes[start + 3] = size;
}

/** Writes a frame without body: the heartbeat (§2.4.5). */
export function writeEmptyFrame(writer: Writer): void {
  endFrame(writer, beginFrame(writer, FrameType.Amqp, 0));
}

/**
 * The code of the described type that starts at `start` (its 00 byte), without looking further: 0x10 for an `open` …
 * or -1 when there is no known descriptor inside [start, end). Never throws.
 */
export function readPerformativeCode(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 3 || bytes[start] !== 0) return -1;
  const form = bytes[start + 1];
  if (form === 0x53) return bytes[start + 2];
  if (form === 0x80) return readUlongCode(bytes, start + 2, end);
  if (form === 0xa3) return readSymbolCode(bytes, start + 3, start + 3 + bytes[start + 2], end);
  if (form !== 0xb3 || end - start < 6 || bytes[start + 2] !== 0 || bytes[start + 3] !== 0) return -1;
  return readSymbolCode(bytes, start + 6, start + 6 + ((bytes[start + 4] << 8) | bytes[start + 5]), end);
}

function readUlongCode(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 8) return -1;
  for (let i = start; i < start + 7; i++) if (bytes[i] !== 0) return -1;
  return bytes[start + 7];
}

function readSymbolCode(bytes: Uint8Array, start: number, symbolEnd: number, end: number): number {
  if (symbolEnd > end || symbolEnd - start > 64) return -1;
  let text = '';
  for (let i = start; i < symbolEnd; i++) text += String.fromCharCode(bytes[i]);
  return codeOfSymbol.get(text) ?? -1;
}
