// Rules for sslProfiles, and for the listeners and connectors that use them. What would leave a connection in clear, or a
// peer unchecked, against the wish of whoever wrote the file is an error.
import type { Faults } from './faults.ts';
import { suggestion } from './names.ts';
import { placeOf, type ReadEntity, textOf } from './read-entity.ts';
import { TLS_VERSIONS, tlsVersions } from './tls-versions.ts';

/** The letters of `uidFormat`, at most as many as Dispatch takes. */
const UID_LETTERS = 'csloun125';
const MAX_UID_LETTERS = 7;

export function checkSslProfile(profile: ReadEntity, faults: Faults): void {
  if (textOf(profile, 'name') === '') {
    faults.error(profile.place, 'this sslProfile needs a name: listeners and connectors refer to it');
  }
  checkFiles(profile, faults);
  checkProtocols(profile, faults);
  checkUidFormat(profile, faults);
  const password = textOf(profile, 'password');
  if (password !== '' && !/^(env|file):/.test(password)) {
    faults.warning(
      placeOf(profile, 'password'),
      'the password stands in clear in this file; write env:NAME or file:/path to keep it elsewhere',
    );
  }
}

function checkFiles(profile: ReadEntity, faults: Faults): void {
  const hasCertificate = textOf(profile, 'certFile') !== '';
  const hasKey = textOf(profile, 'privateKeyFile') !== '';
  if (hasCertificate && !hasKey) faults.error(placeOf(profile, 'certFile'), 'certFile needs privateKeyFile, its key');
  if (hasKey && !hasCertificate) {
    faults.error(placeOf(profile, 'privateKeyFile'), 'privateKeyFile needs certFile, the certificate of the key');
  }
}

function checkProtocols(profile: ReadEntity, faults: Faults): void {
  const place = placeOf(profile, 'protocols');
  const { versions, unknown } = tlsVersions(textOf(profile, 'protocols'));
  for (const word of unknown) {
    faults.error(place, `there is no TLS version '${word.slice(0, 40)}'; there are ${TLS_VERSIONS.join(', ')}`);
  }
  const outdated = versions.filter((version) => version === 'TLSv1' || version === 'TLSv1.1');
  if (outdated.length > 0) faults.warning(place, `${outdated.join(' and ')} are outdated (RFC 8996)`);
}

function checkUidFormat(profile: ReadEntity, faults: Faults): void {
  const letters = textOf(profile, 'uidFormat');
  const place = placeOf(profile, 'uidFormat');
  const unknown = [...letters].filter((letter) => !UID_LETTERS.includes(letter));
  if (unknown.length > 0) {
    faults.error(place, `uidFormat has letters out of ${[...UID_LETTERS].join(', ')}, not '${unknown.join('')}'`);
  }
  if (letters.length > MAX_UID_LETTERS) faults.error(place, `uidFormat has at most ${MAX_UID_LETTERS} letters`);
  if (letters === '' && textOf(profile, 'uidNameMappingFile') !== '') {
    faults.warning(placeOf(profile, 'uidNameMappingFile'), 'uidNameMappingFile has no effect without uidFormat');
  }
}

/** Listeners and connectors against the profiles that they name. */
export function checkUseOfTls(entities: readonly ReadEntity[], faults: Faults): void {
  const profiles = new Map(
    entities.filter(({ spec }) => spec.name === 'sslProfile').map((profile) => [textOf(profile, 'name'), profile]),
  );
  for (const entity of entities) {
    if (entity.spec.name !== 'listener' && entity.spec.name !== 'connector') continue;
    const name = textOf(entity, 'sslProfile');
    const profile = name === '' ? undefined : profiles.get(name);
    if (name !== '' && profile === undefined) {
      const known = profiles.size === 0 ? ': none is configured' : suggestion(name, [...profiles.keys()]);
      faults.error(placeOf(entity, 'sslProfile'), `there is no sslProfile '${name}'${known}`);
    }
    if (entity.spec.name === 'listener') checkListener(entity, profile, faults);
  }
}

function checkListener(listener: ReadEntity, profile: ReadEntity | undefined, faults: Faults): void {
  if (textOf(listener, 'sslProfile') === '') {
    for (const rule of ['requireSsl', 'requireEncryption']) {
      const read = listener.attributes.get(rule);
      if (read?.value === true) faults.error(read.namePlace, `${rule} needs an sslProfile`);
    }
    return;
  }
  if (profile === undefined) return;
  const name = textOf(profile, 'name');
  const place = placeOf(listener, 'sslProfile');
  if (textOf(profile, 'certFile') === '') {
    faults.error(place, `a listener shows a certificate: sslProfile '${name}' needs certFile and privateKeyFile`);
  }
  const mechanisms = textOf(listener, 'saslMechanisms').split(/\s+/);
  if (mechanisms.includes('EXTERNAL') && textOf(profile, 'caCertFile') === '') {
    faults.error(place, `EXTERNAL checks certificates of clients: sslProfile '${name}' needs caCertFile`);
  }
}
