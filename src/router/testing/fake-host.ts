// A host without sockets: remembers what the router asked for, and answers when the test says so.
import { Random } from '../../kit/random.ts';
import type { ListenerEntity } from '../../schema/configuration.ts';
import { type Dial, type HostPort, LogLevel, LogMemory, type LogModule, type LogSink } from '../ports.ts';

export interface LogLine {
  readonly module: LogModule;
  readonly level: LogLevel;
  readonly text: string;
}

export class FakeHost implements HostPort {
  readonly lines: LogLine[] = [];
  readonly listening: ListenerEntity[] = [];
  /** Dials that were asked for and not taken yet. */
  readonly dials: Dial[] = [];
  /** Users and their passwords; null when there is no users file. */
  users: ReadonlyMap<string, string> | null = null;
  /** Answers that are under way: checks of passwords, changes of the log. */
  readonly checks: (() => void)[] = [];
  /** Hosts and their addresses. */
  readonly hosts = new Map<string, readonly string[]>();
  isStopped = false;
  readonly #random = new Random(1);

  readonly log: LogSink = {
    enabled: (_module, level) => level >= LogLevel.Info,
    write: (module, level, text) => void this.lines.push({ module, level, text }),
  };

  readonly logMemory = new LogMemory();

  wallTimeMs(): number {
    return 0;
  }

  randomBytes(count: number): Uint8Array {
    return this.#random.bytes(count);
  }

  listen(listener: ListenerEntity): void {
    this.listening.push(listener);
  }

  unlisten(listener: ListenerEntity): void {
    const at = this.listening.findIndex(({ identity }) => identity === listener.identity);
    if (at >= 0) this.listening.splice(at, 1);
  }

  dial(dial: Dial): void {
    this.dials.push(dial);
  }

  get canVerifyPasswords(): boolean {
    return this.users !== null;
  }

  verifyPassword(user: string, password: string, answer: (valid: boolean) => void): void {
    this.checks.push(() => answer(this.users?.get(user) === password));
  }

  lookUp(name: string, answer: (addresses: readonly string[]) => void): void {
    answer(this.hosts.get(name) ?? []);
  }

  stopped(): void {
    this.isStopped = true;
  }

  logged(text: string): LogLine[] {
    return this.lines.filter((line) => line.text.includes(text));
  }
}
