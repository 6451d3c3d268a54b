import { expect, test } from 'vitest';
import { pythonJson } from './python-json.ts';

test('JSON is written as Python writes it', () => {
  const value = { name: 'ö"\u007f', list: [1, [], {}, null, true], big: 2n ** 60n };
  expect(pythonJson(value, null)).toBe(
    '{"name": "\\u00f6\\"\\u007f", "list": [1, [], {}, null, true], "big": 1152921504606846976}',
  );
  expect(pythonJson({ a: [1, { b: 'x' }] }, 2)).toBe('{\n  "a": [\n    1,\n    {\n      "b": "x"\n    }\n  ]\n}');
  expect(pythonJson([1, 2], 0)).toBe('[\n1,\n2\n]');
});
