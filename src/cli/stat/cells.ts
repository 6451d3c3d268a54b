// Values as qdstat shows them, which is as Python writes them. Scripts read these tables, so they stay as they were to the blank.

/** Text of any value: nothing for null, `True` for true, `['A', 'B']` for a list. */
export function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? repr(value) : String(value);
}

/** A whole number; `None` where there is none. */
export function plainNumber(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'number' ? String(Math.trunc(value)) : String(value);
}

/** `1,234,567` */
export function withCommas(value: unknown): string {
  return cell(value).replace(/\B(?=(?:.{3})+$)/g, ',');
}

/** `001:02:03:04`: days, hours, minutes, seconds. */
export function longTime(seconds: unknown): string {
  const total = Math.trunc(Number(seconds ?? 0));
  const days = String(Math.floor(total / 86_400)).padStart(3, '0');
  return `${days}:${shortTime(total)}`;
}

/** `02:03:04`; days are left out. */
export function shortTime(seconds: number): string {
  const parts = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `1.50 KiB`, `12.0 MiB`, `512 GiB`. */
export function bytesText(value: number): string {
  if (value < 1024) return String(Math.trunc(value));
  let size = value;
  let unit = -1;
  do {
    size /= 1024;
    unit++;
  } while (size >= 1024 && unit < units.length - 1);
  return `${size.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)} ${units[unit]}`;
}

/** As Python's `repr`. */
function repr(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value === 'string') return value.includes("'") && !value.includes('"') ? `"${value}"` : quoted(value);
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${repr(key)}: ${repr(item)}`)
      .join(', ')}}`;
  }
  return value === null ? 'None' : cell(value);
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const longDays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Sun Nov  1 21:28:42 2026`, local time. */
export function clockText(unixSeconds: number): string {
  const at = new Date(unixSeconds * 1000);
  const time = shortTime(at.getHours() * 3600 + at.getMinutes() * 60 + at.getSeconds());
  return `${days[at.getDay()]} ${months[at.getMonth()]} ${String(at.getDate()).padStart(2)} ${time} ${at.getFullYear()}`;
}

/** `Sunday Nov 01 21:28:42 2026 GMT` */
export function greenwichText(unixSeconds: number): string {
  const at = new Date(unixSeconds * 1000);
  const date = `${longDays[at.getUTCDay()]} ${months[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2, '0')}`;
  return `${date} ${at.toISOString().slice(11, 19)} ${at.getUTCFullYear()} GMT`;
}
