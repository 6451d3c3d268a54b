// One log line as text: Dispatch's form by default, so that scripts which read its logs go on to work, or pino's JSON.
//
//   2026-11-22 13:58:01.123456 +0100 SERVER (notice) Operational, 1 Threads Running (process ID 4711)
//   {"level":35,"time":1795352281123,"pid":4711,"module":"SERVER","msg":"Operational, 1 Threads Running (process ID 4711)"}
import { LogLevel, type LogModule } from '../router/ports.ts';
import { wallTimeMs } from './clock.ts';
import type { TimeFormat } from './strftime.ts';

/** Writes one line of a module somewhere. */
export type LineWriter = (module: LogModule, level: LogLevel, text: string) => void;

const levelNames = ['trace', 'debug', 'info', 'notice', 'warning', 'error', 'critical'] as const;

// Peers choose parts of many texts; none of them may forge a line or command a terminal.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
const escapeControl = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Dispatch's line form; `formatTime` null leaves the time out. */
export function textWriter(write: (line: string) => void, formatTime: TimeFormat | null): LineWriter {
  return (module, level, text) => {
    const time = formatTime === null ? '' : `${formatTime(wallTimeMs())} `;
    write(`${time}${module} (${levelNames[level]}) ${text.replace(control, escapeControl)}\n`);
  };
}

/** pino's line form, with pino's levels and `notice` as 35. */
export async function jsonWriter(write: (line: string) => void): Promise<LineWriter> {
  const { pino } = await import('pino'); // only who wants JSON pays for loading it
  const logger = pino({ level: 'trace', customLevels: { notice: 35 }, base: { pid: process.pid } }, { write });
  return (module, level, text) => {
    const line = { module };
    switch (level) {
      case LogLevel.Trace:
        return logger.trace(line, text);
      case LogLevel.Debug:
        return logger.debug(line, text);
      case LogLevel.Info:
        return logger.info(line, text);
      case LogLevel.Notice:
        return logger.notice(line, text);
      case LogLevel.Warning:
        return logger.warn(line, text);
      case LogLevel.Error:
        return logger.error(line, text);
      case LogLevel.Critical:
        return logger.fatal(line, text);
    }
  };
}
