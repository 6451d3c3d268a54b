// The certificates of a mesh that runs here: of every router, every application, and whoever may ask routers how they are.
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Mesh } from '../mesh/model/mesh.ts';
import { hostNamesOf } from '../mesh/render/placement.ts';
import { PkiError } from '../pki/errors.ts';
import { ensurePki } from '../pki/init.ts';
import { type Issued, issueAll, type Wanted } from '../pki/issue.ts';
import { limits } from './limits.ts';

/** Paths. */
export interface Credentials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes what is missing, in the folder of certificates `dir`. Gives what was made. Throws PkiError. */
export async function issueFor(mesh: Mesh, dir: string): Promise<Issued[]> {
  await ensurePki(dir, { mesh: mesh.name });
  const issued = await whenFree(() => issueAll(dir, wantedBy(mesh)));
  return issued.filter(({ outcome }) => outcome !== 'kept');
}

/** Somebody at a shell may be at the same folder, for a moment. */
async function whenFree<T>(change: () => Promise<T>): Promise<T> {
  for (let left: number = limits.pkiBusyTries; ; left--) {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof PkiError) || error.code !== 'WEFT_PKI_BUSY' || left === 0) throw error;
      await setTimeout(limits.certificatesPollMs);
    }
  }
}

export function credentialsIn(dir: string, application: string): Credentials {
  const folder = join(dir, 'apps', application);
  return { ca: join(dir, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
}

function wantedBy(mesh: Mesh): Wanted[] {
  const routers = [...mesh.routers.values()].map(
    (router): Wanted => ({ kind: 'router', name: router.id, hosts: hostNamesOf(router) }),
  );
  const applications = new Set([...mesh.applications.keys(), ...mesh.operators]);
  return [...routers, ...[...applications].map((name): Wanted => ({ kind: 'app', name }))];
}
