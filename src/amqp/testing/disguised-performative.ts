// A performative in any of the many byte sequences that mean it: encodings, descriptors and absent fields chosen at random.

import fc from 'fast-check';
import { type Composite, encodeComposite } from '../composite-codec.ts';
import { compositeTypes } from '../generated/table.ts';
import { Reader } from '../reader.ts';
import { decodeValue } from '../values.ts';
import { Writer } from '../writer.ts';
import { Choices, disguise, encodeLoosely } from './loose-encoder.ts';

/** Numbers that decide what {@link disguised} chooses. */
export const disguises = fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 });

/** The frame body (without payload) of `performative` in the encoding that `numbers` choose. */
export function disguised(performative: Composite, numbers: number[]): Uint8Array {
  const writer = new Writer(64);
  encodeComposite(writer, performative);
  const value = decodeValue(new Reader(writer.written()));
  const fieldsMax = compositeTypes.find(({ code }) => code === performative.code)?.fields.length ?? 0;
  const choices = new Choices(numbers);
  return encodeLoosely(disguise(value, fieldsMax, choices), choices);
}
