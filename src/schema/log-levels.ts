// What the `log` entities come to. `enable` is Dispatch's little language: levels with or without `+` ("and above"),
// separated by comma, semicolon, colon or blank, in any case, shortened at will; and `none` and `default`.
//
//     info+          info notice warning error critical
//     trace,error    these two
//     default        as module DEFAULT, whatever stands beside it
import { LOG_MODULES } from './address-and-log-entities.ts';
import type { LogEntity, LogModule } from './configuration.ts';

/** From the least to the most urgent; the level with index n is bit n of a mask. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'notice', 'warning', 'error', 'critical'] as const;

/** Searched in this order for the first word that a shortened one begins: `d` is default, `n` is none, as in Dispatch. */
const WORDS = ['default', 'none', ...LOG_LEVELS] as const;

const ALL_LEVELS = (1 << LOG_LEVELS.length) - 1;
const INFO_AND_ABOVE = ALL_LEVELS & ~0b11;

export interface LogEnable {
  /** Bit n: the level with index n is on. Means nothing where `inherits`. */
  readonly levels: number;
  /** The levels are those of module DEFAULT. */
  readonly inherits: boolean;
  /** What is wrong with the text, for people. Wrong words count for nothing. */
  readonly faults: readonly string[];
}

export function parseLogEnable(text: string): LogEnable {
  let levels = 0;
  let inherits = false;
  const faults: string[] = [];
  const tokens = text.split(/[,;: ]+/).filter((token) => token !== '');
  if (tokens.length === 0) faults.push(`enable names no level; ${ALLOWED}`);
  for (const token of tokens) {
    const andAbove = token.endsWith('+');
    const word = (andAbove ? token.slice(0, -1) : token).toLowerCase();
    const found = word === '' ? undefined : WORDS.find((candidate) => candidate.startsWith(word));
    if (found === undefined) faults.push(`there is no log level '${token}'; ${ALLOWED}`);
    else if (found === 'default') inherits = true;
    else if (found !== 'none') levels |= levelBits(LOG_LEVELS.indexOf(found), andAbove);
  }
  return { levels, inherits, faults };
}

const ALLOWED = `allowed are ${LOG_LEVELS.join(', ')}, each with + for "and above", and none and default`;

function levelBits(level: number, andAbove: boolean): number {
  return andAbove ? ALL_LEVELS & ~((1 << level) - 1) : 1 << level;
}

/** What holds for one module. */
export interface LogSetting {
  /** Bit n: the level with index n of {@link LOG_LEVELS} is logged. */
  readonly levels: number;
  readonly includeTimestamp: boolean;
  /** `stderr`, `stdout` or a path. */
  readonly outputFile: string;
  readonly format: 'text' | 'json';
}

/** The setting of every module: its own, then that of module DEFAULT, then info and above with time as text to stderr. */
export function logSettings(logs: readonly LogEntity[]): Map<LogModule, LogSetting> {
  const fallback: LogSetting = { levels: INFO_AND_ABOVE, includeTimestamp: true, outputFile: 'stderr', format: 'text' };
  const general = settingOf(
    logs.find((log) => log.module === 'DEFAULT'),
    fallback,
  );
  return new Map(
    LOG_MODULES.map((module) => [
      module,
      settingOf(
        logs.find((log) => log.module === module),
        general,
      ),
    ]),
  );
}

function settingOf(log: LogEntity | undefined, inherited: LogSetting): LogSetting {
  if (log === undefined) return inherited;
  const { levels, inherits } = parseLogEnable(log.enable);
  return {
    levels: inherits ? inherited.levels : levels,
    includeTimestamp: log.includeTimestamp ?? inherited.includeTimestamp,
    outputFile: log.outputFile === '' ? inherited.outputFile : log.outputFile,
    format: log.format ?? inherited.format,
  };
}
