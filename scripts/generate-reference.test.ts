import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ENTITIES } from '../src/schema/entities.ts';
import { referencePath, referenceText } from './generate-reference.ts';

test('the reference of entities and attributes is that of the schema: npm run reference writes it', () => {
  expect(readFileSync(referencePath, 'utf8')).toBe(referenceText());
});

test('it names every attribute, and its links lead somewhere', () => {
  const text = referenceText();
  const anchors = [...text.matchAll(/^### (.*)$/gm)].map(
    ([, title]) => `#${title?.toLowerCase().replace(/[^a-z0-9-]/g, '')}`,
  );
  expect(new Set(anchors).size).toBe(ENTITIES.length);
  for (const [, anchor] of text.matchAll(/\]\((#.*?)\)/g)) expect(anchors).toContain(anchor);
  for (const { attributes } of ENTITIES)
    for (const name of Object.keys(attributes)) expect(text).toContain(`\`${name}\``);
});
