import { expect, test } from 'vitest';
import { saslprep } from './saslprep.ts';

// The examples of RFC 4013 §3 (the one that runs from right to left is left out: see the head of saslprep.ts).
test.each([
  ['I\u00adX', 'IX'],
  ['user', 'user'],
  ['USER', 'USER'],
  ['\u00aa', 'a'],
  ['\u2168', 'IX'],
  ['\u0007', null],
])('%j is prepared to %j', (text, prepared) => {
  expect(saslprep(text)).toBe(prepared);
});

test('all spaces become the ASCII space', () => {
  expect(saslprep('a\u00a0b\u3000c d')).toBe('a b c d');
});

test.each(['\u007f', '\ue000', '\ufdd0', '\u{1fffe}', '\ud800', '\ufffd', '\u202e', '\u2028', '\u{e0020}'])(
  '%j is refused',
  (text) => {
    expect(saslprep(`a${text}b`)).toBe(null);
  },
);
