// Everything that fuzzing has found, and inputs that reach what it has reached, run once each.
import { describe, expect, test } from 'vitest';
import { codecTarget } from './codec/codec-target.ts';
import { parseInputs, readCorpus } from './corpus.ts';
import { examine } from './find.ts';
import { routerTarget } from './router/router-target.ts';

describe.each([codecTarget(), routerTarget()])('the corpus of the $name', (target) => {
  const files = readCorpus(target.name);

  test('is there', () => expect(files.length).toBeGreaterThan(0));

  test.each(files)('$file is harmless now', ({ inputs }) => {
    const finds = inputs.map((input) => examine(target, input)).filter((find) => find !== null);
    expect(finds).toEqual([]);
  });

  test('seeds are harmless', () => {
    for (const seed of target.seeds()) expect(examine(target, seed)).toBeNull();
  });
});

test('a corpus file is hex with comments, an empty line between inputs', () => {
  const text = '# about\n# it\n00a1\n0203 # rest of the first\n\n# second\nff\n\n\n# nothing\n';
  expect(parseInputs(text)).toEqual([Uint8Array.of(0, 0xa1, 2, 3), Uint8Array.of(255)]);
});
