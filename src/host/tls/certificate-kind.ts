// Router or application? Both have certificates of the authority of the mesh, so this alone must not open the listeners for
// routers, behind which nobody asks for grants. `weft pki` writes the kind into the SPIFFE id: spiffe://MESH/app/TEAM/APP.
// Certificates of other makers have no such id, and are judged by their authority only.
import type { X509Certificate } from 'node:crypto';
import type { ListenerEntity } from '../../schema/configuration.ts';

const applicationId = /(?:^|, )URI:"?spiffe:\/\/[^/,]+\/app\//;

/** Whether the certificate says that it is an application's, where only routers come in. */
export function isOutOfPlace(certificate: X509Certificate | undefined, { role }: ListenerEntity): boolean {
  if (role !== 'inter-router' && role !== 'edge') return false;
  return applicationId.test(certificate?.subjectAltName ?? '');
}
