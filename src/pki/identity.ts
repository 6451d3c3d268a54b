// Who a certificate is for: a router by its id, or an application as TEAM/APP. A name is a part of three things, and may hold
// only what all of them can: the common name, from which routers derive the user; the SPIFFE id; the path of its files.
//
//                 router aws-1                        app payments/ledger
//   subject       O=MESH, OU=routers, CN=aws-1        O=MESH, OU=applications, CN=payments/ledger
//   SAN URI       spiffe://MESH/router/aws-1          spiffe://MESH/app/payments/ledger
//   files         routers/aws-1/{cert,key}.pem        apps/payments/ledger/{cert,key}.pem
import { join } from 'node:path';
import { PkiError } from './errors.ts';
import { limits } from './limits.ts';

export type Kind = 'router' | 'app';

export interface Identity {
  readonly kind: Kind;
  /** The id of a router, or TEAM/APP. Unique within the kind, and between both: only the latter has a slash. */
  readonly name: string;
}

export const foldersOf: Record<Kind, string> = { router: 'routers', app: 'apps' };
const unitsOf: Record<Kind, string> = { router: 'routers', app: 'applications' };
const segment = '[A-Za-z0-9][A-Za-z0-9._-]*';
const routerName = new RegExp(`^${segment}$`);
const appName = new RegExp(`^${segment}/${segment}$`);
const meshName = /^[a-z0-9][a-z0-9._-]*$/;

/** Throws WEFT_PKI_NAME_INVALID. */
export function makeIdentity(kind: Kind, name: string): Identity {
  const fault = faultOfName(kind, name);
  if (fault === null) return { kind, name };
  const form = kind === 'router' ? 'the id of a router' : 'TEAM/APP';
  throw new PkiError(
    'WEFT_PKI_NAME_INVALID',
    `${describeIdentity({ kind, name })}: ${fault}`,
    `Give ${form}: at most ${limits.nameCharactersMax} letters, digits, dots, dashes and underscores, a letter or digit first.`,
  );
}

/** What is wrong with a name, null when it is good. */
function faultOfName(kind: Kind, name: string): string | null {
  if (name.length > limits.nameCharactersMax)
    return `a name of ${name.length} characters is too long for a certificate`;
  if (kind === 'router') return routerName.test(name) ? null : 'this cannot be the name of a router in a certificate';
  return appName.test(name) ? null : 'this cannot be the name of an application in a certificate';
}

/** Throws WEFT_PKI_NAME_INVALID. */
export function checkMeshName(mesh: string): void {
  if (meshName.test(mesh) && mesh.length <= limits.meshCharactersMax) return;
  throw new PkiError(
    'WEFT_PKI_NAME_INVALID',
    `${JSON.stringify(mesh)} cannot be the name of a mesh in SPIFFE ids`,
    `Give at most ${limits.meshCharactersMax} lower-case letters, digits, dots, dashes and underscores, a letter or digit first.`,
  );
}

/** As people read it: `router aws-1`, `app payments/ledger`. */
export function describeIdentity({ kind, name }: Identity): string {
  return `${kind} ${/^[\w./-]+$/.test(name) ? name : JSON.stringify(name)}`;
}

export function spiffeId(mesh: string, { kind, name }: Identity): string {
  return `spiffe://${mesh}/${kind}/${name}`;
}

/** The subject, in the order of the certificate. */
export function subjectOf(mesh: string, { kind, name }: Identity): readonly (readonly [string, string])[] {
  return [
    ['O', mesh],
    ['OU', unitsOf[kind]],
    ['CN', name],
  ];
}

/** Where its files are. */
export function folderOf(dir: string, { kind, name }: Identity): string {
  return join(dir, foldersOf[kind], ...name.split('/'));
}
