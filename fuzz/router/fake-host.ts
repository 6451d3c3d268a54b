// The host of a router that is fuzzed: no sockets, no clock, no dice. What it is asked for it notes.

import { Random } from '../../src/kit/random.ts';
import { type Dial, type HostPort, LogMemory } from '../../src/router/ports.ts';

export class FakeHost implements HostPort {
  readonly canVerifyPasswords = true;
  /** Everything is written out, and thrown away: making up log lines must not fail either. */
  readonly log = { enabled: () => true, write: () => undefined };
  readonly logMemory = new LogMemory();
  readonly dials: Dial[] = [];
  /** Answers that are due. */
  readonly answers: (() => void)[] = [];
  isStopped = false;
  readonly #random = new Random(1);

  wallTimeMs(): number {
    return 1_700_000_000_000;
  }

  randomBytes(count: number): Uint8Array {
    return this.#random.bytes(count);
  }

  listen(): void {
    // The harness brings connections itself.
  }

  unlisten(): void {
    // It goes on doing so.
  }

  dial(dial: Dial): void {
    this.dials.push(dial);
  }

  verifyPassword(user: string, _password: string, answer: (valid: boolean) => void): void {
    this.answers.push(() => answer(user === 'user'));
  }

  lookUp(_name: string, answer: (addresses: readonly string[]) => void): void {
    answer([]);
  }

  stopped(): void {
    this.isStopped = true;
  }
}
