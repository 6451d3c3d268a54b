// Every AMQP type, from bytes and to bytes: the front door of the value-… files.

export { decodeValue } from './value-decoder.ts';
export { encodeValue } from './value-encoder.ts';
export * from './value-model.ts';
export { skipValue } from './value-skipper.ts';
export { asNumber, asText, describeValue, lookup, toPlain } from './value-text.ts';
