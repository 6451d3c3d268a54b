// Performatives and messages as text, for vectors and for failures that people read.

import { type Composite, encodeComposite } from '../composite-codec.ts';
import { encodeMessage, type Message } from '../message.ts';
import { Reader } from '../reader.ts';
import { decodeValue, describeValue } from '../values.ts';
import { Writer } from '../writer.ts';

/** A composite as the described list that it is encoded as. */
export function shownComposite(composite: Composite): string {
  const writer = new Writer(64);
  encodeComposite(writer, composite);
  return shown(writer.written());
}

/** A message as its sections. */
export function shownMessage(message: Message): string {
  const writer = new Writer(64);
  encodeMessage(writer, message);
  return shown(writer.written());
}

function shown(bytes: Uint8Array): string {
  const reader = new Reader(bytes);
  const texts: string[] = [];
  while (reader.position < reader.end) texts.push(describeValue(decodeValue(reader), 10_000));
  return texts.join(' ');
}
