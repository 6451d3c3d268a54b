// When a network is ready: a message from each router to each other arrives, and over the cheapest path. Seen from outside, by
// clients at every router, one of which listens where the trace is shown.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../client.ts';
import type { ClientConnection } from '../connection.ts';
import type { ReceivedDelivery, ReceiverLink, SenderLink } from '../link.ts';
import type { Network } from './network.ts';
import { cheapestCost, costOf, isEdge } from './topology.ts';

/** How long routers may need to find each other: connectors may wait some seconds after an attempt that failed. */
const patienceMs = 30_000;
/** Between two looks: nothing tells from outside that a router has learnt something. */
const lookMs = 20;

/** Ids of the routers that a message passed, from what a listener that strips nothing shows. */
export function traceOf({ message }: ReceivedDelivery): string[] {
  const trace = message.messageAnnotations?.['x-opt-qd.trace'];
  assert.ok(Array.isArray(trace), 'a trace is shown');
  return trace.map((node) => String(node).replace(/^0\//, ''));
}

/** Waits until every running router reaches every other one. `client` is used for the probes. */
export async function untilReady(network: Network, client: Client): Promise<void> {
  const ids = [...network.routers.keys()];
  const deadline = performance.now() + patienceMs;
  const probes = new Map<string, { connection: ClientConnection; inbox: ReceiverLink }>();
  for (const id of ids) {
    const connection = await client.connect(network.place(id, 'traced'));
    const inbox = await connection.receiver(`closest/probe/${id}`, { credit: 100_000, autoAccept: true });
    probes.set(id, { connection, inbox });
  }
  for (const [from, { connection }] of probes) {
    for (const [to, { inbox }] of probes) {
      const sender = await connection.sender(`closest/probe/${to}`);
      await probe(network, from, to, sender, inbox, deadline);
      await sender.close();
    }
  }
  for (const { connection } of probes.values()) await connection.close();
}

/** Sends until a message goes the cheapest way. */
async function probe(
  network: Network,
  from: string,
  to: string,
  sender: SenderLink,
  inbox: ReceiverLink,
  deadline: number,
): Promise<void> {
  const { topology } = network;
  // Of a network that lost routers it is not said which ways are left.
  const best = network.isWhole ? cheapestCost(topology, from, to) : Number.POSITIVE_INFINITY;
  let last = 'no credit';
  const wanted = `${from} reaches ${to} over the cheapest path`;
  for (;;) {
    const left = deadline - performance.now();
    await sender.until(`has credit: ${wanted}; last seen: ${last}`, () => sender.credit > 0, left);
    const { outcome } = await sender.send({ body: 'probe' }).outcome(left);
    last = outcome;
    if (outcome === 'accepted') {
      const received = await inbox.next(left);
      // Edges take the trace off.
      if (isEdge(topology, from) || isEdge(topology, to)) return;
      const trace = traceOf(received);
      if (costOf(topology, trace) <= best) return;
      last = `a message over ${trace.join(' → ')}`;
    }
    await pause(lookMs);
  }
}
