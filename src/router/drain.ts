// The gentle end of a router:
//
//   listeners closed, credit asked back ──quiet, or drainSeconds over──▶ Close(amqp:connection:forced) to all ──▶ stopped
import { LogLevel } from '../core/log.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import { closeTimeoutMs } from '../engine/limits.ts';
import { drainCheckMs } from './limits.ts';
import type { Router } from './router.ts';

export class Drain {
  readonly #router: Router;
  readonly #until: number;
  #closedAt = -1;
  #isStopped = false;
  nextDeadline: number;

  constructor(router: Router, now: number) {
    this.#router = router;
    const { drainSeconds } = router.configuration.router;
    this.#until = now + drainSeconds * 1000;
    this.nextDeadline = now + drainCheckMs;
    router.core.drain();
    router.host.log.write('ROUTER', LogLevel.Notice, `Draining: up to ${drainSeconds} s for deliveries in flight`);
  }

  handleTimeout(now: number): void {
    if (this.#isStopped || now < this.nextDeadline) return;
    if (this.#closedAt < 0 && (this.#router.core.isQuiet || now >= this.#until)) this.#closeAll(now);
    const isOver =
      this.#closedAt >= 0 && (this.#router.connections.size === 0 || now - this.#closedAt > closeTimeoutMs);
    if (isOver) {
      this.#isStopped = true;
      this.nextDeadline = Number.POSITIVE_INFINITY;
      this.#router.host.stopped();
    } else this.nextDeadline = now + drainCheckMs;
  }

  #closeAll(now: number): void {
    this.#closedAt = now;
    const error = amqpError(Condition.ConnectionForced, 'this router is shutting down');
    // Consumers first: what they have in doubt is settled before any sender's connection is closed.
    this.#router.core.detachConsumers(error);
    for (const { connection } of this.#router.connections) connection.close(error);
  }
}
