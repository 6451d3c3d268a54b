// What the hot codecs cost, in nanoseconds a call: `node dist/bench/codec.js`. Median of several rounds after warming up.
// Both kinds of input are fed, Node's Buffer and Uint8Array, as in a router that reads sockets and its own buffers.

import { performance } from 'node:perf_hooks';
import { DispositionFields, decodeDisposition, writeDisposition } from '../src/amqp/disposition.ts';
import { decodeFlow, FlowFields, writeLinkFlow } from '../src/amqp/flow.ts';
import { readPriority, SectionOffsets, scanSections } from '../src/amqp/sections.ts';
import { copyBytes, decodeTransfer, endFrame, TransferFields, writeTransfer } from '../src/amqp/transfer.ts';
import { Writer } from '../src/amqp/writer.ts';

const calls = 1_000_000;
const rounds = 7;

/** `run` makes `calls` calls and returns something that depends on all of them, so that none is left out. */
function measure(name: string, run: () => number): void {
  const nanoseconds: number[] = [];
  let sum = run() + run();
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    sum += run();
    nanoseconds.push(((performance.now() - from) * 1e6) / calls);
  }
  nanoseconds.sort((a, b) => a - b);
  const spread = `${nanoseconds[0].toFixed(1)} to ${nanoseconds[rounds - 1].toFixed(1)}`;
  console.log(`${name.padEnd(44)} ${nanoseconds[rounds >> 1].toFixed(1).padStart(6)} ns   (${spread}; ${sum % 10})`);
}

function frameBody(text: string, payloadBytes: number): Buffer {
  const room = Buffer.alloc(64 * 1024);
  const head = Buffer.from(text.replaceAll(' ', ''), 'hex');
  head.copy(room, 8);
  return room.subarray(0, 8 + head.length + payloadBytes);
}

function measureDecoders(): void {
  const fields = new TransferFields();
  const decode = (bytes: Uint8Array) => () => {
    let sum = 0;
    for (let i = 0; i < calls; i++) {
      decodeTransfer(bytes, 8, bytes.length, fields);
      sum = (sum + fields.payloadStart + fields.deliveryId) | 0;
    }
    return sum;
  };
  const usual = frameBody('00 53 14 c0 14 05 52 01 70 00 01 02 03 a0 08 01 02 03 04 05 06 07 08 43 42', 100);
  measure('decode transfer, 8-byte tag', decode(usual));
  measure('decode transfer, 8-byte tag, plain array', decode(new Uint8Array(usual)));
  measure(
    'decode transfer, list32',
    decode(frameBody('00 53 14 d0 0000000d 00000006 43 52 07 a0 01 31 43 42 42', 100)),
  );
  measure(
    'decode transfer, batchable (careful way)',
    decode(frameBody('00 53 14 c0 0d 0b 43 43 a0 00 43 42 42 40 40 42 42 41', 100)),
  );
  const disposition = new DispositionFields();
  const accepted = frameBody('00 53 15 c0 11 05 41 70 00 01 02 03 70 00 01 02 04 41 00 53 24 45', 0);
  measure('decode disposition', () => {
    let sum = 0;
    for (let i = 0; i < calls; i++) {
      decodeDisposition(accepted, 8, accepted.length, disposition);
      sum = (sum + disposition.first + disposition.outcome) | 0;
    }
    return sum;
  });
  const flow = new FlowFields();
  const credit = frameBody('00 53 13 c0 17 09 52 02 70 7f ff ff ff 52 07 70 7f ff ff ff 52 01 52 02 52 01 40 42', 0);
  measure('decode flow', () => {
    let sum = 0;
    for (let i = 0; i < calls; i++) {
      decodeFlow(credit, 8, credit.length, flow);
      sum = (sum + flow.linkCredit + flow.handle) | 0;
    }
    return sum;
  });
}

function measureWriters(): void {
  const writer = new Writer(256 * 1024);
  const full = writer.bytes.length - 1024;
  measure('write transfer', () => {
    for (let i = 0; i < calls; i++) {
      if (writer.position > full) writer.position = 0;
      endFrame(writer, writeTransfer(writer, 0, 1, i, i, false, false));
    }
    return writer.position;
  });
  measure('write disposition', () => {
    for (let i = 0; i < calls; i++) {
      if (writer.position > full) writer.position = 0;
      writeDisposition(writer, 0, true, i, i + 3, true, 0x24);
    }
    return writer.position;
  });
  measure('write link flow', () => {
    for (let i = 0; i < calls; i++) {
      if (writer.position > full) writer.position = 0;
      writeLinkFlow(writer, 0, i, 1000, i, 1000, 1, i, 250, 0, false, false);
    }
    return writer.position;
  });
}

function measureCopies(): void {
  const writer = new Writer(256 * 1024);
  for (const bytes of [8, 16, 24, 32, 64, 100, 128, 256, 1024]) {
    const from = Buffer.alloc(64 * 1024, 7);
    measure(`copy ${bytes} bytes`, () => {
      for (let i = 0; i < calls; i++) {
        if (writer.position > 250 * 1024) writer.position = 0;
        const start = i & 0x7fff;
        copyBytes(from, start, start + bytes, writer);
      }
      return writer.position + writer.bytes[1];
    });
  }
}

function measureSections(): void {
  const offsets = new SectionOffsets();
  const bytes = frameBody(
    '00 53 70 c0 04 02 41 50 07 00 53 73 c0 0b 03 a1 01 31 40 a1 04 61 62 63 64 00 53 75 a0 64',
    100,
  );
  measure('scan sections to properties, read priority', () => {
    let sum = 0;
    for (let i = 0; i < calls; i++) {
      scanSections(bytes, 8, bytes.length, 0x73, offsets);
      sum = (sum + offsets.propertiesEnd + readPriority(bytes, offsets.headerStart, offsets.headerEnd)) | 0;
    }
    return sum;
  });
}

measureDecoders();
measureWriters();
measureCopies();
measureSections();
