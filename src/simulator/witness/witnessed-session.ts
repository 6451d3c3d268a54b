// One session, as the frames at the router's door tell it: its deliveries, by their ids. The peer is a client, or another router.
import { DispositionFields, decodeDisposition } from '../../amqp/disposition.ts';
import { decodeTransfer, TransferFields } from '../../amqp/transfer.ts';
import { Arrival, Copy, State, type Told, type WitnessedLink } from './records.ts';
import { SessionLinks } from './session-links.ts';
import type { WitnessedConnection } from './witnessed-connection.ts';

const transfer = new TransferFields();
const disposition = new DispositionFields();

export class WitnessedSession {
  readonly connection: WitnessedConnection;
  readonly links = new SessionLinks(this);
  readonly #arrivals = new Map<number, Arrival>();
  readonly #copies = new Map<number, Copy>();
  /** The delivery of each link whose frames are coming. */
  readonly #arriving = new Map<WitnessedLink, Arrival>();
  readonly #copying = new Map<WitnessedLink, Copy>();
  isOver = false;
  /** Bytes of deliveries of which nothing has gone on yet. */
  waitingBytes = 0;
  /** An End of the peer that the router has not answered. */
  owesEnd = false;

  constructor(connection: WitnessedConnection) {
    this.connection = connection;
  }

  /** Nothing that the peer says on it counts any more. */
  end(): void {
    this.isOver = true;
    this.links.end();
  }

  // --- the peer speaks ---------------------------------------------------------------------------------------------

  transferIn(bytes: Uint8Array, start: number, end: number): void {
    decodeTransfer(bytes, start, end, transfer);
    const link = this.links.ofPeer(transfer.handle);
    const { witness } = this.connection;
    if (link === undefined) return;
    if (link.endedAt >= 0) {
      // It crossed our detach: the router counts it when it is settled, which later frames need not say again.
      if (!transfer.more) witness.namelessSettled++;
      return;
    }
    if (link.kind === 'control') return this.#countControl(link);
    const arrival = this.#arriving.get(link) ?? this.#newArrival(link);
    const isFirst = arrival.size === 0;
    if (transfer.aborted) {
      arrival.isAborted = true;
      arrival.stopWaiting();
      this.#closeIrregularly(arrival);
    } else {
      arrival.size += end - transfer.payloadStart;
      if (arrival.isWaiting) link.hold(end - transfer.payloadStart);
      if (arrival.recognition.learn(witness.messages, bytes, transfer.payloadStart, end))
        witness.handleArrival(arrival);
      if (!transfer.more) arrival.completeAt = witness.now;
      this.#checkSize(arrival);
    }
    link.isInMiddle = transfer.more && !transfer.aborted;
    if (!link.isInMiddle) this.#arriving.delete(link);
    this.#noteTransfer('──▶', arrival, isFirst);
  }

  #newArrival(link: WitnessedLink): Arrival {
    const settled = transfer.settled || link.isPresettled;
    const arrival = new Arrival(link, transfer.deliveryId, settled, this.connection.witness.now);
    arrival.mayBeVoid = link.hasOffended;
    link.deliveries++;
    if (settled) link.irregularCount++;
    else link.openCount++;
    this.connection.witness.handleBegun(arrival);
    this.#arriving.set(link, arrival);
    this.#arrivals.set(arrival.deliveryId, arrival);
    return arrival;
  }

  /** What routers tell each other belongs to nobody's message. */
  #countControl(link: WitnessedLink): void {
    if (!link.isInMiddle) link.deliveries++;
    link.isInMiddle = transfer.more;
  }

  /** A message that is too large costs its link at once, also when the router cannot say so yet: what crosses that is void. */
  #checkSize(arrival: Arrival): void {
    if (!arrival.isTooLarge) return;
    arrival.link.hasOffended = true;
    arrival.stopWaiting();
  }

  /** An unsettled delivery that will get no outcome. */
  #closeIrregularly(arrival: Arrival): void {
    const { link } = arrival;
    if (arrival.settled || arrival.settlements > 0) return;
    link.openCount--;
    link.irregularCount++;
  }

  dispositionIn(bytes: Uint8Array, start: number, end: number): void {
    decodeDisposition(bytes, start, end, disposition);
    const told: Told = { code: disposition.outcome, bytes: stateOf(bytes) };
    if (disposition.role) for (const copy of inRange(this.#copies)) this.#hear(copy, told);
    else if (disposition.settled) for (const arrival of inRange(this.#arrivals)) this.#settledBySender(arrival);
  }

  #hear(copy: Copy, told: Told): void {
    if (copy.settled || copy.isSettled || copy.isAborted || copy.isSettledByRouter || copy.link.endedAt >= 0) return;
    if (told.code !== State.None || disposition.settled) {
      copy.said = told;
      copy.saidCodes.push(told.code);
    }
    copy.isSettled = disposition.settled;
  }

  #settledBySender(arrival: Arrival): void {
    if (arrival.isSettledBySender || arrival.isAborted || arrival.settled || arrival.settlements > 0) return;
    this.#closeIrregularly(arrival);
    arrival.stopWaiting();
    arrival.isSettledBySender = true;
  }

  // --- the router speaks -------------------------------------------------------------------------------------------

  transferOut(bytes: Uint8Array, start: number, end: number): void {
    decodeTransfer(bytes, start, end, transfer);
    const link = this.links.ofRouter(transfer.handle);
    if (link === undefined) return this.connection.fault(`the router sends on handle ${transfer.handle}`);
    if (link.kind === 'control') {
      this.#countControl(link);
      return this.#checkCredit(link);
    }
    const { witness } = this.connection;
    const copy = this.#copying.get(link) ?? this.#newCopy(link);
    const isFirst = copy.size === 0;
    if (transfer.aborted) copy.isAborted = true;
    else {
      copy.size += end - transfer.payloadStart;
      this.connection.payloadBytes += end - transfer.payloadStart;
      if (copy.recognition.learn(witness.messages, bytes, transfer.payloadStart, end)) witness.handleCopy(copy);
      if (!transfer.more) this.#complete(copy);
    }
    if (transfer.aborted || !transfer.more) this.#copying.delete(link);
    this.#noteTransfer('◀──', copy, isFirst);
  }

  #newCopy(link: WitnessedLink): Copy {
    const copy = new Copy(link, transfer.deliveryId, transfer.settled);
    this.#copying.set(link, copy);
    this.#copies.set(copy.deliveryId, copy);
    this.connection.witness.openCopies.add(copy);
    link.deliveries++;
    this.#checkCredit(link);
    if (link.isPresettled && !copy.settled) this.connection.fault(`an unsettled delivery on pre-settled ${link.name}`);
    if (link.deliveries >= link.limit) link.isDrainOpen = false;
    return copy;
  }

  #checkCredit({ deliveries, limitMax, name }: WitnessedLink): void {
    if (deliveries > limitMax) this.connection.fault(`the router sends beyond the credit of ${name}`);
  }

  #complete(copy: Copy): void {
    copy.isComplete = true;
    if (copy.message === null) this.connection.fault(`a delivery to ${copy.link.name} is no message that anybody sent`);
  }

  dispositionOut(bytes: Uint8Array, start: number, end: number): void {
    decodeDisposition(bytes, start, end, disposition);
    if (!disposition.role) {
      for (const copy of inRange(this.#copies)) if (disposition.settled) copy.isSettledByRouter = true;
      return;
    }
    const told: Told = { code: disposition.outcome, bytes: stateOf(bytes) };
    const { first, last, settled } = disposition;
    const known = inRange(this.#arrivals);
    if (known.length !== ((last - first) | 0) + 1) {
      this.connection.fault(`the router settles deliveries ${first} to ${last}, of which it has got ${known.length}`);
    }
    for (const arrival of known) this.#tell(arrival, told, settled);
  }

  /** What the sender is told of its delivery. What was on its way when the sender lost interest is passed over. */
  #tell(arrival: Arrival, told: Told, settled: boolean): void {
    const { link } = arrival;
    if (link.endedAt >= 0 || arrival.isSettledBySender || arrival.isAborted) return;
    if (!settled && (told.code === State.Received || told.code === State.None)) return;
    arrival.stopWaiting();
    this.connection.witness.handleOutcome(arrival, told, settled);
    if (settled && ++arrival.settlements === 1 && !arrival.settled) link.openCount--;
  }

  /** One line where a delivery begins, and one where it ends. */
  #noteTransfer(arrow: string, delivery: Arrival | Copy, isFirst: boolean): void {
    const { witness } = this.connection;
    if (!witness.isTraced || !(isFirst || !transfer.more || transfer.aborted)) return;
    const { link, deliveryId, settled, size, message } = delivery;
    const name = message === null ? '(unknown)' : `m${message.id} for ${message.channel?.name ?? 'nowhere'}`;
    const what = `${name} as delivery ${deliveryId} of ${link.name}`;
    const state = transfer.aborted ? 'aborted' : transfer.more ? 'begun' : isFirst ? 'whole' : 'complete';
    witness.note(this.connection, `${arrow} ${what}, ${state}, ${size} bytes${settled ? ', settled' : ''}`);
  }
}

function stateOf(bytes: Uint8Array): Uint8Array {
  return bytes.slice(disposition.stateStart, disposition.stateEnd);
}

/** The deliveries that the present disposition is about. */
function inRange<T>(deliveries: ReadonlyMap<number, T>): T[] {
  const { first, last } = disposition;
  const span = (last - first) | 0;
  const found: T[] = [];
  if (span > deliveries.size) {
    for (const [id, one] of deliveries) if (((id - first) | 0) >= 0 && ((last - id) | 0) >= 0) found.push(one);
    return found;
  }
  for (let step = 0; step <= span; step++) {
    const one = deliveries.get((first + step) | 0);
    if (one !== undefined) found.push(one);
  }
  return found;
}
