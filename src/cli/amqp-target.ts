// Whom `weft send` and `weft receive` talk to:
//
//   amqp://user:password@host:port/address      all in one
//   address                                      on the bus given by --bus (default 127.0.0.1:5672), or on an endpoint of --bundle
import type { BundleFolder } from './bundle-folder.ts';
import { UsageError } from './usage-error.ts';

export interface AmqpTarget {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** '' is nobody: SASL ANONYMOUS. */
  readonly user: string;
  /** null: to be asked for, when there is a user. */
  readonly password: string | null;
  readonly address: string;
  /** Host and port are one of its endpoints, and we are who its certificate says. */
  readonly bundle?: BundleFolder;
}

export const defaultBus = 'amqp://127.0.0.1:5672';

/** `text` is a URL with an address, or an address on `bus`. Throws UsageError. */
export function parseTarget(text: string, bus: string | undefined): AmqpTarget {
  if (!/^amqps?:\/\//.test(text)) return { ...parseBus(bus ?? defaultBus), address: text };
  if (bus !== undefined) throw new UsageError('give the router once: in the URL, or with --bus');
  const target = parseBus(text);
  if (target.address === '') throw new UsageError(`the URL has no address: append /ADDRESS`);
  return target;
}

/** A router, with or without an address behind it. Throws UsageError. */
export function parseBus(text: string): AmqpTarget {
  let url: URL;
  try {
    url = new URL(/^\w+:\/\//.test(text) ? text : `amqp://${text}`);
  } catch {
    throw new UsageError('this is no URL of a router; it looks like amqp://user@host:5672/address');
  }
  if (url.protocol !== 'amqp:' && url.protocol !== 'amqps:') {
    throw new UsageError(`cannot speak ${url.protocol}//: give amqp:// or amqps://`);
  }
  const isTls = url.protocol === 'amqps:';
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: url.port === '' ? (isTls ? 5671 : 5672) : Number(url.port),
    isTls,
    user: decodeURIComponent(url.username),
    password: url.password === '' ? null : decodeURIComponent(url.password),
    // Addresses may hold ? and #, which mean nothing special there.
    address: decodeURIComponent(url.pathname.slice(1) + url.search + url.hash),
  };
}

/** The target without its password, for people. */
export function formatTarget({ host, port, isTls, address }: AmqpTarget): string {
  return `${isTls ? 'amqps' : 'amqp'}://${host.includes(':') ? `[${host}]` : host}:${port}/${address}`;
}
