// The folder that `weft mesh bundle` wrote, as clients use it: endpoints that are tried in their order, and the certificate by which
// they know us.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSystemError, WeftError } from '../host/errors.ts';
import type { Endpoint } from '../mesh/bundle/bundle.ts';
import { ConnectionFault, connectionFile, readConnection } from '../mesh/bundle/connection-file.ts';

export interface BundleFolder {
  readonly folder: string;
  readonly application: string;
  readonly isOperator: boolean;
  readonly endpoints: readonly Endpoint[];
  /** Paths of PEM files. */
  readonly files: { readonly ca: string; readonly cert: string; readonly key: string };
  /** What they hold. */
  readonly credentials: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** Throws WeftError. */
export async function readBundle(folder: string): Promise<BundleFolder> {
  const path = join(folder, connectionFile);
  const { application, isOperator, endpoints, ca, cert, key } = parse(path, await read(path));
  const files = { ca: join(folder, ca), cert: join(folder, cert), key: join(folder, key) };
  const credentials = { ca: await read(files.ca), cert: await read(files.cert), key: await read(files.key) };
  checkCertificate(application, files, credentials);
  return { folder, application, isOperator, endpoints, files, credentials };
}

function parse(path: string, text: string) {
  try {
    return readConnection(text);
  } catch (error) {
    if (!(error instanceof ConnectionFault)) throw error;
    throw unreadable(`${path} is not what weft mesh bundle writes: ${error.message}`, error);
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(`cannot read ${path}: ${describeSystemError(error)}`, error);
  }
}

function unreadable(what: string, cause: unknown): WeftError {
  return new WeftError('WEFT_BUNDLE_UNREADABLE', what, 'Name the folder of a bundle: weft mesh bundle APP', cause);
}

/** Routers end the connection without a reason when they do not take a certificate. */
function checkCertificate(
  application: string,
  files: BundleFolder['files'],
  { ca, cert }: BundleFolder['credentials'],
): void {
  const own = certificateOf(files.cert, cert);
  const authorities = ca.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
  const isOurs = authorities.some((text) => own.verify(certificateOf(files.ca, text).publicKey));
  const isOver = Date.parse(own.validTo) < Date.now();
  if (isOurs && !isOver) return;
  const fault = isOurs
    ? `expired on ${new Date(own.validTo).toISOString().slice(0, 10)}`
    : `is not of an authority in ${files.ca}`;
  const what = `the certificate of ${application} in ${files.cert} ${fault}`;
  throw new WeftError('WEFT_CANNOT_CONNECT', what, `Make a new one: weft mesh bundle ${application}`);
}

function certificateOf(path: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw unreadable(`${path} holds no certificate`, error);
  }
}

/**
 * What `open` gives for the first endpoint that it does not throw WeftError for; when it does for all of them, throws
 * WEFT_CANNOT_CONNECT with what each of them said.
 */
export async function firstEndpoint<T>(
  { folder, application, endpoints }: BundleFolder,
  open: (endpoint: Endpoint) => Promise<T>,
): Promise<T> {
  const reasons: string[] = [];
  for (const endpoint of endpoints) {
    try {
      return await open(endpoint);
    } catch (error) {
      if (!(error instanceof WeftError)) throw error;
      reasons.push(`${endpoint.router}: ${error.message}`.replace('--ssl-trustfile', 'ca.pem'));
    }
  }
  const isCertificate = reasons.some((reason) => /certificate|authority/.test(reason));
  const remedy = isCertificate
    ? `Is it a bundle of this mesh, and a new one? weft mesh bundle ${application}`
    : 'Are the routers running, and reached from here?';
  const what = `no endpoint of ${folder} takes the connection\n${reasons.join('\n')}`;
  throw new WeftError('WEFT_CANNOT_CONNECT', what, remedy);
}
