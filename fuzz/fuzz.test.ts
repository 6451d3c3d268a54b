// The parts of the fuzzer.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../src/kit/random.ts';
import { mutateBytes } from './byte-mutations.ts';
import { common } from './coverage.ts';
import { examine } from './find.ts';
import { minimise } from './minimise.ts';
import { parseOptions } from './options.ts';
import { describeStep, makeStep, Op, readStep, splitProgram } from './router/program.ts';
import { routerTarget } from './router/router-target.ts';
import { must, type Target } from './target.ts';
import { mutateValueBytes } from './value-mutations.ts';

const bytes = fc.uint8Array({ maxLength: 60 });
const target = (run: (input: Uint8Array) => void): Target => ({ name: 'test', run }) as unknown as Target;

describe('an input is examined', () => {
  test('and is well when it ends quietly', () => {
    expect(
      examine(
        target(() => undefined),
        Uint8Array.of(1),
      ),
    ).toBeNull();
  });

  test('and what it throws is told apart by what was thrown, not by numbers in it', () => {
    const signatures = [1, 2].map(
      (number) =>
        examine(
          target(() => must(false, `credit is ${number}`)),
          Uint8Array.of(number),
        )?.signature,
    );
    expect(signatures[0]).toBe(signatures[1]);
    expect(signatures[0]).toContain('Breach credit is #');
  });

  test('and one that never ends is stopped', () => {
    const endless = target(() => {
      for (;;);
    });
    expect(examine(endless, Uint8Array.of(1))?.signature).toBe('hang');
  });

  test('and one that takes much memory is noticed', () => {
    let kept: Uint8Array | null = null;
    const hungry = target(() => {
      kept = new Uint8Array(100 * 1024 * 1024);
    });
    expect(examine(hungry, Uint8Array.of(1))?.signature).toBe('memory');
    expect(kept).not.toBeNull();
  });
});

describe('an input is minimised', () => {
  const ofBytes = (input: Uint8Array): Uint8Array[] => Array.from(input, (_, at) => input.subarray(at, at + 1));

  test('to what makes it interesting', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (before, after) => {
        const input = Uint8Array.of(...before, 0xaa, ...after, 0xbb);
        const isInteresting = (one: Uint8Array): boolean =>
          one.includes(0xaa) && one.indexOf(0xbb, one.indexOf(0xaa)) > 0;
        expect([...minimise(input, ofBytes, isInteresting)]).toEqual([0xaa, 0xbb]);
      }),
    );
  });

  test('with a bounded number of attempts', () => {
    let attempts = 0;
    const isInteresting = (): boolean => ++attempts < 0;
    minimise(new Uint8Array(5000), ofBytes, isInteresting, 100);
    expect(attempts).toBe(100);
  });
});

test('what never ran is what was in a range of count 0 every time', () => {
  expect(common([0, 100], [10, 20, 30, 40])).toEqual([10, 20, 30, 40]);
  expect(common([10, 20, 30, 40], [15, 35])).toEqual([15, 20, 30, 35]);
  expect(common([10, 20], [20, 30])).toEqual([]);
});

describe('mutations', () => {
  test('throw the same dice with the same seed, and leave their inputs alone', () => {
    fc.assert(
      fc.property(bytes, bytes, fc.nat(), (input, other, seed) => {
        const [inputBefore, otherBefore] = [[...input], [...other]];
        const once = mutateBytes(input, other, new Random(seed));
        expect(mutateBytes(input, other, new Random(seed))).toEqual(once);
        expect([[...input], [...other]]).toEqual([inputBefore, otherBefore]);
      }),
    );
  });

  test('of values keep what follows the value', () => {
    const value = [0x00, 0x53, 0x10, 0xc0, 0x04, 0x01, 0xa1, 0x01, 0x61];
    for (let seed = 0; seed < 200; seed++) {
      const mutated = mutateValueBytes(Uint8Array.of(...value, 0xde, 0xad), new Random(seed));
      if (mutated !== null) expect([...mutated.subarray(-2)]).toEqual([0xde, 0xad]);
    }
    expect(mutateValueBytes(Uint8Array.of(0xff), new Random(1))).toBeNull();
  });

  test('of programs are programs', () => {
    const { mutate, seeds, split } = routerTarget();
    const random = new Random(1);
    let [program = new Uint8Array(1), other = new Uint8Array(1)] = seeds();
    for (let times = 0; times < 300; times++) {
      [program, other] = [mutate(program, other, random), program];
      expect(Buffer.compare(Buffer.concat(split(program)), program)).toBe(0);
      expect(program.length).toBeLessThan(20_000);
    }
  });
});

describe('a program', () => {
  test('is any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (input) => {
        expect(Buffer.concat(splitProgram(input))).toEqual(Buffer.from(input));
      }),
    );
  });

  test('has steps that read as they were made', () => {
    const step = makeStep(Op.Frame, 2, Uint8Array.of(0, 0, 0x00, 0x53, 0x18, 0x45));
    expect(readStep(step)).toEqual({ op: Op.Frame, argument: 2, payload: Uint8Array.of(0, 0, 0x00, 0x53, 0x18, 0x45) });
    expect(describeStep(step)).toBe('frame of 2: Close');
    expect(splitProgram(Uint8Array.of(0, ...step, ...step))).toHaveLength(3);
  });
});

describe('options', () => {
  test('bound a run by time, by executions, or by both', () => {
    expect(parseOptions([], 7)).toMatchObject({
      targets: ['codec', 'router'],
      seconds: 30,
      executions: Infinity,
      seed: 7,
    });
    expect(parseOptions(['--executions', '5'], 7)).toMatchObject({ seconds: Infinity, executions: 5 });
    expect(parseOptions(['--seconds', '3', '--target', 'router', '--seed', '9'], 7)).toMatchObject({
      targets: ['router'],
      seconds: 3,
      seed: 9,
    });
    expect(parseOptions(['--help'], 7)).toBe('help');
  });

  test.each([[['--target', 'moon']], [['--seconds', 'x']], [['--replay', 'file']], [['--whatever']]])(
    'refuse %j',
    (words) => {
      expect(() => parseOptions(words, 7)).toThrow();
    },
  );
});
