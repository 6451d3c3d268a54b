// The sessions of one connection by channel: ours, and the peer's (§2.5.1).
import type { Session } from './session.ts';

export class SessionTable {
  readonly #own: (Session | undefined)[] = [];
  readonly #remote: (Session | undefined)[] = [];
  count = 0;
  /** Those that share the incoming window of their connection. */
  sharing = 0;

  get all(): Session[] {
    return this.#own.filter((session): session is Session => session !== undefined);
  }

  /** By the peer's channel. hot */
  byRemote(channel: number): Session | undefined {
    return this.#remote[channel];
  }

  byOwn(channel: number): Session | undefined {
    return this.#own[channel];
  }

  /** The lowest channel of ours that is not in use. */
  get freeChannel(): number {
    const free = this.count === this.#own.length ? -1 : this.#own.indexOf(undefined);
    return free < 0 ? this.#own.length : free;
  }

  add(session: Session): void {
    this.#own[session.channel] = session;
    this.count++;
    if (session.windowKind === 'share') this.sharing++;
  }

  bindRemote(session: Session, channel: number): void {
    this.#remote[channel] = session;
  }

  remove(session: Session): void {
    if (this.#own[session.channel] !== session) return;
    this.#own[session.channel] = undefined;
    this.count--;
    if (session.windowKind === 'share') this.sharing--;
    if (session.remoteChannel >= 0) this.#remote[session.remoteChannel] = undefined;
  }

  clear(): void {
    this.#own.length = 0;
    this.#remote.length = 0;
    this.count = 0;
    this.sharing = 0;
  }
}
