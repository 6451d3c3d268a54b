// Text on the wire: strings are UTF-8 (§1.6.20), symbols ASCII (§1.6.21). Short ASCII, which nearly all text here is, is
// looked for among what was read before: that is faster than crossing into TextDecoder.

import { assert } from '../kit/assert.ts';
import { DecodeError } from './decode-error.ts';
import { knownText } from './known-text.ts';
import type { Writer } from './writer.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const shortBytes = 32;

/** The UTF-8 text in [start, end). Throws DecodeError when it is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= shortBytes) {
    const text = knownText(bytes, start, end);
    if (text !== null) return text;
  }
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    throw new DecodeError('a string that is not UTF-8', start);
  }
}

/** The ASCII text in [start, end). Throws DecodeError when it is not ASCII. */
export function decodeAscii(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= shortBytes) {
    const text = knownText(bytes, start, end);
    if (text !== null) return text;
  }
  for (let at = start; at < end; at++) {
    if (bytes[at] > 0x7f) throw new DecodeError('a symbol that is not ASCII', at);
  }
  return decoder.decode(bytes.subarray(start, end));
}

/** Appends `text` as UTF-8 and returns its bytes' number. A lone surrogate becomes U+FFFD. */
export function appendUtf8(writer: Writer, text: string): number {
  writer.reserve(text.length * 3);
  if (text.length <= shortBytes && storeAscii(writer, text)) return text.length;
  const { written } = encoder.encodeInto(text, writer.bytes.subarray(writer.position));
  writer.position += written;
  return written;
}

/** Appends `text` if it is ASCII; else nothing. */
function storeAscii(writer: Writer, text: string): boolean {
  const { bytes, position } = writer;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character > 0x7f) return false;
    bytes[position + i] = character;
  }
  writer.position += text.length;
  return true;
}

/** Appends `text`, which must be ASCII, byte for character. */
export function appendAscii(writer: Writer, text: string): void {
  writer.reserve(text.length);
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    assert(character < 0x80, `the symbol ${JSON.stringify(text)} is ASCII`);
    writer.bytes[writer.position++] = character;
  }
}
