// What an application does over one link: it attaches, goes on when it may, and comes back when the link was lost.
//
//   (no session) ──open──▶ attached ──it leaves, the router detaches──▶ away ──a while──▶ attached …
//         ▲──────────────────────lost───────────────────────────────────╯
import { Condition } from '../../engine/conditions.ts';
import { type Link, LinkState } from '../../engine/link.ts';
import type { DetachCause } from '../../engine/owner.ts';
import type { Session } from '../../engine/session.ts';
import type { Random } from '../../kit/random.ts';
import type { Client } from './client.ts';

export abstract class Actor {
  readonly name: string;
  readonly client: Client;
  protected readonly random: Random;
  protected session: Session | null = null;
  /** Faults have stopped: it behaves from now on. */
  protected isCalm = false;
  /** There is no such address, and there will not be. */
  protected isRefused = false;
  /** It attaches no more. */
  protected isLeaving = false;
  /** Mean time after which it detaches of its own accord, 0 = never. */
  readonly #leaveEveryMs: number;
  #attachment = 0;
  #former: Link | null = null;

  constructor(client: Client, name: string, random: Random, leaveEveryMs: number) {
    this.client = client;
    this.name = name;
    this.random = random;
    this.#leaveEveryMs = leaveEveryMs;
  }

  /** Nothing of it is under way. */
  abstract get isIdle(): boolean;
  abstract get link(): Link | null;
  /** What it has under way, for people. */
  abstract describe(): string;
  /** Does what can be done now: there may be credit, window or room. */
  abstract pump(): void;
  protected abstract attach(session: Session): void;
  /** Forgets its link and everything on it. */
  protected abstract forget(): void;
  /** Detaches its link, if it has one. */
  protected abstract detach(): void;

  get isAttached(): boolean {
    return this.link !== null;
  }

  // --- what the client tells ---------------------------------------------------------------------------------------

  open(session: Session): void {
    this.session = session;
    this.#attachNow();
  }

  /** Session, connection or process are gone. */
  lost(): void {
    this.#attachment++;
    this.session = null;
    this.forget();
  }

  get hasCalmedDown(): boolean {
    return this.isCalm;
  }

  calm(): void {
    this.isCalm = true;
    this.pump();
  }

  leave(): void {
    this.isLeaving = true;
    if (this.session !== null) this.detach();
    this.forget();
  }

  // --- coming and going --------------------------------------------------------------------------------------------

  /** The router detached the link, or its session or connection is gone. */
  protected handleGone(cause: DetachCause): void {
    this.forget();
    if (cause.by === 'loss') this.client.handleSessionLost(this.session);
    else if (cause.error?.condition === Condition.NotFound) this.isRefused = true;
    else this.#comeBack();
    if (cause.error !== null) this.client.handleError(this.name, cause.error);
  }

  #attachNow(): void {
    const { session } = this;
    if (session === null || session.isEnding || this.isLeaving || this.isRefused || this.isAttached) return;
    const attachment = ++this.#attachment;
    if (this.#isNameTaken(session)) {
      this.client.after(5, () => attachment === this.#attachment && this.#attachNow());
      return;
    }
    this.attach(session);
    if (this.#leaveEveryMs === 0 || this.isCalm) return;
    this.client.after(this.random.between(1, this.#leaveEveryMs * 2), () => {
      if (attachment !== this.#attachment || this.isCalm || this.link?.isAttached !== true) return;
      this.#former = this.link;
      this.detach();
      this.forget();
      this.#comeBack();
    });
  }

  /** The link was answered: now and then it attaches the same name again, which steals it (§2.6.1). */
  protected stealNow(rate: number): boolean {
    return !this.isCalm && this.random.chance(rate);
  }

  /** Until the router has answered our detach (§2.6.1). */
  #isNameTaken(session: Session): boolean {
    const former = this.#former;
    if (former === null || former.session !== session || former.state === LinkState.Detached) this.#former = null;
    return this.#former !== null;
  }

  #comeBack(): void {
    const attachment = ++this.#attachment;
    this.client.after(this.random.between(0, this.isCalm ? 50 : 800), () => {
      if (attachment === this.#attachment) this.#attachNow();
    });
  }
}
