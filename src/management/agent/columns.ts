// Columns by the type of their values, written straight into the bytes of the reply: no object per value.
import { type AmqpValue, encodeValue } from '../../amqp/values.ts';
import type { Writer } from '../../amqp/writer.ts';
import type { Column } from './entity-type.ts';

const shortText = 128;

export function text<Item>(name: string, of: (item: Item) => string | null): Column<Item> {
  return { name, write: (writer, item) => writeText(writer, of(item)) };
}

/** A text that is the same for all. */
export function fixed<Item>(name: string, value: string | null): Column<Item> {
  return { name, write: (writer) => writeText(writer, value) };
}

export function ulong<Item>(name: string, of: (item: Item) => number): Column<Item> {
  return { name, write: (writer, item) => writeUlong(writer, of(item)) };
}

export function uint<Item>(name: string, of: (item: Item) => number | null): Column<Item> {
  return {
    name,
    write: (writer, item) => {
      const value = of(item);
      if (value === null) writer.u8(0x40);
      else writeUint(writer, value);
    },
  };
}

/** An int, or a long where an int is too small. */
export function integer<Item>(name: string, of: (item: Item) => number | null): Column<Item> {
  return {
    name,
    write: (writer, item) => {
      const value = of(item);
      if (value === null) writer.u8(0x40);
      else writeInteger(writer, value);
    },
  };
}

export function flag<Item>(name: string, of: (item: Item) => boolean): Column<Item> {
  return { name, write: (writer, item) => writer.u8(of(item) ? 0x41 : 0x42) };
}

export function value<Item>(name: string, of: (item: Item) => AmqpValue): Column<Item> {
  return { name, write: (writer, item) => encodeValue(writer, of(item)) };
}

/** Nothing, for all. */
export function none<Item>(name: string): Column<Item> {
  return { name, write: (writer) => writer.u8(0x40) };
}

export function writeText(writer: Writer, text: string | null): void {
  if (text === null) return writer.u8(0x40);
  const { length } = text;
  if (length > shortText) return encodeValue(writer, text);
  writer.reserve(length + 2);
  const { bytes, position } = writer;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return encodeValue(writer, text); // what was written is written over
    bytes[position + 2 + at] = code;
  }
  bytes[position] = 0xa1;
  bytes[position + 1] = length;
  writer.position = position + 2 + length;
}

export function writeUlong(writer: Writer, value: number): void {
  if (value === 0) writer.u8(0x44);
  else if (value < 256) {
    writer.u8(0x53);
    writer.u8(value);
  } else {
    writer.u8(0x80);
    writer.u32(Math.floor(value / 0x1_0000_0000));
    writer.u32(value >>> 0);
  }
}

export function writeUint(writer: Writer, value: number): void {
  const bounded = Math.min(Math.max(Math.trunc(value), 0), 0xffff_ffff);
  if (bounded === 0) writer.u8(0x43);
  else if (bounded < 256) {
    writer.u8(0x52);
    writer.u8(bounded);
  } else {
    writer.u8(0x70);
    writer.u32(bounded);
  }
}

export function writeInteger(writer: Writer, value: number): void {
  if (value >= -128 && value < 128) {
    writer.u8(0x54);
    writer.u8(value & 0xff);
  } else if (value === (value | 0)) {
    writer.u8(0x71);
    writer.u32(value >>> 0);
  } else {
    writer.u8(0x81);
    writer.u32(Math.floor(value / 0x1_0000_0000) >>> 0);
    writer.u32(value >>> 0);
  }
}
