// Where a listener or a dial goes, in Node's terms: ports by number or name, IPv4 and IPv6, Unix sockets; and the text
// that people read for it.
import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { WeftError } from './errors.ts';

/** A `host` of this form is the path of a Unix socket; the port then means nothing. */
const unixPrefix = 'unix:';

/** The path of `unix:/path`, or null for every other host. */
export function unixPathOf(host: string): string | null {
  return host.startsWith(unixPrefix) ? host.slice(unixPrefix.length) : null;
}

const knownPorts: Record<string, number> = { amqp: 5672, amqps: 5671 };

/** The number of a port given as number or service name (`amqp`, or one of /etc/services). */
export function portNumber(port: string): number {
  if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return Number(port);
  const known = knownPorts[port] ?? servicePort(port);
  if (known !== undefined) return known;
  throw new WeftError('WEFT_CANNOT_LISTEN', `unknown port ${port}`, 'Give a number from 0 to 65535, or amqp or amqps.');
}

function servicePort(name: string): number | undefined {
  let services: string;
  try {
    services = readFileSync('/etc/services', 'utf8');
  } catch {
    return undefined; // not every machine has the file; then only our own names count
  }
  for (const line of services.split('\n')) {
    const [service, port] = line.split(/\s+/);
    if (service === name && port?.endsWith('/tcp')) return Number.parseInt(port, 10);
  }
  return undefined;
}

/** `127.0.0.1:5672`, `[::1]:5672`; an IPv4 peer on a dual-stack socket shows as the IPv4 peer that it is. */
export function formatHostPort(host: string, port: number | string): string {
  const plain = host.startsWith('::ffff:') && host.includes('.') ? host.slice('::ffff:'.length) : host;
  return isIPv6(plain) ? `[${plain}]:${port}` : `${plain}:${port}`;
}
