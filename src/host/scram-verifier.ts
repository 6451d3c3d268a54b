// A password as the users file keeps it: a salted SCRAM-SHA-256 verifier (RFC 5802, RFC 7677), from which the password
// cannot be read, and which serves PLAIN and SCRAM alike.
//
//   SaltedPassword = PBKDF2-HMAC-SHA-256(SASLprep(password), salt, iterations)
//   StoredKey      = SHA-256(HMAC(SaltedPassword, "Client Key"))
//   ServerKey      = HMAC(SaltedPassword, "Server Key")
//
// As text, the form of PostgreSQL:  SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>   (base64)
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { limits } from './limits.ts';
import { saslprep } from './saslprep.ts';

export interface ScramVerifier {
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

const deriveKey = promisify(pbkdf2);
const keyBytes = 32;
const saltBytes = 16;

async function deriveKeys(prepared: string, salt: Uint8Array, iterations: number) {
  // PBKDF2 runs in Node's thread pool; the rest takes microseconds.
  const saltedPassword = await deriveKey(prepared, salt, iterations, keyBytes, 'sha256');
  const clientKey = createHmac('sha256', saltedPassword).update('Client Key').digest();
  return {
    storedKey: createHash('sha256').update(clientKey).digest(),
    serverKey: createHmac('sha256', saltedPassword).update('Server Key').digest(),
  };
}

/** Makes a verifier with a fresh salt; null when the password is empty or SASLprep refuses it. */
export async function makeVerifier(
  password: string,
  iterations: number = limits.scramIterations,
): Promise<ScramVerifier | null> {
  const prepared = saslprep(password);
  if (prepared === null || prepared === '') return null;
  const salt = randomBytes(saltBytes);
  return { iterations, salt, ...(await deriveKeys(prepared, salt, iterations)) };
}

/** Whether `password` is the one that `verifier` was made of. Takes the same time for a right and a wrong one. */
export async function verifyPassword(verifier: ScramVerifier, password: string): Promise<boolean> {
  const prepared = saslprep(password);
  const { storedKey } = await deriveKeys(prepared ?? '', verifier.salt, verifier.iterations);
  return timingSafeEqual(storedKey, verifier.storedKey) && prepared !== null && prepared !== '';
}

/**
 * A verifier that no password fits, so that an unknown user costs as much as a known one. Its salt depends only on
 * `secret` and the name: SCRAM shows the salt, and one that changed would tell that the user is unknown.
 */
export function makeFakeVerifier(user: string, secret: Uint8Array, iterations: number): ScramVerifier {
  const salt = createHmac('sha256', secret).update(user).digest().subarray(0, saltBytes);
  return { iterations, salt, storedKey: randomBytes(keyBytes), serverKey: randomBytes(keyBytes) };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export function formatVerifier({ iterations, salt, storedKey, serverKey }: ScramVerifier): string {
  return `SCRAM-SHA-256$${iterations}:${base64(salt)}$${base64(storedKey)}:${base64(serverKey)}`;
}

/** Reads the text form; a string tells what is wrong with it (and never repeats the text, which is half a secret). */
export function parseVerifier(text: string): ScramVerifier | string {
  const parts = /^SCRAM-SHA-256\$(\d{1,9}):([A-Za-z0-9+/]+=*)\$([A-Za-z0-9+/]+=*):([A-Za-z0-9+/]+=*)$/.exec(text);
  if (parts === null) return 'expected SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>';
  const iterations = Number(parts[1]);
  if (iterations < limits.scramIterationsMin || iterations > limits.scramIterationsMax) {
    return `expected ${limits.scramIterationsMin} to ${limits.scramIterationsMax} iterations, not ${iterations}`;
  }
  const salt = Buffer.from(parts[2]!, 'base64');
  const storedKey = Buffer.from(parts[3]!, 'base64');
  const serverKey = Buffer.from(parts[4]!, 'base64');
  if (storedKey.length !== keyBytes || serverKey.length !== keyBytes) return 'both keys must have 32 bytes';
  return { iterations, salt, storedKey, serverKey };
}
