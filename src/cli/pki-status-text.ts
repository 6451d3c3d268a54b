// The state of a folder of certificates as people read it.

import type { OldConnections } from '../local/older-connections.ts';
import type { AuthorityStatus, CertificateStatus, PkiStatus } from '../pki/status.ts';
import type { Remaining } from './old-connections.ts';
import { count, dayOf, dirWords } from './pki-options.ts';

export function statusText(status: PkiStatus, remaining: Remaining | null = null): string {
  const { mesh, dir, bundleFault } = status;
  const trusted = status.authorities.filter(({ role }) => role !== 'retired');
  const lines = [
    `${mesh} in ${dir}`,
    '',
    ...table(['AUTHORITY', 'SUBJECT', 'GOOD UNTIL', 'DAYS LEFT', 'SIGNED', 'STATE'], trusted.map(authorityRow), [3, 4]),
    '',
    ...certificateLines(status),
    '',
    ...(bundleFault === ''
      ? []
      : [`${dir}/ca.pem: ${bundleFault}. Any change mends it: weft pki issue due${dirWords(dir)}`]),
    ...nextStep(status, remaining),
  ];
  return `${lines.join('\n')}\n`;
}

function certificateLines({ certificates, dir }: PkiStatus): string[] {
  if (certificates.length === 0) return [`no certificates yet: weft pki issue router NAME --host HOST${dirWords(dir)}`];
  const heads = ['CERTIFICATE', 'SUBJECT', 'ISSUER', 'GOOD UNTIL', 'DAYS LEFT', 'STATE'];
  return table(heads, certificates.map(certificateRow), [2, 4]);
}

function authorityRow({
  number,
  subject,
  notAfter,
  daysLeft,
  certificates,
  role,
  term,
  fault,
}: AuthorityStatus): string[] {
  const states = [role, ...(term === 'good' ? [] : [term]), ...(fault === '' ? [] : [fault])];
  return [String(number), subject, dayOf(notAfter), String(daysLeft), String(certificates), states.join(', ')];
}

function certificateRow(certificate: CertificateStatus): string[] {
  const { kind, name, subject, issuer, notAfter, daysLeft, term, fault, hangsOnFormer } = certificate;
  const states = [
    ...(fault === null ? [] : [fault]),
    ...(term === undefined || term === 'good' ? [] : [term]),
    ...(hangsOnFormer ? [`hangs on authority ${issuer}`] : []),
  ];
  return [
    `${kind} ${name}`,
    subject || '-',
    issuer === null ? '-' : String(issuer),
    notAfter === undefined ? '-' : dayOf(notAfter),
    daysLeft === undefined ? '-' : String(daysLeft),
    states.join(', ') || 'good',
  ];
}

/** Where the rotation stands, and what to do next. */
export function nextStep(
  { rotation, isRotationDue, authorities, dir }: PkiStatus,
  found: Remaining | null = null,
): string[] {
  const command = `weft pki rotate${dirWords(dir)}`;
  if (rotation === null) {
    const issuing = authorities.find(({ role }) => role === 'issuing')?.number;
    const due = isRotationDue ? `; authority ${issuing} nears its end, so begin one: ${command}` : '';
    return [`no rotation is under way${due}`];
  }
  const { step, from, to, remaining, renewedAt } = rotation;
  if (step === 'trusted') {
    return [
      `rotation: authority ${to} is trusted beside ${from}, and signs nothing yet`,
      `Next: bring ${dir}/ca.pem to every router and application; then ${command} --issue`,
    ];
  }
  if (step === 'issuing') {
    return [
      `rotation: ${count(remaining, 'certificate')} still of authority ${from}`,
      `Next: make them anew by authority ${to}: ${command} --issue`,
    ];
  }
  const renewed = `rotation: no certificate is of authority ${from} any more, since ${renewedAt}`;
  if (found !== null) return [renewed, ...remainingLines(found, `${command} --retire`)];
  return [
    renewed,
    `Next: bring the certificates to where they are used; drain and make anew, one router at a time, every connection that is`,
    `older than that; then ${command} --retire`,
  ];
}

function remainingLines({ source, old }: Remaining, retire: string): string[] {
  if (old === null) return [`${source} has not begun to make its connections anew`, 'Next: wait until it has'];
  if (old.count === 0) return [`no connection is left from before, says ${source}`, `Next: ${retire}`];
  return [
    `${count(old.count, 'connection')} from before, says ${source}:`,
    ...oldConnectionLines(old),
    'Next: drain their routers and start them anew, one after the other; `weft up` does that by itself',
  ];
}

export function oldConnectionLines({ connections, count: all }: OldConnections): string[] {
  const rows = connections.map(({ router, peer, role, openedAt }) => [router, role, peer, openedAt]);
  const more = all - connections.length;
  return [...table(['ROUTER', 'ROLE', 'PEER', 'SINCE'], rows, []), ...(more > 0 ? [`and ${more} more`] : [])];
}

/** Columns two blanks apart; those of `numbers` to the right. */
function table(heads: readonly string[], rows: readonly string[][], numbers: readonly number[]): string[] {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => (row[column] as string).length)));
  const cell = (text: string, column: number): string =>
    numbers.includes(column) ? text.padStart(widths[column] as number) : text.padEnd(widths[column] as number);
  return all.map((row) => row.map(cell).join('  ').trimEnd());
}
