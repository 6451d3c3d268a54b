import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { formatVerifier, makeFakeVerifier, makeVerifier, parseVerifier, verifyPassword } from './scram-verifier.ts';

const iterations = 4096;

test('the verifier of the example of RFC 7677 proves the exchange printed there', async () => {
  // User "user", password "pencil"; salt, iteration count and messages as in RFC 7677 §3.
  const text =
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=';
  const verifier = parseVerifier(text);
  if (typeof verifier === 'string') throw new Error(verifier);
  const messages = [
    'n=user,r=rOprNGfwEbeRWgbNEkqO',
    'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  ].join(',');
  const clientSignature = createHmac('sha256', verifier.storedKey).update(messages).digest();
  const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64');
  const clientKey = proof.map((byte, index) => byte ^ clientSignature[index]!);
  expect(createHash('sha256').update(clientKey).digest()).toEqual(Buffer.from(verifier.storedKey));
  expect(createHmac('sha256', verifier.serverKey).update(messages).digest('base64')).toBe(
    '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  );
  expect(await verifyPassword(verifier, 'pencil')).toBe(true);
  expect(await verifyPassword(verifier, 'Pencil')).toBe(false);
});

test('a made verifier fits its password in every form that SASLprep makes equal, and no other', async () => {
  const verifier = (await makeVerifier('I\u00adX\u00a0\u2168', iterations))!;
  expect(await verifyPassword(verifier, 'IX IX')).toBe(true);
  expect(await verifyPassword(verifier, 'IX  IX')).toBe(false);
  expect(await verifyPassword(verifier, '')).toBe(false);
  expect(await verifyPassword(verifier, 'IX IX\u0007')).toBe(false);
});

test('two verifiers of one password have different salts, so equal passwords do not show', async () => {
  const [one, other] = await Promise.all([makeVerifier('x', iterations), makeVerifier('x', iterations)]);
  expect(formatVerifier(one!)).not.toBe(formatVerifier(other!));
});

test('an empty password and one with control characters make no verifier', async () => {
  expect(await makeVerifier('', iterations)).toBe(null);
  expect(await makeVerifier('\u00ad', iterations)).toBe(null);
  expect(await makeVerifier('a\nb', iterations)).toBe(null);
});

test('a verifier that somebody made of the empty password lets nobody in', async () => {
  const salt = Buffer.from('salt');
  const salted = pbkdf2Sync('', salt, iterations, 32, 'sha256');
  const storedKey = createHash('sha256').update(createHmac('sha256', salted).update('Client Key').digest()).digest();
  const verifier = { iterations, salt, storedKey, serverKey: Buffer.alloc(32) };
  expect(await verifyPassword(verifier, '')).toBe(false);
  expect(await verifyPassword(verifier, 'a\nb')).toBe(false);
});

test('text form and back', async () => {
  const verifier = (await makeVerifier('secret', iterations))!;
  expect(parseVerifier(formatVerifier(verifier))).toEqual(verifier);
});

test.each([
  ['', 'expected SCRAM-SHA-256$'],
  ['secret', 'expected SCRAM-SHA-256$'],
  ['SCRAM-SHA-1$4096:YQ==$YQ==:YQ==', 'expected SCRAM-SHA-256$'],
  ['SCRAM-SHA-256$100:YQ==$YQ==:YQ==', 'iterations, not 100'],
  ['SCRAM-SHA-256$999999999:YQ==$YQ==:YQ==', 'iterations, not 999999999'],
  ['SCRAM-SHA-256$4096:YQ==$YQ==:YQ==', '32 bytes'],
])('%s is refused', (text, fault) => {
  expect(parseVerifier(text)).toContain(fault);
});

test('the fake verifier of an unknown user keeps its salt, and no password fits', async () => {
  const secret = Buffer.from('a secret of this process');
  const fake = makeFakeVerifier('mallory', secret, iterations);
  expect(makeFakeVerifier('mallory', secret, iterations).salt).toEqual(fake.salt);
  expect(makeFakeVerifier('other', secret, iterations).salt).not.toEqual(fake.salt);
  expect(await verifyPassword(fake, '')).toBe(false);
  const guess = pbkdf2Sync('', fake.salt, iterations, 32, 'sha256');
  expect(guess).not.toEqual(fake.storedKey);
});
