// Routers that are killed, hang, are restarted or drained while messages pass through them, in networks of the case's own.
//
//        B                 Traffic goes from A to C, by B or D: its trace tells. That router is lost,
//      ╱   ╲               and what is sent from then on takes the other way.
//     A     C
//      ╲   ╱
//        D
import assert from 'node:assert/strict';
import type { Case } from '../case.ts';
import type { ReceivedDelivery, ReceiverLink, SenderLink, SentDelivery } from '../link.ts';
import type { World } from '../world.ts';
import { type Across, connectTo, plenty, pump } from './across.ts';
import { traceOf, untilReady } from './ready.ts';
import { ringOfFour, threeInLine } from './topology.ts';

/** Unsettled deliveries on their way at any time. */
const window = 50;

class Traffic {
  readonly across: Across;
  readonly sender: SenderLink;
  readonly receiver: ReceiverLink;
  readonly #pumped: Promise<SentDelivery[]>;
  #isOver = false;

  /** From A to C of the ring, until `stop`. */
  static async start(world: World): Promise<Traffic> {
    const network = await world.ownNetwork(ringOfFour);
    const across = { world, network, topology: ringOfFour };
    const address = world.address();
    const connection = await connectTo(across, 'C', 'rhea', 'traced');
    const receiver = await connection.receiver(address, { credit: plenty, autoAccept: true });
    const sender = await (await connectTo(across, 'A')).sender(address);
    await sender.hasCredit();
    return new Traffic(across, sender, receiver);
  }

  private constructor(across: Across, sender: SenderLink, receiver: ReceiverLink) {
    this.across = across;
    this.sender = sender;
    this.receiver = receiver;
    this.#pumped = pump(sender, window, () => this.#isOver);
    this.#pumped.catch(() => undefined); // whoever calls `stop` hears of it
  }

  get sentCount(): number {
    return this.sender.sent.size;
  }

  /** Waits until so many more, all sent from now on, have arrived. */
  async flows(count: number, ms?: number): Promise<void> {
    const { sentCount, receiver } = this;
    const before = receiver.messages.length;
    const isNew = ({ message }: ReceivedDelivery): boolean => Number(message.body) >= sentCount;
    const arrived = (): number => receiver.messages.slice(before).filter(isNew).length;
    await this.receiver.until(`gets ${count} more messages`, () => arrived() >= count, ms);
  }

  /** The router between A and C that the last message passed. */
  get middle(): string {
    const last = this.receiver.messages.at(-1);
    assert.ok(last !== undefined);
    const [from, middle, to, ...rest] = traceOf(last);
    assert.deepEqual([from, to, rest], ['A', 'C', []]);
    return middle as string;
  }

  /** Waits for all outcomes and gives how often each came. Checks that nothing came twice, and all that was accepted came. */
  async stop(): Promise<{ [outcome: string]: number }> {
    this.#isOver = true;
    const sent = await this.#pumped;
    await this.receiver.connection.fence();
    const bodies = this.receiver.messages.map(({ message }) => Number(message.body));
    const arrived = new Set(bodies);
    assert.equal(arrived.size, bodies.length, 'a message came twice');
    const counts: { [outcome: string]: number } = {};
    for (const [index, { state }] of sent.entries()) {
      const outcome = state?.outcome ?? 'none';
      counts[outcome] = (counts[outcome] ?? 0) + 1;
      if (outcome === 'accepted') assert.ok(arrived.has(index), `${index} was accepted and never came`);
      if (outcome === 'modified') assert.equal(state?.deliveryFailed, true);
    }
    return counts;
  }
}

/** Only what was handed to the lost router and not yet settled may be in doubt. */
function assertOnlyInDoubt(counts: { [outcome: string]: number }): void {
  const { accepted: _, modified = 0, ...others } = counts;
  assert.deepEqual(others, {}, `outcomes: ${JSON.stringify(counts)}`);
  assert.ok(modified <= window, `outcomes: ${JSON.stringify(counts)}`);
}

async function killed(world: World): Promise<void> {
  const traffic = await Traffic.start(world);
  await traffic.flows(200);
  const { middle } = traffic;
  await traffic.across.network.kill(middle);
  await traffic.flows(300);
  assert.notEqual(traffic.middle, middle);
  assertOnlyInDoubt(await traffic.stop());
}

async function hangs(world: World): Promise<void> {
  const traffic = await Traffic.start(world);
  await traffic.flows(200);
  const { middle } = traffic;
  const router = traffic.across.network.router(middle);
  router.signal('SIGSTOP');
  await traffic.flows(300);
  assert.notEqual(traffic.middle, middle);
  router.signal('SIGCONT');
  // It finds its connections closed, and comes back into the network.
  await untilReady(traffic.across.network, world.client('rhea'));
  await traffic.flows(100);
  assertOnlyInDoubt(await traffic.stop());
}

async function killedAndStarted(world: World): Promise<void> {
  const traffic = await Traffic.start(world);
  const { network } = traffic.across;
  await traffic.flows(100);
  const { middle } = traffic;
  await network.kill(middle);
  await network.startRouter(middle);
  await untilReady(network, world.client('rhea'));
  await traffic.flows(100);
  assertOnlyInDoubt(await traffic.stop());
}

async function rollingRestart(world: World): Promise<void> {
  const traffic = await Traffic.start(world);
  const { network } = traffic.across;
  for (const id of ['B', 'D', 'B']) {
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

/** The consumers of a router that was killed are forgotten, and new ones at the same router found. */
async function newAddresses(world: World): Promise<void> {
  const network = await world.ownNetwork(threeInLine);
  const across = { world, network, topology: threeInLine };
  const before = world.address('before');
  await (await connectTo(across, 'C')).receiver(before);
  const sending = await connectTo(across, 'A');
  await (await sending.sender(before)).hasCredit();
  await network.kill('C');
  await network.startRouter('C');
  await untilReady(network, world.client('rhea'));
  const after = world.address('after');
  const receiver = await (await connectTo(across, 'C')).receiver(after, { autoAccept: true });
  const sender = await sending.sender(after);
  await sender.hasCredit();
  const sent = sender.send({ body: 'found' });
  assert.equal((await receiver.next()).message.body, 'found');
  assert.equal((await sent.outcome()).outcome, 'accepted');
  const late = await sending.sender(before);
  await sending.fence();
  assert.equal(late.credit, 0, 'credit for a consumer that was at the router before it was killed');
}

/** A sender whose way is cut loses its credit or hears `released`, and goes on when the way is there again. */
async function cutOff(world: World): Promise<void> {
  const network = await world.ownNetwork(threeInLine);
  const across = { world, network, topology: threeInLine };
  const address = world.address();
  const receiver = await (await connectTo(across, 'C')).receiver(address, { credit: plenty, autoAccept: true });
  const sender = await (await connectTo(across, 'A')).sender(address);
  await sender.hasCredit();
  await network.kill('B');
  for (let i = 0; sender.credit > 0 && i < 100; i++) {
    const { outcome } = await sender.send({ body: 'cut off' }).outcome();
    assert.ok(outcome === 'released' || outcome === 'modified', outcome);
  }
  await network.startRouter('B');
  await untilReady(network, world.client('rhea'));
  await sender.hasCredit();
  const sent = sender.send({ body: 'together again' });
  assert.equal((await receiver.next()).message.body, 'together again');
  assert.equal((await sent.outcome()).outcome, 'accepted');
}

export const routerLossCases: readonly Case[] = [
  {
    name: 'mesh, ring of four: the router on the way is killed; messages go the other way, none is released, none comes twice',
    run: killed,
  },
  {
    name: 'mesh, ring of four: the router on the way hangs; messages go the other way, and nothing comes twice when it wakes',
    run: hangs,
  },
  {
    name: 'mesh, ring of four: the router on the way is killed and started again at once',
    run: killedAndStarted,
  },
  {
    name: 'mesh, ring of four: routers are drained and started again one after the other, and every delivery is accepted',
    run: rollingRestart,
  },
  {
    name: 'mesh, three in line: a router that is killed and started again at once is a new one with new consumers',
    run: newAddresses,
  },
  {
    name: 'mesh, three in line: the router in the middle is killed, and when it is back the senders go on',
    run: cutOff,
  },
];
