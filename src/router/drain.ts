// The gentle end of a router:
//
//   listeners closed, credit asked back; other routers go around, edges go over to another uplink
//       ──quiet, or drainSeconds over──▶ their credit asked back ──quiet──▶ Close(amqp:connection:forced) to clients
//       ──their consumers have come back elsewhere, where what waits for them at other routers finds them──▶ Close to all ──▶ stopped
import { LogLevel } from '../core/log.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import { closeTimeoutMs } from '../engine/limits.ts';
import { consumerReturnMs, creditSilenceMs, detourMs, drainCheckMs, handoverMs } from './limits.ts';
import { isBetweenRouters } from './mesh.ts';
import type { Router } from './router.ts';

const isEnding = amqpError(Condition.ConnectionForced, 'this router is shutting down');

export class Drain {
  readonly #router: Router;
  readonly #until: number;
  /** When other routers have had time to find ways around this one. */
  #detourAt: number;
  /** Edges may still be on their way to another uplink until then; then their addresses are withdrawn. */
  #handoverUntil: number;
  /** Deliveries that had come by the last look, and when there was something to do last. */
  #ingress = -1;
  #busyAt: number;
  #isShut = false;
  /** When clients are all gone, and their consumers have had time to come back elsewhere. */
  #returnUntil = -1;
  #closedAt = -1;
  #isStopped = false;
  nextDeadline: number;

  constructor(router: Router, now: number) {
    this.#router = router;
    const { drainSeconds } = router.configuration.router;
    this.#until = now + drainSeconds * 1000;
    this.#busyAt = now;
    this.#detourAt = router.core.mesh === null ? now : now + detourMs;
    this.#handoverUntil = Math.min(now + handoverMs, this.#until);
    this.nextDeadline = now + drainCheckMs;
    for (const { context } of router.connections) context.edge?.askToLeave();
    router.core.drain();
    router.host.log.write('ROUTER', LogLevel.Notice, `Draining: up to ${drainSeconds} s for deliveries in flight`);
  }

  handleTimeout(now: number): void {
    if (this.#isStopped || now < this.nextDeadline) return;
    if (this.#closedAt < 0) this.#proceed(now);
    const isOver =
      this.#closedAt >= 0 && (this.#router.connections.size === 0 || now - this.#closedAt > closeTimeoutMs);
    if (isOver) {
      this.#isStopped = true;
      this.nextDeadline = Number.POSITIVE_INFINITY;
      this.#router.host.stopped();
    } else this.nextDeadline = now + drainCheckMs;
  }

  /** Other routers keep their credit until they have had time to go around this one; then they give it back, too. */
  #proceed(now: number): void {
    const { core } = this.#router;
    if (this.#returnUntil >= 0) {
      // Back elsewhere: once all routers have heard of it, this one is missed by nobody.
      if (core.mesh?.keepsAddresses === false) this.#returnUntil = Math.min(this.#returnUntil, now + detourMs);
      if (now >= this.#returnUntil) this.#closeAll(now);
      return;
    }
    if (this.#isHandingOver(now)) return;
    const isQuiet = this.#isQuiet(now);
    // What comes for consumers that are only here goes on and on.
    const mayShut = isQuiet || core.mesh?.keepsAddresses === true;
    if (!this.#isShut && (now >= this.#until || (mayShut && now >= this.#detourAt))) {
      this.#isShut = true;
      core.withdrawFromPeers();
      if (core.mesh !== null && now < this.#until) return;
    }
    if (this.#isShut && (isQuiet || now >= this.#until)) this.#closeClients(now);
  }

  /**
   * Nothing is under way, and nothing more will come: what a client sends while its connection is closed gets no outcome. Many libraries
   * leave the answer to a drain to the application, so a client may go on until it has used up its credit.
   */
  #isQuiet(now: number): boolean {
    const { core } = this.#router;
    const { ingress } = core.counters;
    if (!core.isQuiet || ingress !== this.#ingress) this.#busyAt = now;
    this.#ingress = ingress;
    return core.isQuiet && (!core.hasCreditOut || now - this.#busyAt >= creditSilenceMs);
  }

  /** An address of an edge is withdrawn when it is found over another router, so that at no moment it is nowhere. */
  #isHandingOver(now: number): boolean {
    const { mesh } = this.#router.core;
    if (mesh === null || this.#handoverUntil < 0) return false;
    if (mesh.withdrawHandedOver(now >= this.#handoverUntil) > 0) return true;
    this.#handoverUntil = -1;
    this.#detourAt = now + detourMs;
    return false;
  }

  /** A consumer comes back elsewhere only when its connection is gone; with the last one of an address, that would be nowhere for a while. */
  #closeClients(now: number): void {
    const { core, connections } = this.#router;
    const others = [...connections].filter(({ entity }) => isBetweenRouters(entity));
    core.keepsAddresses = others.length > 0;
    const consumers = core.detachConsumers(isEnding, true);
    for (const { connection, entity } of connections) if (!isBetweenRouters(entity)) connection.close(isEnding);
    const waits = core.keepsAddresses && consumers > 0;
    this.#returnUntil = waits ? Math.min(now + consumerReturnMs, this.#until) : now;
    if (!waits) this.#closeAll(now);
  }

  #closeAll(now: number): void {
    this.#closedAt = now;
    // Consumers first: what they have in doubt is settled before any sender's connection is closed.
    this.#router.core.detachConsumers(isEnding);
    for (const { connection } of this.#router.connections) connection.close(isEnding);
  }
}
