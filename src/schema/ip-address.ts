// IP addresses as texts that compare like their bytes: eight hex digits for IPv4, thirty-two for IPv6.
//
//   10.0.0.1 → 0a000001      ::1 → 00000000000000000000000000000001      ::ffff:10.0.0.1 → 0a000001 (an IPv4 peer)

/** Addresses of one family compare as texts; null for what is no IP address. */
export function readIpAddress(text: string): string | null {
  return text.includes(':') ? readIpv6(text) : readIpv4(text);
}

function readIpv4(text: string): string | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let hex = '';
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null;
    hex += Number(part).toString(16).padStart(2, '0');
  }
  return hex;
}

const mapped = '00000000000000000000ffff';

function readIpv6(text: string): string | null {
  const halves = text.replace(/%.*$/, '').split('::');
  if (halves.length > 2) return null;
  // Only the very end may be written as an IPv4 address.
  const groups = halves.map((half, index) => readGroups(half, index === halves.length - 1));
  const [front, back] = groups;
  if (front === null || front === undefined || back === null) return null;
  const missing = 32 - front.length - (back?.length ?? 0);
  // `::` stands for one group of zeros at least; without it nothing may be missing.
  if (back === undefined ? missing !== 0 : missing < 4) return null;
  const hex = front + '0'.repeat(missing) + (back ?? '');
  return hex.startsWith(mapped) ? hex.slice(mapped.length) : hex;
}

/** Groups between colons, four hex digits each; the last one may be an IPv4 address. */
function readGroups(text: string, isEnd: boolean): string | null {
  if (text === '') return '';
  let hex = '';
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    const ipv4 = isEnd && index === groups.length - 1 && group.includes('.') ? readIpv4(group) : null;
    if (ipv4 !== null) hex += ipv4;
    else if (/^[0-9a-f]{1,4}$/i.test(group)) hex += group.toLowerCase().padStart(4, '0');
    else return null;
  }
  return hex;
}
