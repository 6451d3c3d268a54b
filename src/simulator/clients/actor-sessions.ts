// The sessions of a client's connection, and which actors use each of them: actor number n uses session n modulo their count.
import type { Session } from '../../engine/session.ts';
import type { Actor } from './actor.ts';
import type { ClientConnection } from './client-connection.ts';

export class ActorSessions {
  readonly #actors: readonly Actor[];
  /** null where none is open. */
  readonly #sessions: (Session | null)[];

  constructor(actors: readonly Actor[], count: number) {
    this.#actors = actors;
    this.#sessions = new Array<Session | null>(count).fill(null);
  }

  get all(): readonly (Session | null)[] {
    return this.#sessions;
  }

  /** Begins those that are not open. False when the router allows no more. */
  begin({ connection }: ClientConnection): boolean {
    for (let group = 0; group < this.#sessions.length; group++) {
      if (this.#sessions[group] !== null) continue;
      const session = connection.begin();
      if (session === null) return false;
      this.#sessions[group] = session;
      for (const actor of this.#actorsOf(group)) actor.open(session);
    }
    return true;
  }

  /** True when it was one of these, and open until now. */
  lose(session: Session | null): boolean {
    const group = this.#sessions.indexOf(session);
    if (session === null || group < 0) return false;
    this.#sessions[group] = null;
    for (const actor of this.#actorsOf(group)) actor.lost();
    return true;
  }

  loseAll(): void {
    this.#sessions.fill(null);
    for (const actor of this.#actors) actor.lost();
  }

  #actorsOf(group: number): Actor[] {
    return this.#actors.filter((_, index) => index % this.#sessions.length === group);
  }
}
