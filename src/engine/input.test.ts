import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockPool } from '../kit/block-pool.ts';
import { FrameAssembler } from './frame-assembler.ts';
import { Expecting, Input, type InputOwner } from './input.ts';

/** Notes what comes, and follows a script of what to expect next. */
class Notes implements InputOwner {
  expecting: Expecting;
  frameSizeMax = 100;
  readonly seen: string[] = [];
  readonly input = new Input(this, new BlockPool());
  readonly #script: Expecting[];

  constructor(...script: Expecting[]) {
    this.#script = script;
    this.expecting = Expecting.Header;
    this.#next();
  }

  #next(): void {
    this.expecting = this.#script.shift() ?? this.expecting;
  }

  handleHeader(header: Uint8Array): void {
    this.seen.push(`header ${header}`);
    this.#next();
  }

  handleFrame(bytes: Uint8Array, start: number, end: number): void {
    this.seen.push(`frame ${bytes.slice(start, end)}`);
    if (this.expecting === Expecting.Frames && bytes[start + 8] === 99) this.#next();
  }

  handleFrameSize(size: number): void {
    this.seen.push(`size ${size}`);
    this.expecting = Expecting.Nothing;
  }
}

function frameOf(...body: number[]): number[] {
  return [0, 0, 0, 8 + body.length, 2, 0, 0, 0, ...body];
}

const header = [1, 2, 3, 4, 5, 6, 7, 8];
const stream = Uint8Array.from([
  ...header,
  ...frameOf(1),
  ...frameOf(),
  ...frameOf(2, 3, 4),
  ...frameOf(99),
  ...header,
]);
const script = [Expecting.Header, Expecting.Frames, Expecting.Header] as const;

function readInPieces(pieces: readonly Uint8Array[]): string[] {
  const notes = new Notes(...script);
  for (const piece of pieces) notes.input.handle(piece);
  return notes.seen;
}

describe('bytes become headers and frames', () => {
  const wanted = readInPieces([stream]);

  test('in one piece', () => {
    expect(wanted).toHaveLength(6);
    expect(wanted[3]).toBe('frame 0,0,0,11,2,0,0,0,2,3,4');
  });

  test('byte by byte', () => {
    expect(readInPieces(Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(wanted);
  });

  test('at every split, also within a larger buffer', () => {
    const larger = new Uint8Array(stream.length + 10).fill(0xee);
    larger.set(stream, 5);
    for (let place = 0; place <= stream.length; place++) {
      expect(readInPieces([stream.slice(0, place), stream.slice(place)])).toEqual(wanted);
      expect(readInPieces([larger.subarray(5, 5 + place), larger.subarray(5 + place, 5 + stream.length)])).toEqual(
        wanted,
      );
    }
  });

  test('cut anyhow', () => {
    const places = fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 8 });
    fc.assert(
      fc.property(places, (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), stream.length];
        expect(readInPieces(ends.map((end, at) => stream.slice(ends[at - 1] ?? 0, end)))).toEqual(wanted);
      }),
    );
  });
});

describe('a size field out of bounds', () => {
  const sizes = [0, 7, 101, 0x7fffffff, 0x80000000, 0xffffffff];

  test.each(sizes)('of %i is noticed, however it arrives, and gets no room', (size) => {
    const bytes = new Uint8Array(12);
    new DataView(bytes.buffer).setUint32(0, size);
    for (let place = 0; place <= 8; place++) {
      const notes = new Notes(Expecting.Frames);
      notes.input.handle(bytes.slice(0, place));
      notes.input.handle(bytes.slice(place));
      expect(notes.seen).toEqual([`size ${size}`]);
    }
  });

  test('gets no room, and nothing behind it is taken', () => {
    const assembler = new FrameAssembler(new BlockPool());
    assembler.keep(Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 2, 0), 0);
    expect(assembler.fill(new Uint8Array(50), 0, 16_384)).toBe(2);
    expect([assembler.isComplete, assembler.size]).toEqual([false, 0x7fffffff]);
  });

  test('is told apart from the largest frame that is allowed', () => {
    const notes = new Notes(Expecting.Frames);
    notes.input.handle(Uint8Array.from(frameOf(...new Array(92).fill(5))));
    expect(notes.seen).toHaveLength(1);
  });
});

describe('bytes that come too early', () => {
  test('are held, and read when their time has come', () => {
    const notes = new Notes(Expecting.Later, Expecting.Frames, Expecting.Header);
    for (const byte of stream.slice(0, 20)) notes.input.handle(Uint8Array.of(byte));
    expect(notes.seen).toEqual([]);
    notes.expecting = Expecting.Header;
    notes.input.resume();
    notes.input.handle(stream.slice(20));
    expect(notes.seen).toEqual(readInPieces([stream]));
  });

  test('are let go with everything else', () => {
    const notes = new Notes(Expecting.Later);
    notes.input.handle(stream);
    notes.input.drop();
    notes.expecting = Expecting.Header;
    notes.input.resume();
    expect(notes.seen).toEqual([]);
  });

  test('are dropped when nothing is expected any more', () => {
    const notes = new Notes(Expecting.Nothing);
    notes.input.handle(stream);
    expect(notes.seen).toEqual([]);
  });
});
