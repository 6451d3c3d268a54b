// The name of a peer by its certificate, as Dispatch makes it:
//
//   no uidFormat      the subject as RFC 2253 writes it:  C=US,O=Client,CN=127.0.0.1   (the last field of the certificate first)
//   uidFormat cnous2  these fields joined by ';':         US;127.0.0.1;Client;…        (fields that are absent are left out)
//
// and the latter, where the file of display names has it, goes by its display name.
import type { X509Certificate } from 'node:crypto';

const subjectFields: Record<string, string> = { c: 'C', s: 'ST', l: 'L', o: 'O', u: 'OU', n: 'CN' };

/** '' when the certificate names nobody. */
export function certificateUser(
  certificate: X509Certificate,
  uidFormat: string,
  displayNames: ReadonlyMap<string, string>,
): string {
  const id = formatUid(certificate, uidFormat);
  if (id === null) return subjectName(certificate);
  return displayNames.get(id) ?? id;
}

/** Null when there is nothing to make the id of. */
function formatUid(certificate: X509Certificate, uidFormat: string): string | null {
  const subject: Record<string, string | string[] | undefined> = { ...certificate.toLegacyObject().subject };
  const values: string[] = [];
  for (const letter of uidFormat) {
    const value = fingerprint(certificate, letter) ?? firstOf(subject[subjectFields[letter] as string]);
    if (value === undefined || value === '') continue;
    // It could pass for two fields, and so for somebody else.
    if (value.includes(';')) return null;
    values.push(value);
  }
  return values.length === 0 ? null : values.join(';');
}

function fingerprint(certificate: X509Certificate, letter: string): string | undefined {
  const { fingerprint: sha1, fingerprint256: sha256, fingerprint512: sha512 } = certificate;
  const found: Record<string, string> = { '1': sha1, '2': sha256, '5': sha512 };
  return found[letter]?.replaceAll(':', '').toLowerCase();
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** RFC 2253. Node writes a line a field, values escaped, and ' + ' between those of one line. */
function subjectName({ subject }: X509Certificate): string {
  const fields = (subject ?? '').split('\n').reverse();
  const text = fields.map((field) => field.split(' + ').reverse().join('+')).join(',');
  // OpenSSL's form for RFC 2253, which Dispatch uses, has the bytes of other than ASCII as \C3\A4.
  return text.replace(/[^\0-\x7f]+/g, (part) =>
    [...Buffer.from(part)].map((byte) => `\\${byte.toString(16).toUpperCase()}`).join(''),
  );
}
