// A bundle as files. Pure: the same mesh, certificates and samples give the same bytes.
import { type Bundle, isApplication } from './bundle.ts';
import { bundleReadme } from './bundle-readme.ts';
import { connectionFile, connectionText, credentialFiles } from './connection-file.ts';

/** PEM. */
export interface Credentials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * Contents by path, relative to the folder of the bundle, in the order of the paths.
 * @param samples by path, relative to samples/
 */
export function bundleFiles(
  bundle: Bundle,
  credentials: Credentials,
  samples: ReadonlyMap<string, string>,
): Map<string, string> {
  const files: [string, string][] = [
    ['README.md', bundleReadme(bundle)],
    [connectionFile, connectionText(bundle)],
    [credentialFiles.ca, credentials.ca],
    [credentialFiles.cert, credentials.cert],
    [credentialFiles.key, credentials.key],
    ...(isApplication(bundle) ? [...samples] : []).map(([path, text]): [string, string] => [`samples/${path}`, text]),
  ];
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}
