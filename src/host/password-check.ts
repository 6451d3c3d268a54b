// Checks the passwords of PLAIN against a users file, in the thread pool, a bounded number at once. The file is looked at
// again before each check, so a changed password or a removed user counts from the next login on; a file that became
// unreadable, open to others or faulty lets nobody in, and the log says why.
import { randomBytes } from 'node:crypto';
import { Fifo } from '../kit/fifo.ts';
import { WeftError } from './errors.ts';
import { stampOf } from './file-stamp.ts';
import { limits } from './limits.ts';
import { makeFakeVerifier, type ScramVerifier, verifyPassword } from './scram-verifier.ts';
import { prepareUserName, type UserTable } from './user-table.ts';
import { readUsersFile } from './users-file.ts';

interface WaitingCheck {
  readonly user: string;
  readonly password: string;
  readonly answer: (valid: boolean) => void;
}

export class PasswordCheck {
  readonly path: string;
  readonly #complain: (message: string) => void;
  readonly #fakeSaltSecret = randomBytes(32);
  readonly #waiting = new Fifo<WaitingCheck>();
  #underWay = 0;
  /** null: the file cannot be trusted now. */
  #table: Promise<UserTable | null>;
  #stamp: string;

  private constructor(path: string, table: UserTable, stamp: string, complain: (message: string) => void) {
    this.path = path;
    this.#table = Promise.resolve(table);
    this.#stamp = stamp;
    this.#complain = complain;
  }

  /** Opens a users file; throws what {@link readUsersFile} throws. `complain` is told of faults that come up later. */
  static async open(path: string, complain: (message: string) => void): Promise<PasswordCheck> {
    const stamp = await stampOf(path); // first: a change while we read is then seen at the first check
    return new PasswordCheck(path, await readUsersFile(path), stamp, complain);
  }

  /** `answer` is called once, in a later turn. */
  check(user: string, password: string, answer: (valid: boolean) => void): void {
    if (this.#waiting.size >= limits.passwordChecksWaitingMax) {
      this.#complain(
        `password of a user refused unseen: ${limits.passwordChecksWaitingMax} checks are waiting already`,
      );
      setImmediate(answer, false);
      return;
    }
    this.#waiting.push({ user, password, answer });
    this.#startNext();
  }

  #startNext(): void {
    if (this.#underWay >= limits.passwordChecksAtOnceMax) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#underWay++;
    this.#verify(next.user, next.password)
      .catch((error: unknown) => {
        this.#complain(`cannot check a password: ${error instanceof Error ? error.message : String(error)}`);
        return false;
      })
      .then((valid) => {
        this.#underWay--;
        this.#startNext();
        // Out of the promise: what `answer` throws is a fault of its own, not one of this check.
        setImmediate(next.answer, valid);
      });
  }

  async #verify(user: string, password: string): Promise<boolean> {
    if (Buffer.byteLength(user) > limits.credentialBytesMax) return false;
    if (Buffer.byteLength(password) > limits.credentialBytesMax) return false;
    const table = await this.#currentTable();
    const name = prepareUserName(user);
    const verifier = name === null ? undefined : table?.get(name);
    return verifyPassword(verifier ?? this.#fakeFor(user, table), password);
  }

  #fakeFor(user: string, table: UserTable | null): ScramVerifier {
    const anyone = table?.names[0];
    const iterations = anyone === undefined ? limits.scramIterations : table!.get(anyone)!.iterations;
    return makeFakeVerifier(user, this.#fakeSaltSecret, iterations);
  }

  async #currentTable(): Promise<UserTable | null> {
    const stamp = await stampOf(this.path);
    if (stamp !== this.#stamp) {
      this.#stamp = stamp;
      this.#table = this.#readAgain(); // checks that come meanwhile wait for the same reading
    }
    return this.#table;
  }

  async #readAgain(): Promise<UserTable | null> {
    try {
      return await readUsersFile(this.path);
    } catch (error) {
      if (!(error instanceof WeftError)) throw error;
      this.#complain(`${error.message}; until this is mended nobody can log in by password. ${error.remedy}`.trim());
      return null;
    }
  }
}
