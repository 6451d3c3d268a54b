import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateFrom, specificationFolder } from './generate-performatives.ts';

const generated = generateFrom(specificationFolder);

test.skipIf(generated === null)("the committed classes and tables are those of the standard's definitions", () => {
  for (const [name, text] of generated ?? []) {
    expect(readFileSync(join('src', 'amqp', 'generated', name), 'utf8'), name).toBe(text);
  }
  expect([...(generated?.keys() ?? [])].toSorted()).toEqual(
    ['choices', 'codes', 'encodings', 'messaging', 'security', 'table', 'transactions', 'transport'].map(
      (n) => `${n}.ts`,
    ),
  );
});
