import { expect, test } from 'vitest';
import { columnLines } from './columns.ts';

const columns = [{ head: 'consumer' }, { head: 'at' }, { head: 'credit', isFigure: true }] as const;

test('words stand to the left, figures to the right, and no line ends in blanks', () => {
  expect(
    columnLines(
      columns,
      [
        ['billing', 'R1', '100'],
        ['ä', '', ''],
      ],
      Number.POSITIVE_INFINITY,
    ),
  ).toEqual(['  consumer  at  credit', '  billing   R1     100', '  ä']);
});

test('where there is no room the longest words are cut', () => {
  const lines = columnLines(columns, [['0123456789abcdef0123456789', 'R1', '100']], 30);
  expect(lines).toEqual(['  consumer          at  credit', '  0123456789abcde…  R1     100']);
  expect(columnLines(columns, [['0123456789', 'R1', '100']], 5)[1]).toBe('  0123456…  R1     100');
});
