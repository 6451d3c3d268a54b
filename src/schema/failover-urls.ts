// Lists of other places to connect to: `failoverUrls` of a listener, which it tells its clients in the open performative
// (`failover-server-list`), as `[scheme://]host[:port]` separated by commas.

interface FailoverUrl {
  /** `amqp`, `amqps`, or '' when none was written. */
  readonly scheme: string;
  readonly host: string;
  /** '5672' when none was written. */
  readonly port: string;
}

export interface FailoverUrls {
  readonly urls: readonly FailoverUrl[];
  /** What is wrong with the text, for people. */
  readonly faults: readonly string[];
}

const FORM = 'write [scheme://]host[:port], separated by commas';

/** IPv6 addresses stand in brackets when a port follows them: `[::1]:5672`. The host is given without them. */
export function parseFailoverUrls(text: string): FailoverUrls {
  const urls: FailoverUrl[] = [];
  const faults: string[] = [];
  const bare = text.replace(/\s+/g, '');
  for (const item of bare === '' ? [] : bare.split(',')) {
    const found = /^(?:([^:/]*):\/\/)?(\[[^\]]*\]|[^:/[\]]*)(?::([^:/]*))?$/.exec(item);
    const [, scheme = '', bracketed = '', port = '5672'] = found ?? [];
    const host = bracketed.replace(/^\[|\]$/g, '');
    if (!found) faults.push(`'${item}' is no URL of a router; ${FORM}`);
    else if (host === '') faults.push(`'${item}' names no host; ${FORM}`);
    else if (!['', 'amqp', 'amqps'].includes(scheme))
      faults.push(`the scheme of '${item}' is amqp or amqps, not '${scheme}'`);
    else if (!isPort(port)) faults.push(`the port of '${item}' is a number from 0 to 65535 or a name such as amqp`);
    else urls.push({ scheme, host, port });
  }
  return { urls, faults };
}

/** A port number, or a name that the host may know (`amqp`, `amqps`, those of /etc/services). */
export function isPort(port: string): boolean {
  return /^\d+$/.test(port) ? port.length <= 5 && Number(port) <= 65535 : /^[a-zA-Z0-9][a-zA-Z0-9-]{0,14}$/.test(port);
}
