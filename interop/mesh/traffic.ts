// Steady unsettled traffic through a network in which something goes wrong, and the judgement of what became of it.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReceivedDelivery, ReceiverLink, SenderLink, SentDelivery } from '../link.ts';
import type { World } from '../world.ts';
import { type Across, connectTo, plenty } from './across.ts';
import { traceOf, untilReady } from './ready.ts';
import type { Topology } from './topology.ts';

/** Unsettled deliveries on their way at any time, at most. */
const window = 50;
/** Between two sendings, and how many are sent then: a thousand a second. */
const pauseMs = 10;
const sentAtOnce = 10;

/** How often each outcome came. */
export type Counts = { readonly [outcome: string]: number };

export class Traffic {
  readonly across: Across;
  readonly sender: SenderLink;
  readonly receiver: ReceiverLink;
  readonly #sent: SentDelivery[] = [];
  readonly #sending: Promise<void>;
  #isOver = false;

  /** In a network of its own, from one router to the other, until `stop`. */
  static async start(world: World, topology: Topology, from: string, to: string): Promise<Traffic> {
    const across = { world, topology, network: await world.ownNetwork(topology) };
    const address = world.address();
    const connection = await connectTo(across, to, 'rhea', 'traced');
    const receiver = await connection.receiver(address, { credit: plenty, autoAccept: true });
    const sender = await (await connectTo(across, from)).sender(address);
    await sender.hasCredit();
    return new Traffic(across, sender, receiver);
  }

  private constructor(across: Across, sender: SenderLink, receiver: ReceiverLink) {
    this.across = across;
    this.sender = sender;
    this.receiver = receiver;
    this.#sending = this.#send();
  }

  async #send(): Promise<void> {
    let unsettled: SentDelivery[] = [];
    while (!this.#isOver) {
      unsettled = unsettled.filter(({ isSettled }) => !isSettled);
      for (let i = 0; i < sentAtOnce && unsettled.length < window; i++) {
        const delivery = this.sender.send({ body: this.#sent.length });
        this.#sent.push(delivery);
        unsettled.push(delivery);
      }
      await pause(pauseMs);
    }
  }

  /** Waits until so many more, all sent from now on, have arrived. */
  async flows(count: number): Promise<void> {
    const { messages } = this.receiver;
    const sent = this.#sent.length;
    const before = messages.length;
    const isNew = ({ message }: ReceivedDelivery): boolean => Number(message.body) >= sent;
    await this.receiver.until(
      `gets ${count} more messages`,
      () => messages.length >= before + count && messages.slice(before).filter(isNew).length >= count,
    );
  }

  /** The routers that the last message passed. */
  get lastTrace(): string[] {
    const last = this.receiver.messages.at(-1);
    assert.ok(last !== undefined);
    return traceOf(last);
  }

  /** Waits for all outcomes. Checks that nothing came twice, and that all that was accepted came. */
  async stop(): Promise<Counts> {
    this.#isOver = true;
    await this.#sending;
    for (const delivery of this.#sent) await delivery.outcome();
    await this.receiver.connection.fence();
    const bodies = this.receiver.messages.map(({ message }) => Number(message.body));
    const arrived = new Set(bodies);
    assert.equal(arrived.size, bodies.length, 'a message came twice');
    const counts: { [outcome: string]: number } = {};
    for (const [index, { state }] of this.#sent.entries()) {
      const outcome = state?.outcome ?? 'none';
      counts[outcome] = (counts[outcome] ?? 0) + 1;
      if (outcome === 'accepted') assert.ok(arrived.has(index), `${index} was accepted and never came`);
      if (outcome === 'modified') assert.equal(state?.deliveryFailed, true);
      if (outcome === 'released') assert.ok(!arrived.has(index), `${index} was released and came`);
    }
    return counts;
  }
}

/** Only what was handed to what was lost and not yet settled may be in doubt; nothing else goes wrong. */
export function assertOnlyInDoubt(counts: Counts, losses = 1): void {
  const { accepted: _, modified = 0, ...others } = counts;
  assert.deepEqual(others, {}, `outcomes: ${JSON.stringify(counts)}`);
  assert.ok(modified <= window * losses, `outcomes: ${JSON.stringify(counts)}`);
}

/** Drains and starts one router after the other while messages pass: every one of them is accepted. */
export async function drainInTurn(world: World, traffic: Traffic, ids: readonly string[]): Promise<void> {
  const { network } = traffic.across;
  for (const id of ids) {
    await traffic.flows(100);
    await network.drain(id);
    await traffic.flows(100);
    await network.startRouter(id);
    await untilReady(network, world.client('rhea'));
  }
  await traffic.flows(100);
  const counts = await traffic.stop();
  assert.deepEqual(Object.keys(counts), ['accepted'], `outcomes: ${JSON.stringify(counts)}`);
}
