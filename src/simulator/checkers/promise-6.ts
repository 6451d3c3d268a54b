// Promise 6: nothing gets silently stuck, memory is bounded everywhere, and credit neither grows nor leaks.
//
// Bounds hold after every turn. When faults have stopped and clients behave, everything outstanding resolves: `stuck` is
// empty after a while. When all clients have left, nothing of them is left.
import { connectionWindowBytes, outputBacklogBytes, outputTurnBytes, sessionWindowBytes } from '../../engine/limits.ts';
import type { Router } from '../../router/router.ts';
import type { Breaches } from '../breaches.ts';
import type { Channel } from '../channel.ts';
import { trunkBacklogBytesMax } from '../limits.ts';
import type { WitnessedLink } from '../witness/records.ts';
import type { Checker, Witness } from '../witness/witness.ts';
import type { WitnessedConnection } from '../witness/witnessed-connection.ts';

/** What one chunk, the records of held messages and router annotations may add to a bound. */
const slackBytes = 512 * 1024;
/** What goes out as a whole is one frame of at most 64 KiB here, or was held until 128 KiB. */
const deliveryBytesMax = 192 * 1024;

export class Promise6 implements Checker {
  readonly #witness: Witness;
  readonly #breaches: Breaches;
  readonly #router: Router;
  /** Whether somebody takes what comes for a channel. */
  readonly #isConsumed: (channel: Channel) => boolean;
  /** The most bytes that one connection had in its output, and one session held. */
  outputPeak = 0;
  heldPeak = 0;

  constructor(witness: Witness, breaches: Breaches, router: Router, isConsumed: (channel: Channel) => boolean) {
    this.#witness = witness;
    this.#breaches = breaches;
    this.#router = router;
    this.#isConsumed = isConsumed;
  }

  // --- bounds ------------------------------------------------------------------------------------------------------

  /** Deliveries of one turn: its share, and the one that used it up. */
  handleWrite({ label }: WitnessedConnection, payloadBytes: number): void {
    if (payloadBytes > outputTurnBytes + deliveryBytesMax)
      this.#report(`${label} got ${payloadBytes} bytes of deliveries in one write`);
  }

  handleTurnEnd(): void {
    for (const connection of this.#witness.connections) this.#checkBytes(connection);
  }

  /** By the router's own count, and by what was seen to come and not to go on. */
  #checkBytes({ label, router, sessions, isTrunk }: WitnessedConnection): void {
    const { connection, entity } = router;
    const { outputBytes } = connection;
    this.outputPeak = Math.max(this.outputPeak, outputBytes);
    if (outputBytes > outputTurnBytes + outputBacklogBytes + slackBytes)
      this.#report(`${label} has ${outputBytes} bytes in its output`);
    const sessionMax = Math.max(sessionWindowBytes, (entity.maxSessionFrames || 2) * entity.maxFrameSize) + slackBytes;
    let held = 0;
    let waiting = 0;
    for (const { waitingBytes } of sessions) {
      waiting += waitingBytes;
      // Links that routers share are always read: what waits there is bounded for all of them together.
      if (waitingBytes > sessionMax && !isTrunk) this.#report(`${waitingBytes} bytes wait in a session of ${label}`);
    }
    if (isTrunk && waiting > trunkBacklogBytesMax + connectionWindowBytes + slackBytes)
      this.#report(`${waiting} bytes from ${label} wait`);
    for (const { heldBytes, channel } of connection.sessions) {
      held += heldBytes;
      this.heldPeak = Math.max(this.heldPeak, heldBytes);
      if (heldBytes > sessionMax) this.#report(`session ${channel} of ${label} holds ${heldBytes} bytes`);
      if (heldBytes < 0) this.#report(`session ${channel} of ${label} holds ${heldBytes} bytes: fewer than none`);
    }
    if (held > connectionWindowBytes + slackBytes) this.#report(`${label} holds ${held} bytes`);
  }

  /** `credit` was told when the sender had begun `count` deliveries; more may have come since. */
  handleGrant(link: WitnessedLink, credit: number, count: number, grows: boolean): void {
    const { capacity } = link.connection;
    if (link.kind === 'control' && link.connection.isOfEdge) return;
    if (link.kind !== 'client') return this.#checkTrunkGrant(link, credit, count, grows);
    const openThen = Math.max(0, link.openCount - (link.deliveries - count));
    if (credit + openThen > capacity)
      this.#report(`${link.describe()} has credit ${credit} with ${openThen} open: more than its capacity ${capacity}`);
    const isPlain = link.irregularCount === 0 && count === link.deliveries;
    if (grows && isPlain && credit + link.openCount < capacity)
      this.#report(`${link.describe()} has credit ${credit} with ${link.openCount} open: of ${capacity} some leaked`);
  }

  /** Between routers credit comes back at once, whatever becomes of the delivery. */
  #checkTrunkGrant(link: WitnessedLink, credit: number, count: number, grows: boolean): void {
    const { capacity } = link.connection;
    if (credit > capacity) this.#report(`${link.describe()} has credit ${credit}: more than its capacity ${capacity}`);
    if (grows && count === link.deliveries && credit < capacity)
      this.#report(`${link.describe()} has credit ${credit}: of ${capacity} some leaked`);
  }

  // --- rest --------------------------------------------------------------------------------------------------------

  /** What is still under way, for people. Empty: everything has resolved. */
  stuck(): string[] {
    const { core } = this.#router;
    const found: string[] = [];
    for (const connection of this.#witness.connections) found.push(...stuckOf(connection));
    for (const link of this.#witness.links) found.push(...this.#stuckLink(link));
    for (const copy of this.#witness.openCopies) {
      if (copy.isComplete || copy.isAborted || copy.link.endedAt >= 0) this.#witness.openCopies.delete(copy);
      else found.push(`${copy.link.describe()} has got a part of m${copy.message?.id ?? '?'}, and no more of it`);
    }
    for (const { link } of core.producers) {
      const count = Math.max(link.openCount, link.unsettledCount);
      if (count !== 0) found.push(`link ${JSON.stringify(link.name)} has ${count} places open`);
    }
    for (const { key, hasWaiting } of core.addresses.all) if (hasWaiting) found.push(`deliveries wait at ${key}`);
    if (core.flowing.size > 0) found.push(`${core.flowing.size} long deliveries are on their way`);
    if (core.heldUp.size > 0) found.push(`${core.heldUp.size} multicast addresses wait for a consumer`);
    return found;
  }

  #stuckLink(link: WitnessedLink): string[] {
    if (link.owesDetach && !link.connection.isOver) return [`the detach of ${link.describe()} is unanswered`];
    if (!link.isLive) return [];
    if (link.isDrainOpen) return [`${link.describe()} was asked to drain, and has not answered`];
    // What an edge router sends may have nobody but itself to go to; so its credit is its own affair.
    if (!link.isFromSender || link.connection.isOfEdge) return [];
    const { capacity } = link.connection;
    const credit = link.limit - link.deliveries;
    const isWanted = link.channel === null || this.#isConsumed(link.channel);
    if (isWanted && link.openCount === 0 && credit * 2 <= capacity)
      return [`${link.describe()} has only ${credit} of ${capacity} credit`];
    if (!isWanted && credit > 0) return [`${link.describe()} has credit ${credit}, though nobody consumes`];
    return [];
  }

  /** All clients have left: of them nothing is left, here or in what is known of other routers. */
  handleAllGone(): void {
    const { core, connections } = this.#router;
    const clients = [...connections].filter(({ entity }) => entity.role !== 'inter-router' && entity.role !== 'edge');
    const producers = [...core.producers].filter(
      ({ origin, context }) => origin === null && context.options.role !== 'edge',
    );
    const consumers = [...core.consumers].filter(({ context }) => context.options.role !== 'edge');
    const links = producers.length + consumers.length;
    // The addresses of other routers stay as long as these are known, and what an edge sends there as long as it is one.
    const keys = [...core.addresses.all].map(({ key }) => key).filter((key) => !/^[RH]|^L_edge$/.test(key));
    const left = [
      clients.length > 0 ? `${clients.length} connections` : '',
      links > 0 ? `${links} links` : '',
      keys.length > 0 ? `addresses ${keys.join(', ')}` : '',
      core.needsSeconds ? 'something on its way' : '',
    ].filter((text) => text !== '');
    if (left.length > 0) this.#report(`all clients have left ${this.#witness.name}, but not ${left.join(', ')}`);
  }

  #report(text: string): void {
    this.#breaches.report('promise 6', text);
  }
}

function stuckOf({ label, router, sessions }: WitnessedConnection): string[] {
  const found: string[] = [];
  if (router.connection.outputBytes > 0) found.push(`${label} has ${router.connection.outputBytes} bytes of output`);
  for (const session of router.connection.sessions)
    if (session.heldBytes !== 0) found.push(`session ${session.channel} of ${label} holds ${session.heldBytes} bytes`);
  for (const session of sessions) {
    if (session.owesEnd) found.push(`${label} has an end unanswered`);
    for (const { name } of session.links.unanswered) found.push(`${label} has the attach of ${name} unanswered`);
  }
  return found;
}
