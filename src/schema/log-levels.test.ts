import { expect, test } from 'vitest';
import { makeLog } from './configuration.ts';
import { LOG_LEVELS, logSettings, parseLogEnable } from './log-levels.ts';

function levelsOf(text: string): string {
  const { levels, inherits, faults } = parseLogEnable(text);
  expect(faults).toEqual([]);
  return inherits ? 'default' : LOG_LEVELS.filter((_, level) => (levels >> level) & 1).join(' ');
}

test.each([
  ['info+', 'info notice warning error critical'],
  ['trace+', 'trace debug info notice warning error critical'],
  ['critical+', 'critical'],
  ['trace', 'trace'],
  ['trace,error', 'trace error'],
  ['trace; error:info debug', 'trace debug info error'],
  ['INFO, Warning+', 'info warning error critical'],
  ['i w+', 'info warning error critical'],
  ['none', ''],
  ['none, error', 'error'],
  ['default', 'default'],
  ['d', 'default'], // the first word that it begins, as in Dispatch
  ['n', ''],
  ['not', 'notice'],
  ['trace, default', 'default'],
])('%j enables %j', (text, levels) => {
  expect(levelsOf(text)).toBe(levels);
});

test.each(['loud', '+', 'informative', 'info++'])('%j is no level', (text) => {
  expect(parseLogEnable(text).faults).toHaveLength(1);
});

test('a text without a level is a fault', () => {
  expect(parseLogEnable(' , ').faults).toHaveLength(1);
});

test('every module logs info and above as text to stderr unless told otherwise', () => {
  const settings = logSettings([]);
  expect(settings.size).toBe(17);
  for (const setting of settings.values()) {
    expect(setting).toEqual({ levels: 0b1111100, includeTimestamp: true, outputFile: 'stderr', format: 'text' });
  }
});

test('what a module leaves open it takes from DEFAULT, wherever that stands', () => {
  const settings = logSettings([
    makeLog({ module: 'ROUTER', enable: 'none' }),
    makeLog({ module: 'SERVER', includeTimestamp: true, outputFile: 'server.log', format: 'text' }),
    makeLog({ module: 'DEFAULT', enable: 'error', includeTimestamp: false, outputFile: 'stdout', format: 'json' }),
  ]);
  const general = { levels: 0b0100000, includeTimestamp: false, outputFile: 'stdout', format: 'json' };
  expect(settings.get('DEFAULT')).toEqual(general);
  expect(settings.get('AGENT')).toEqual(general);
  expect(settings.get('ROUTER')).toEqual({ ...general, levels: 0 });
  expect(settings.get('SERVER')).toEqual({
    levels: 0b0100000,
    includeTimestamp: true,
    outputFile: 'server.log',
    format: 'text',
  });
});
