import { expect, test } from 'vitest';
import { withPart } from './results-file.ts';

const router = '# Bench results\n\n| a | b |\n';
const page = `${router}\n<!-- part: failover -->\n# Failover\n\nold\n`;

test('one bench changes its own part and no other', () => {
  expect(withPart(page, 'failover', '# Failover\n\nnew\n')).toBe(page.replace('old', 'new'));
  expect(withPart(page, 'router', '# Bench results\n')).toBe(page.replace('\n| a | b |\n', ''));
});

test('a new part comes in its place, and what is not ours stays at the end', () => {
  const more = `${page}\n<!-- part: simulator -->\n# Simulator\n`;
  const parts = [...withPart(more, 'mesh', '# Mesh\n').matchAll(/^# .*$/gm)].map(([line]) => line);
  expect(parts).toEqual(['# Bench results', '# Mesh', '# Failover', '# Simulator']);
});

test('the first part of a new page has nothing before it', () => {
  expect(withPart('', 'mesh', '# Mesh\n\n')).toBe('<!-- part: mesh -->\n# Mesh\n');
});

test('writing the same twice changes nothing', () => {
  expect(withPart(withPart(page, 'mesh', 'x'), 'mesh', 'x')).toBe(withPart(page, 'mesh', 'x'));
});
