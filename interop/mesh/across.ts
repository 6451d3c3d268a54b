// Clients at different routers of one network.
import type { Library } from '../client.ts';
import type { ClientConnection } from '../connection.ts';
import type { ReceiverLink, SenderLink } from '../link.ts';
import type { AttachOptions } from '../protocol.ts';
import type { World } from '../world.ts';
import type { Network } from './network.ts';
import type { Topology } from './topology.ts';

/** A case for one topology. */
export interface Across {
  readonly world: World;
  readonly network: Network;
  readonly topology: Topology;
}

/** Credit for receivers that take all there is. */
export const plenty = 1_000_000;

/** A connection of the shared client of a library to router `id`. */
export async function connectTo(
  { world, network }: Across,
  id: string,
  library: Library = 'rhea',
  listener: 'main' | 'traced' = 'main',
): Promise<ClientConnection> {
  return await world.client(library).connect(network.place(id, listener));
}

export interface Ends {
  readonly sender: SenderLink;
  readonly receiver: ReceiverLink;
}

/** A sender at one end of the network and a receiver at the other; the sender has credit. */
export async function pairAcross(
  across: Across,
  {
    from = 'rhea',
    to = 'rhea',
    prefix = 'queue',
    sender = {},
    receiver = {},
  }: { from?: Library; to?: Library; prefix?: string; sender?: AttachOptions; receiver?: AttachOptions } = {},
): Promise<Ends> {
  const [near, far] = across.topology.ends;
  const address = across.world.address(prefix);
  const receiving = await (await connectTo(across, far, to)).receiver(address, receiver);
  const sending = await (await connectTo(across, near, from)).sender(address, sender);
  await sending.hasCredit();
  return { sender: sending, receiver: receiving };
}

/** Waits until every router knows what changed at router `id`: it tells its changes in order. */
export async function untilKnown(across: Across, id: string): Promise<void> {
  const address = across.world.address();
  const receiver = await (await connectTo(across, id)).receiver(address);
  for (const other of across.topology.routers) {
    const probe = await (await connectTo(across, other)).sender(address);
    await probe.hasCredit();
    await probe.close();
  }
  await receiver.close();
}
