// One life of a router, from its start until its process ends: the machine, who watches at its door, and the checkers of what it
// promises by itself. When a router is started again, all of these are new.
import type { Random } from '../../kit/random.ts';
import type { Router } from '../../router/router.ts';
import type { Configuration } from '../../schema/configuration.ts';
import type { Breaches } from '../breaches.ts';
import type { Channel, Channels } from '../channel.ts';
import { Promise3 } from '../checkers/promise-3.ts';
import { Promise4 } from '../checkers/promise-4.ts';
import { Promise6 } from '../checkers/promise-6.ts';
import { user } from '../clients/client-connection.ts';
import type { SimulatedClock } from '../clock.ts';
import { RouterNode } from '../machine/router-node.ts';
import type { Messages } from '../messages.ts';
import type { SimulatedNetwork } from '../network/network.ts';
import type { Trace } from '../trace.ts';
import { type Checker, Witness } from '../witness/witness.ts';
import { WitnessedConnection } from '../witness/witnessed-connection.ts';
import { Trunks } from './live-links.ts';

/** What a world lends to its routers. */
export interface RouterSurroundings {
  readonly clock: SimulatedClock;
  readonly network: SimulatedNetwork;
  readonly trace: Trace;
  readonly breaches: Breaches;
  readonly messages: Messages;
  readonly channels: Channels;
  /** Checkers that look at all routers. */
  readonly checkers: readonly Checker[];
  /** Called with each router before it starts. */
  readonly tamper: ((router: Router) => void) | null;
}

export class Life {
  readonly node: RouterNode;
  readonly witness: Witness;
  readonly promise3: Promise3;
  readonly promise4: Promise4;
  readonly promise6: Promise6;
  readonly trunks = new Trunks();

  /** `isConsumed`: whether somebody takes what this router gets for a channel. */
  constructor(
    world: RouterSurroundings,
    random: Random,
    configuration: Configuration,
    name: string,
    isConsumed: (channel: Channel) => boolean,
  ) {
    const witness = new Witness({ ...world, name });
    this.witness = witness;
    this.node = new RouterNode({
      ...world,
      configuration,
      random,
      passwords: new Map([[user.name, user.password]]),
      tap: (connection, socket) => {
        this.trunks.add({ connection, socket });
        const witnessed = new WitnessedConnection(witness, connection, socket);
        witness.connections.add(witnessed);
        return witnessed;
      },
    });
    const { router } = this.node;
    world.tamper?.(router);
    this.promise3 = new Promise3(witness, world.breaches);
    this.promise4 = new Promise4(witness, world.breaches, () => router.describe().droppedPresettled ?? 0);
    this.promise6 = new Promise6(witness, world.breaches, router, isConsumed);
    for (const checker of [this.promise3, this.promise4, this.promise6, ...world.checkers]) witness.add(checker);
  }
}
