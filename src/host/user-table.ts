// The text of a users file: one user a line, `#` starts a comment line, order and comments survive every change.
//
//   alice:SCRAM-SHA-256$20000:<salt>$<StoredKey>:<ServerKey>
//
// In a name, `%`, `:`, `#`, white space and control characters are written as in a URL (`%3A`).
import { WeftError } from './errors.ts';
import { limits } from './limits.ts';
import { saslprep } from './saslprep.ts';
import { formatVerifier, parseVerifier, type ScramVerifier } from './scram-verifier.ts';

interface UserLine {
  text: string;
  /** null: a comment or blank line. */
  readonly user: string | null;
}

/** The name as it is compared (SASLprep), or null when it can be no user's. */
export function prepareUserName(name: string): string | null {
  const prepared = saslprep(name);
  if (prepared === null || prepared === '' || Buffer.byteLength(prepared) > limits.credentialBytesMax) return null;
  return prepared;
}

const escapeName = (name: string): string =>
  name.replace(/[%:#\s]/gu, (c) => encodeURIComponent(c).replace(':', '%3A'));

function unescapeName(text: string): string | null {
  try {
    return prepareUserName(decodeURIComponent(text));
  } catch {
    return null; // a `%` that starts no escape
  }
}

export class UserTable {
  readonly #lines: UserLine[] = [];
  readonly #verifiers = new Map<string, ScramVerifier>();

  /** Reads the text of a file. Throws WEFT_USERS_FILE_INVALID, which tells every fault as `path:line:column: error: …`. */
  static parse(text: string, path: string): UserTable {
    const table = new UserTable();
    const faults: string[] = [];
    const lines = text.split(/\r?\n/);
    if (lines.at(-1) === '') lines.pop();
    lines.forEach((line, index) => {
      const fault = table.#readLine(line);
      if (fault !== null) faults.push(`${path}:${index + 1}:${fault.column}: error: ${fault.message}`);
    });
    if (faults.length > 0) {
      throw new WeftError(
        'WEFT_USERS_FILE_INVALID',
        faults.join('\n'),
        'Mend or delete these lines; `weft user add` and `weft user passwd` write them.',
      );
    }
    return table;
  }

  #readLine(line: string): { column: number; message: string } | null {
    if (line.trim() === '' || line.trimStart().startsWith('#')) {
      this.#lines.push({ text: line, user: null });
      return null;
    }
    const colon = line.indexOf(':');
    // A password in clear may stand on a wrong line, so no message repeats what the line holds.
    if (colon < 0) return { column: 1, message: 'expected <user>:<verifier>' };
    const user = unescapeName(line.slice(0, colon).trim());
    if (user === null) return { column: 1, message: 'this is no user name' };
    if (this.#verifiers.has(user)) return { column: 1, message: 'this user has a line above already' };
    const verifier = parseVerifier(line.slice(colon + 1).trim());
    if (typeof verifier === 'string') return { column: colon + 2, message: verifier };
    this.#lines.push({ text: line, user });
    this.#verifiers.set(user, verifier);
    return null;
  }

  /** Names in the order of the file. */
  get names(): string[] {
    return [...this.#verifiers.keys()];
  }

  /** `user` as {@link prepareUserName} gives it. */
  get(user: string): ScramVerifier | undefined {
    return this.#verifiers.get(user);
  }

  set(user: string, verifier: ScramVerifier): void {
    const text = `${escapeName(user)}:${formatVerifier(verifier)}`;
    const line = this.#lines.find((one) => one.user === user);
    if (line === undefined) this.#lines.push({ text, user });
    else line.text = text;
    this.#verifiers.set(user, verifier);
  }

  /** False when there is no such user. */
  delete(user: string): boolean {
    if (!this.#verifiers.delete(user)) return false;
    this.#lines.splice(
      this.#lines.findIndex((one) => one.user === user),
      1,
    );
    return true;
  }

  format(): string {
    return this.#lines.map((line) => `${line.text}\n`).join('');
  }
}
