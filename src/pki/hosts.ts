// Host names and addresses for which a router's certificate is good, in one form each, so that they can be compared.
import { isIP } from 'node:net';
import { PkiError } from './errors.ts';
import { limits } from './limits.ts';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** RFC 1123 §2.1; the underscore of some orchestrators' names is none of them. */
const hostName = new RegExp(`^${label}(?:\\.${label})*$`);

/** Each once, sorted, names in lower case and addresses in their shortest form. Throws WEFT_PKI_HOST_INVALID. */
export function normaliseHosts(hosts: readonly string[]): string[] {
  const normal = [...new Set(hosts.map(normaliseHost))].sort();
  if (normal.length <= limits.hostsMax) return normal;
  throw invalid(`${normal.length} hosts are more than a certificate takes (${limits.hostsMax})`);
}

export function isAddress(host: string): boolean {
  return isIP(host) !== 0;
}

function normaliseHost(text: string): string {
  if (isIP(text) === 4) return text;
  if (isIP(text) === 6 && !text.includes('%')) return new URL(`http://[${text}]`).hostname.slice(1, -1);
  const host = text.toLowerCase().replace(/\.$/, '');
  // A name whose last part is a number is read as an address by some, as a name by others.
  const isName = hostName.test(host) && host.length <= limits.hostCharactersMax && !/(?:^|\.)\d+$/.test(host);
  if (isName) return host;
  throw invalid(`${JSON.stringify(text)} is neither a host name nor an address${hintFor(text)}`);
}

function hintFor(text: string): string {
  if (/^\[.*\](:\d+)?$/.test(text)) return ' (an IPv6 address stands here without brackets and port)';
  if (/^[^:]+:\d+$/.test(text)) return ' (it stands here without its port)';
  if (text.includes('*')) return ' (a certificate of a mesh is for one router, not for a pattern)';
  if (/[^\0-\x7f]/.test(text)) return ' (give the name in its xn-- form)';
  return '';
}

function invalid(message: string): PkiError {
  return new PkiError(
    'WEFT_PKI_HOST_INVALID',
    message,
    'Give the names and addresses by which others dial this router, such as router-1.example.org or 10.0.0.7.',
  );
}
