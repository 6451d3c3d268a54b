// A delivery that is not through yet: it waits on its incoming link for a consumer, or it is long and flows on in parts.
//
//   arriving ──append──▶ [ block │ block │ … ] ──pump──▶ target 1 (its own place in the bytes)
//                                               ╰─────▶ target 2 …      (multicast)
//
// Its bytes are ours (copied), and counted in the incoming session, whose window shrinks by them. A block is let go when
// the slowest target has passed it.
import { Writer } from '../amqp/writer.ts';
import type { Address } from './address.ts';
import type { RoomWaiter } from './connection-context.ts';
import { FlowTarget } from './flow-target.ts';
import { HeldBytes } from './held-bytes.ts';
import { heldOverheadBytes } from './limits.ts';
import type { Outlet } from './outlet.ts';
import type { Producer } from './producer.ts';
import { entersHere, type Route } from './route.ts';
import type { Lane } from './waiting-deliveries.ts';

export class HeldDelivery implements RoomWaiter {
  readonly producer: Producer;
  readonly deliveryId: number;
  /** Bit pattern of the uint (§2.7.5). */
  readonly messageFormat: number;
  /** Settled by its sender: nobody waits for an outcome. */
  settled: boolean;
  /** The last frame has come. */
  isComplete = false;
  /** Its address has been looked up. */
  isRouted = false;
  /** Nothing more of it is wanted; what still comes is read and dropped. See the producer. */
  isOver = false;
  /** At least one consumer has got all of it. */
  isTaken = false;
  priority = 4;
  /** How it came here; known when it is routed. */
  route: Route = entersHere;
  /** Bytes as its sender sent them: what was stripped or annotated here does not count against the largest size. */
  arrivedBytes = 0;
  /** When bytes last came or went, whole seconds. */
  movedAtSeconds: number;

  /** The address at which it waits, and its place there; see waiting-deliveries.ts. */
  waitsAt: Address | null = null;
  lane: Lane | null = null;
  nextInLane: HeldDelivery | null = null;
  previousInLane: HeldDelivery | null = null;

  readonly #bytes: HeldBytes;
  #targets: FlowTarget[] | null = null;
  /** What it costs, as told to the session, or to the core when its sender is gone. */
  #cost = 0;
  #isOrphan = false;

  constructor(producer: Producer, deliveryId: number, settled: boolean, messageFormat: number, nowSeconds: number) {
    this.producer = producer;
    this.deliveryId = deliveryId;
    this.messageFormat = messageFormat;
    this.settled = settled;
    this.movedAtSeconds = nowSeconds;
    this.#bytes = new HeldBytes(producer.core.blocks);
  }

  get isFlowing(): boolean {
    return this.#targets !== null;
  }

  /** Bytes that came, from the first on. */
  get receivedBytes(): number {
    return this.#bytes.received;
  }

  // --- bytes -------------------------------------------------------------------------------------------------------

  /** Takes a copy of a delivery that came whole. */
  setWhole(bytes: Uint8Array, start: number, end: number): void {
    this.isComplete = true;
    this.#bytes.setWhole(bytes, start, end);
    this.#charge();
  }

  /** Takes a copy of a part. */
  append(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes.append(bytes, start, end);
    this.#markMoved();
    this.#charge();
  }

  /** All bytes in one piece; only before it flows. */
  joined(): Uint8Array {
    const bytes = this.#bytes.joined();
    this.#charge();
    return bytes;
  }

  /** The beginning, as far as it lies in one piece; only before it flows. */
  head(): Uint8Array {
    return this.#bytes.head();
  }

  /** It lies in one piece: it can go out at once instead of flowing. */
  get isOnePiece(): boolean {
    return this.#bytes.isOnePiece;
  }

  /** Puts other bytes in the place of its beginning (a section was rewritten). */
  replaceHead(bytes: Uint8Array): void {
    this.#bytes.replaceHead(bytes);
    this.#charge();
  }

  /** Gives all bytes back. */
  release(): void {
    this.#bytes.clear();
    this.#setCost(0);
  }

  /** Its sender is gone, and it stays for its consumers: the router pays for it from now on. Returns what it costs. */
  orphan(): number {
    return this.#payAnew(() => {
      this.#isOrphan = true;
    });
  }

  get cost(): number {
    return this.#cost;
  }

  #charge(): void {
    this.#setCost(this.#bytes.memory + heldOverheadBytes);
  }

  #setCost(cost: number): void {
    const change = cost - this.#cost;
    if (change === 0) return;
    this.#cost = cost;
    const { core, link, origin, paysBySession } = this.producer;
    if (this.#isOrphan) core.orphanBytes += change;
    else if (origin === null || paysBySession || this.#targets !== null) link.session.hold(change);
    else origin.backlog.bytes += change;
  }

  /** From now on it is paid for otherwise. */
  #payAnew(change: () => void): number {
    const cost = this.#cost;
    this.#setCost(0);
    change();
    this.#setCost(cost);
    return cost;
  }

  // --- flowing -----------------------------------------------------------------------------------------------------

  /**
   * Starts to flow to `outlets`, which are busy with it from now on. Each gets a beginning of its own in the place of the first `headLength`
   * bytes, all of which are in the first piece.
   */
  flowTo(outlets: readonly Outlet[], headLength: number, headFor: (outlet: Outlet) => Uint8Array): void {
    const heads = outlets.map(headFor);
    this.replaceHead(this.head().slice(headLength));
    this.#payAnew(() => {
      this.#targets = outlets.map((outlet, at) => new FlowTarget(this, outlet, heads[at] as Uint8Array));
    });
    this.pump();
  }

  /** Nothing has gone out: it is again what it was before {@link flowTo}. `begun`: what lay in the output for its only target. */
  #flowBack(target: FlowTarget, begun: Uint8Array): void {
    this.#payAnew(() => {
      this.#targets = null;
    });
    const writer = new Writer(begun.length + this.#bytes.kept);
    writer.append(begun);
    target.writeRest(this.#bytes, writer);
    this.#bytes.replace(this.producer.door.restore(writer.written()).slice());
    this.#charge();
  }

  /** A part of a delivery that flows: sent straight from the chunk where everybody can take it, else copied. */
  flowOn(bytes: Uint8Array, start: number, end: number): void {
    const open = (this.#targets as FlowTarget[]).filter(({ isOpen }) => isOpen);
    const length = end - start;
    if (length === 0 || this.#bytes.kept > 0 || !open.every((target) => target.canTake(length, open.length))) {
      this.append(bytes, start, end);
      this.pump();
      return;
    }
    this.#bytes.skip(length);
    this.#markMoved();
    for (const target of open) target.pass(bytes, start, end);
    this.#endIfDone();
  }

  /** Sends what there is and what fits to every target, and lets go what all have passed. */
  pump(): void {
    const targets = this.#targets;
    if (targets === null) return;
    const before = this.#sentBytes(targets);
    for (const target of targets) target.pump(this.#bytes);
    if (this.isOver) return;
    if (this.#sentBytes(targets) !== before) this.#markMoved();
    this.#letGo(targets);
    this.#endIfDone();
  }

  get urgency(): number {
    return this.priority;
  }

  resume(): void {
    this.pump();
  }

  #sentBytes(targets: readonly FlowTarget[]): number {
    let sum = 0;
    for (const { sentBytes } of targets) sum += sentBytes;
    return sum;
  }

  #letGo(targets: readonly FlowTarget[]): void {
    let passed = this.#bytes.received;
    for (const { isOpen, sentBytes } of targets) if (isOpen && sentBytes < passed) passed = sentBytes;
    if (this.#bytes.letGo(passed) > 0) this.#charge();
  }

  #markMoved(): void {
    this.movedAtSeconds = this.producer.link.session.connection.clock.nowSeconds;
  }

  #endIfDone(): void {
    if (!this.isOver && (this.#targets as FlowTarget[]).every(({ isOpen }) => !isOpen))
      this.producer.held.handleFlowEnded(this);
  }

  /**
   * Only its sender holds it up: its consumers have all they could get, and we would take more.
   */
  get waitsForSender(): boolean {
    return this.producer.link.session.incomingWindow > 0 && this.#waitsForMore;
  }

  /** Its consumers have all they could get, and we take no more: its session holds all that it may. */
  get isStarved(): boolean {
    return this.producer.link.session.incomingWindow <= 0 && this.#waitsForMore;
  }

  get #waitsForMore(): boolean {
    if (this.isComplete || this.#targets === null) return false;
    return this.#targets.every(({ isOpen, sentBytes }) => !isOpen || sentBytes === this.#bytes.received);
  }

  /** An outlet is gone: nothing more goes there. */
  handleOutletLost(outlet: Outlet): void {
    const target = this.#targetOf(outlet);
    if (target === null) return;
    const { held } = this.producer;
    const { isOpen, hasBegun } = target;
    const begun = isOpen ? target.takeBack() : null;
    target.lose();
    if (!isOpen) return;
    if (hasBegun && begun !== null) held.handleUnsent(this);
    // On the way to another router: it finds another way. A consumer's place is not taken by another one: others have gone there since.
    const isOnly = this.#targets?.length === 1 && !this.producer.open.isCopied(this.deliveryId);
    if (begun !== null && outlet.leadsOn && isOnly) {
      this.#flowBack(target, begun);
      held.handleWayLost(this, outlet.address);
      return;
    }
    held.handleTargetLost(this, outlet, begun === null);
    this.#endAfterLoss();
  }

  /** A receiver has settled before the end: the rest is not sent there. */
  handleSettledEarly(outlet: Outlet): void {
    const target = this.#targetOf(outlet);
    if (target === null || !target.isOpen) return;
    target.abort();
    this.#endAfterLoss();
  }

  #targetOf(outlet: Outlet): FlowTarget | null {
    return this.#targets?.find((target) => target.outlet === outlet) ?? null;
  }

  #endAfterLoss(): void {
    if (this.isOver) return;
    this.#letGo(this.#targets as FlowTarget[]);
    this.#endIfDone();
  }

  /** The sender is gone or gave up: what has begun is aborted, what has not never was. */
  abort(): void {
    for (const target of this.#targets ?? []) target.abort();
  }
}
