// up.json, in the folder of a running `weft up`: where its mesh is written, and at which ports of loopback its routers listen.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeSystemError, WeftError } from '../host/errors.ts';
import type { PlaceOf } from '../mesh/bundle/bundle.ts';

export interface UpFile {
  /** The platform's file. */
  readonly mesh: string;
  /** By id of router. */
  readonly ports: Readonly<Record<string, { readonly applications: number }>>;
}

/** Throws WeftError. */
export function readUpFile(dir: string): UpFile {
  const path = join(dir, 'up.json');
  try {
    const up = JSON.parse(readFileSync(path, 'utf8')) as Partial<UpFile> | null;
    if (typeof up?.mesh === 'string' && typeof up.ports === 'object') return up as UpFile;
    throw new Error('it is not what `weft up` writes');
  } catch (error) {
    const what = `cannot read ${path}: ${describeSystemError(error)}`;
    throw new WeftError('WEFT_MESH_UNREADABLE', what, 'Name the folder of a running mesh: weft up --dir DIR', error);
  }
}

/**
 * Routers on loopback, by the name `localhost`: some libraries (Qpid Proton's) compare the host that they dial with names only, never
 * with addresses.
 */
export function localPlaces({ ports }: UpFile): PlaceOf {
  return ({ id }) => {
    const port = ports[id]?.applications;
    if (port !== undefined) return { host: 'localhost', port };
    throw new WeftError(
      'WEFT_MESH_INVALID',
      `the running mesh has no router ${id}`,
      'The files were changed since: let `weft up` take them.',
    );
  };
}
