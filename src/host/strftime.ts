// strftime for log time stamps (`router { timestampFormat: … }`), plus Dispatch's `%%06lu` for the microseconds.
// Conversions that depend on a locale give the C locale's words.

/** A compiled format. `epochMs` is wall time with a fraction: microseconds are its digits after the point. */
export type TimeFormat = (epochMs: number) => string;

/** Dispatch's own default: `2026-11-22 13:58:01.123456 +0100`. */
export const defaultTimestampFormat = '%Y-%m-%d %H:%M:%S.%%06lu %z';

interface Fields {
  readonly year: number;
  readonly month: number; // 0..11
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number; // 0 = Sunday
  readonly dayOfYear: number; // 1..366
  readonly offsetMinutes: number; // east of Greenwich
  readonly epochSeconds: number;
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const two = (value: number): string => String(value).padStart(2, '0');
const blankTwo = (value: number): string => String(value).padStart(2, ' ');
const hour12 = (hour: number): number => hour % 12 || 12;
const clock = (f: Fields): string => `${two(f.hour)}:${two(f.minute)}:${two(f.second)}`;

function formatOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

const conversions: Record<string, (f: Fields) => string> = {
  a: (f) => weekdays[f.weekday]!.slice(0, 3),
  A: (f) => weekdays[f.weekday]!,
  b: (f) => months[f.month]!.slice(0, 3),
  B: (f) => months[f.month]!,
  c: (f) =>
    `${weekdays[f.weekday]!.slice(0, 3)} ${months[f.month]!.slice(0, 3)} ${blankTwo(f.day)} ${clock(f)} ${f.year}`,
  C: (f) => two(Math.floor(f.year / 100)),
  d: (f) => two(f.day),
  D: (f) => `${two(f.month + 1)}/${two(f.day)}/${two(f.year % 100)}`,
  e: (f) => blankTwo(f.day),
  F: (f) => `${f.year}-${two(f.month + 1)}-${two(f.day)}`,
  h: (f) => months[f.month]!.slice(0, 3),
  H: (f) => two(f.hour),
  I: (f) => two(hour12(f.hour)),
  j: (f) => String(f.dayOfYear).padStart(3, '0'),
  k: (f) => blankTwo(f.hour),
  l: (f) => blankTwo(hour12(f.hour)),
  m: (f) => two(f.month + 1),
  M: (f) => two(f.minute),
  n: () => '\n',
  p: (f) => (f.hour < 12 ? 'AM' : 'PM'),
  r: (f) => `${two(hour12(f.hour))}:${two(f.minute)}:${two(f.second)} ${f.hour < 12 ? 'AM' : 'PM'}`,
  R: (f) => `${two(f.hour)}:${two(f.minute)}`,
  s: (f) => String(f.epochSeconds),
  S: (f) => two(f.second),
  t: () => '\t',
  T: clock,
  u: (f) => String(f.weekday || 7),
  w: (f) => String(f.weekday),
  x: (f) => `${two(f.month + 1)}/${two(f.day)}/${two(f.year % 100)}`,
  X: clock,
  y: (f) => two(f.year % 100),
  Y: (f) => String(f.year),
  z: (f) => formatOffset(f.offsetMinutes),
  Z: (f) => (f.offsetMinutes === 0 ? 'UTC' : formatOffset(f.offsetMinutes)),
  '%': () => '%',
};

function fieldsOf(epochMs: number, isUtc: boolean): Fields {
  const offsetMinutes = isUtc ? 0 : -new Date(epochMs).getTimezoneOffset();
  // Shifted by the offset, the UTC getters read local time.
  const shifted = new Date(epochMs + offsetMinutes * 60_000);
  const year = shifted.getUTCFullYear();
  return {
    year,
    month: shifted.getUTCMonth(),
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
    weekday: shifted.getUTCDay(),
    dayOfYear: Math.floor((shifted.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1,
    offsetMinutes,
    epochSeconds: Math.floor(epochMs / 1000),
  };
}

/**
 * Compiles a strftime format. `%%06lu` gives the microseconds as six digits; an unknown conversion stays as it is written.
 * All but the microseconds is kept from one call to the next within a second.
 */
export function compileTimeFormat(format: string, isUtc: boolean): TimeFormat {
  const pieces = format.split('%%06lu').map((piece) => piece.split(/(%.)/s));
  let second = Number.NaN;
  let texts: string[] = [];
  return (epochMs) => {
    if (Math.floor(epochMs / 1000) !== second) {
      second = Math.floor(epochMs / 1000);
      const fields = fieldsOf(epochMs, isUtc);
      texts = pieces.map((parts) =>
        parts.map((part) => (part.startsWith('%') ? (conversions[part.slice(1)]?.(fields) ?? part) : part)).join(''),
      );
    }
    if (texts.length === 1) return texts[0]!;
    const microseconds = Math.min(999_999, Math.max(0, Math.floor((epochMs - second * 1000) * 1000)));
    return texts.join(String(microseconds).padStart(6, '0'));
  };
}
