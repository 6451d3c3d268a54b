// The messages of the router protocol on their way: taken from control links, given to the protocol, handed on, sent.
//
//   qdhello                  for this router alone        HELLO of a neighbour
//   _topo/0/all/qdrouter     flooded                      taken, and handed on once to every neighbour not in its trace
//   _topo/0/<id>/qdrouter    along the path               taken where the id is ours
import type { LinkStateMessage } from '../../linkstate/messages.ts';
import type { Destination } from '../../linkstate/port.ts';
import { LogLevel } from '../log.ts';
import type { Mesh } from './mesh.ts';
import type { Peer } from './peer.ts';
import {
  addressOf,
  encodeRoutingMessage,
  type RoutingMessage,
  readRoutingMessage,
  withTrace,
} from './routing-message.ts';

export class RoutingTraffic {
  readonly #mesh: Mesh;
  /** What was sent last: the same message goes to several in a row. */
  #encoded: { readonly message: LinkStateMessage; readonly to: string; readonly bytes: Uint8Array } | null = null;

  constructor(mesh: Mesh) {
    this.#mesh = mesh;
  }

  handle(bytes: Uint8Array, from: Peer): void {
    const message = readRoutingMessage(bytes);
    if (message === null) {
      this.#mesh.log(
        LogLevel.Warning,
        `${from.context.label} sent a routing message that is none: dropped`,
        'ROUTER_LS',
      );
      return;
    }
    const { self, addresses } = this.#mesh.core;
    const { class: kind, name } = addresses.keyOf(message.to);
    // HELLO goes no further than one connection: one that bears our id is no message of ours that has come round, but that of
    // another router with this id, which the protocol reports.
    const isHello = kind === 'L' && message.opcode === 'HELLO';
    if (message.trace.includes(self.routerId) && !isHello) return;
    if (kind === 'T') this.#handleFlooded(message, bytes, from);
    else if (kind === 'R') this.#pass(message, bytes, name);
    else if (kind === 'L') this.#handleOwn(message, from);
  }

  #handleFlooded(message: RoutingMessage, bytes: Uint8Array, from: Peer): void {
    const { opcode, body, trace } = message;
    if (opcode !== 'RA' && opcode !== 'LSU' && opcode !== 'MAU') return;
    if (!this.#mesh.protocol.handleFlooded(opcode, body, trace.length, this.#mesh.now)) return;
    let onward: Uint8Array | null = null;
    for (const [id, peer] of this.#mesh.neighbours) {
      if (peer === from || trace.includes(id)) continue;
      onward ??= withTrace(bytes, this.#mesh.core.nodeId);
      peer.send(onward);
    }
  }

  /** For another router: on along the path. */
  #pass(message: RoutingMessage, bytes: Uint8Array, id: string): void {
    const nextHop = this.#mesh.protocol.router(id)?.nextHop ?? null;
    if (nextHop === null || message.trace.includes(nextHop.id) || message.trace.length > this.#mesh.protocol.radius + 1)
      return;
    this.#mesh.neighbours.get(nextHop.id)?.send(withTrace(bytes, this.#mesh.core.nodeId));
  }

  #handleOwn({ opcode, body }: RoutingMessage, from: Peer): void {
    const { protocol, now } = this.#mesh;
    if (opcode === 'HELLO') protocol.handleHello(body, from, now);
    else if (opcode === 'RA') protocol.handleRa(body, now);
    else if (opcode === 'LSR') protocol.handleLsr(body, now);
    else if (opcode === 'LSU') protocol.handleLsu(body, now);
    else if (opcode === 'MAU') protocol.handleMau(body, now);
    else if (opcode === 'MAR') protocol.handleMar(body, now);
  }

  send(message: LinkStateMessage, destination: Destination): void {
    const bytes = this.#encode(message, addressOf(message, destination));
    if (destination.kind === 'connection') (destination.key as Peer).send(bytes);
    else if (destination.kind === 'flood') for (const peer of this.#mesh.neighbours.values()) peer.send(bytes);
    else {
      const nextHop = this.#mesh.protocol.router(destination.id)?.nextHop ?? null;
      if (nextHop !== null) this.#mesh.neighbours.get(nextHop.id)?.send(bytes);
    }
  }

  #encode(message: LinkStateMessage, to: string): Uint8Array {
    if (this.#encoded?.message !== message || this.#encoded.to !== to)
      this.#encoded = { message, to, bytes: encodeRoutingMessage(message, to, this.#mesh.core.nodeId) };
    return this.#encoded.bytes;
  }
}
