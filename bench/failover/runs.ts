// One run of each kind: a router on the path killed, or stopped; every router of the ring restarted in turn.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Network, RouterNode } from '../network.ts';
import { type Loss, lossOf, type Span } from './figures.ts';
import { ringIds, startRing, startRingWithOutside } from './ring.ts';
import { Traffic } from './traffic.ts';

export type LossKind = 'killed' | 'stopped';

export interface RunOptions {
  /** The load generator, under which routers run so that none is left behind. */
  readonly guard: string;
  readonly rounds: number;
  readonly delayMs: number;
  readonly onRound: (line: string) => void;
}

/** What a rolling restart did to the messages. */
export interface RollingRestart {
  readonly restarts: number;
  readonly sent: number;
  readonly accepted: number;
  readonly released: number;
  readonly modified: number;
  readonly lost: number;
  readonly duplicates: number;
  /** The longest time between two deliveries, milliseconds. */
  readonly gapMs: number;
  /** How long each router took to end, milliseconds. */
  readonly endMs: readonly number[];
}

const ratePerSecond = 1_000;
/** Before anything is lost, so that compilers have seen the hot code and every router knows every other one. */
const settleMs = 2_000;
/** How long the consequences of a loss are waited for. */
const aftermathMs: Record<LossKind, number> = { killed: 3_000, stopped: 6_000 };

/** Loses the router on the path, `rounds` times; it is there again before the next time. */
export async function runLosses(kind: LossKind, options: RunOptions): Promise<Loss[]> {
  const network = await startRing(options.guard, options.delayMs);
  const traffic = await Traffic.connect(network.router('A').port, network.router('C').port, 'failover', ratePerSecond);
  try {
    traffic.start();
    const spans: Span[] = [];
    for (let round = 0; round < options.rounds; round++) {
      if (round === 0) await sleep(settleMs);
      const victim = network.router(traffic.path[1] as string);
      spans.push(await lose(kind, network, victim));
      options.onRound(`round ${round + 1}: router ${victim.id} was ${kind}; now over ${traffic.path.join(' ')}`);
    }
    await traffic.stop();
    return spans.map((span) => lossOf(traffic.sent, traffic.arrivals, span));
  } finally {
    traffic.close();
    await network.stop();
  }
}

async function lose(kind: LossKind, network: Network, victim: RouterNode): Promise<Span> {
  const peers = victim.neighbours.map((id) => network.router(id));
  const before = peers.map((peer) => peer.greetings);
  const own = victim.greetings;
  const from = performance.now();
  victim.signal(kind === 'killed' ? 'SIGKILL' : 'SIGSTOP');
  await sleep(aftermathMs[kind]);
  const to = performance.now();
  if (kind === 'killed') {
    await victim.ended();
    victim.start();
    await victim.joined();
  } else {
    victim.signal('SIGCONT');
    await victim.joined(own);
  }
  for (const [at, peer] of peers.entries()) await peer.greeted((before[at] as number) + 1);
  await sleep(settleMs);
  return { from, to, backAt: performance.now() };
}

/** Restarts the routers of the ring one after the other, `rounds` times, with the clients beside it. */
export async function runRollingRestart(options: RunOptions): Promise<RollingRestart> {
  const network = await startRingWithOutside(options.guard, options.delayMs);
  const traffic = await Traffic.connect(network.router('X').port, network.router('Y').port, 'rolling', ratePerSecond);
  const endMs: number[] = [];
  try {
    traffic.start();
    const from = performance.now();
    for (let round = 0; round < options.rounds; round++) {
      for (const id of ringIds) {
        await sleep(settleMs);
        endMs.push(await restart(network, network.router(id)));
        options.onRound(`round ${round + 1}: router ${id} was restarted; now over ${traffic.path.join(' ')}`);
      }
    }
    await sleep(settleMs);
    const to = performance.now();
    await traffic.stop();
    const { released, modified, lost, duplicates, gapMs } = lossOf(traffic.sent, traffic.arrivals, { from, to });
    const accepted = traffic.sent.filter(({ outcome }) => outcome === 'accepted').length;
    const restarts = endMs.length;
    return { restarts, sent: traffic.sent.length, accepted, released, modified, lost, duplicates, gapMs, endMs };
  } finally {
    traffic.close();
    await network.stop();
  }
}

async function restart(network: Network, node: RouterNode): Promise<number> {
  const peers = node.neighbours.map((id) => network.router(id));
  const before = peers.map((peer) => peer.greetings);
  const from = performance.now();
  await node.drain();
  const took = performance.now() - from;
  node.start();
  await node.joined();
  for (const [at, peer] of peers.entries()) await peer.greeted((before[at] as number) + 1);
  return took;
}
