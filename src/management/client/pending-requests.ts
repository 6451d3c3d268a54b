// The requests that wait for their replies, by correlation-id.
import { pendingRequestsMax } from './limits.ts';
import type { ManagementError } from './management-error.ts';
import type { ManagementReply } from './reply.ts';
import type { Outgoing } from './request-sender.ts';

/** A request that waits for its reply. */
export interface Pending {
  readonly to: string;
  readonly correlationId: string;
  readonly deadline: number;
  readonly resolve: (reply: ManagementReply) => void;
  readonly reject: (error: ManagementError) => void;
  outgoing: Outgoing | null;
}

export class PendingRequests {
  readonly #byId = new Map<string, Pending>();
  #count = 0;

  /** Null when too many wait already. */
  add(to: string, deadline: number, resolve: Pending['resolve'], reject: Pending['reject']): Pending | null {
    if (this.#byId.size >= pendingRequestsMax) return null;
    const correlationId = String(++this.#count);
    const pending: Pending = { to, correlationId, deadline, resolve, reject, outgoing: null };
    this.#byId.set(correlationId, pending);
    return pending;
  }

  has({ correlationId }: Pending): boolean {
    return this.#byId.has(correlationId);
  }

  take(correlationId: string): Pending | null {
    const pending = this.#byId.get(correlationId) ?? null;
    this.#byId.delete(correlationId);
    return pending;
  }

  of(to: string): Pending[] {
    return [...this.#byId.values()].filter((pending) => pending.to === to);
  }

  takeDue(now: number): Pending[] {
    const due = [...this.#byId.values()].filter(({ deadline }) => deadline <= now);
    for (const { correlationId } of due) this.#byId.delete(correlationId);
    return due;
  }

  takeAll(): Pending[] {
    const all = [...this.#byId.values()];
    this.#byId.clear();
    return all;
  }

  /** Infinity when nothing waits. */
  get nextDeadline(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { deadline } of this.#byId.values()) next = Math.min(next, deadline);
    return next;
  }
}
