// A router of a neighbour's making: a client that says on the links between routers what the test wants said.
//
//   ScriptedRouter N ── control in, control out, data in and out × 10 ──▶ Router R (under test, listens)

import { encodeRoutingMessage } from '../../core/mesh/routing-message.ts';
import { controlTermini, dataTermini } from '../../core/mesh/termini.ts';
import type { Endpoint } from '../../engine/testing/endpoint.ts';
import type { Receiver } from '../../engine/testing/receiver.ts';
import type { Sender } from '../../engine/testing/sender.ts';
import type { LinkStateMessage } from '../../linkstate/messages.ts';
import type { RouterBench } from './router-bench.ts';

const common = { pv: 1, area: '0' } as const;
const instance = 1_700_000_000_000;

export interface ScriptedRouterOptions {
  /** Of the bench's listeners. */
  readonly listener?: number;
  /** Links for messages in each direction. Default 10. */
  readonly dataLinks?: number;
  /** Credit of each link on which it receives. */
  readonly credit?: number;
  readonly outcome?: number | null;
}

export class ScriptedRouter {
  readonly id: string;
  readonly client: Endpoint;
  readonly controlIn: Receiver;
  readonly controlOut: Sender;
  readonly dataIn: Receiver[] = [];
  readonly dataOut: Sender[] = [];
  readonly #rig: RouterBench;
  #mobileSequence = 0;
  readonly #linkStates = new Map<string, number>();

  constructor(rig: RouterBench, id: string, options: ScriptedRouterOptions = {}) {
    this.#rig = rig;
    this.id = id;
    const { listener = 0, dataLinks = 10, credit = 1000, outcome = 0x24 } = options;
    const client = rig.opened({ open: { containerId: id } }, listener);
    this.client = client;
    this.controlIn = client.receive('', { attach: controlTermini(), credit: 1000 });
    this.controlOut = client.send(null, { attach: controlTermini() });
    for (let priority = 0; priority < dataLinks; priority++) {
      const session = client.begin();
      this.dataIn.push(client.receive('', { session, attach: dataTermini(), credit, outcome }));
      this.dataOut.push(client.send(null, { session, attach: dataTermini() }));
    }
    rig.run();
  }

  /** A message of the router protocol, made by this router or handed on by it. */
  say(message: LinkStateMessage, to: string): void {
    this.controlOut.send(encodeRoutingMessage(message, to, `0/${message.id}`), true);
    this.#rig.run();
  }

  hello(seen: readonly string[], id = this.id, number = instance): void {
    this.say({ ...common, opcode: 'HELLO', id, instance: number, seen }, 'amqp:/_local/qdhello');
  }

  /** What a router has for neighbours, at these costs. */
  linkState(id: string, peers: Readonly<Record<string, number>>): void {
    const sequence = (this.#linkStates.get(id) ?? 0) + 1;
    this.#linkStates.set(id, sequence);
    const ls = { id, area: '0', ls_seq: sequence, peers: new Map(Object.entries(peers)) } as const;
    this.say({ ...common, opcode: 'LSU', id, instance, ls_seq: sequence, ls }, 'amqp:/_topo/0/R/qdrouter');
  }

  /** This router has consumers for these keys. `hint`: 1 multicast, 2 closest, 3 balanced. */
  has(keys: readonly string[], hint = 2): void {
    const sequence = ++this.#mobileSequence;
    const hints = keys.map(() => hint);
    this.say(
      { ...common, opcode: 'MAU', id: this.id, mobile_seq: sequence, hints, add: keys, del: [] },
      '_topo/0/all/qdrouter.ma',
    );
  }

  /** Becomes a neighbour of R with consumers for these keys. */
  join(keys: readonly string[] = [], hint = 2, cost = 1): void {
    this.hello(['R']);
    this.linkState(this.id, { R: cost });
    if (keys.length > 0) this.has(keys, hint);
    this.#rig.pass(200);
  }

  /** Whole messages that came, by the priority of their link. */
  get taken(): Uint8Array[][] {
    return this.dataIn.map(({ complete }) => complete.map(({ bytes }) => bytes));
  }

  get takenInAll(): Uint8Array[] {
    return this.taken.flat();
  }
}
