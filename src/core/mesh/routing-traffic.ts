// The messages of the router protocol on their way: taken from control links, given to the protocol, handed on, sent.
//
//   qdhello                  for this router alone        HELLO of a neighbour
//   _topo/0/all/qdrouter     flooded                      taken, and handed on once to every neighbour not in its trace
//   _topo/0/<id>/qdrouter    along the path               taken where the id is ours
import type { FloodedOpcode } from '../../linkstate/flood-filter.ts';
import type { LinkStateMessage } from '../../linkstate/messages.ts';
import type { Destination } from '../../linkstate/port.ts';
import type { MessageBody } from '../../linkstate/read-message.ts';
import { LogLevel } from '../log.ts';
import { readFloodNews } from './flood-news.ts';
import type { Mesh } from './mesh.ts';
import type { Peer } from './peer.ts';
import {
  addressOf,
  type Envelope,
  encodeRoutingMessage,
  readBody,
  readEnvelope,
  withTrace,
} from './routing-message.ts';

export class RoutingTraffic {
  readonly #mesh: Mesh;
  /** What was sent last: the same message goes to several in a row. */
  #encoded: { readonly message: LinkStateMessage; readonly to: string; readonly bytes: Uint8Array } | null = null;

  constructor(mesh: Mesh) {
    this.#mesh = mesh;
  }

  handle(bytes: Uint8Array, start: number, end: number, from: Peer): void {
    const envelope = readEnvelope(bytes, start, end);
    if (envelope === null) return this.#refuse(from);
    const { self, addresses } = this.#mesh.core;
    const { class: kind, name } = addresses.keyOf(envelope.to);
    const { opcode, trace } = envelope;
    // HELLO goes no further than one connection: one that bears our id is no message of ours that has come round, but that of
    // another router with this id, which the protocol reports.
    const isHello = kind === 'L' && opcode === 'HELLO';
    if (trace.includes(self.routerId) && !isHello) return;
    if (kind === 'T' && this.#isCopy(envelope, bytes, end)) return;
    const body = readBody(bytes, envelope.bodyStart, end);
    if (body === null) this.#refuse(from);
    else if (kind === 'L') this.#handleOwn(opcode, body, from);
    else if (kind === 'R') this.#pass(envelope, name, bytes, start, end);
    else if (kind === 'T' && this.#handleFlooded(envelope, body)) this.#spread(envelope, bytes, start, end, from);
  }

  #refuse(from: Peer): void {
    this.#mesh.log(LogLevel.Warning, `${from.context.label} sent a routing message that is none: dropped`, 'ROUTER_LS');
  }

  /** A copy of what came by flood is dropped before its fields are read. */
  #isCopy({ opcode, trace, bodyStart }: Envelope, bytes: Uint8Array, end: number): boolean {
    const news = isFlooded(opcode) ? readFloodNews(opcode, bytes, bodyStart, end) : null;
    return news !== null && this.#mesh.protocol.isCopy(news, trace.length, this.#mesh.now);
  }

  /** Whether to hand it on. */
  #handleFlooded({ opcode, trace }: Envelope, body: MessageBody): boolean {
    return isFlooded(opcode) && this.#mesh.protocol.handleFlooded(opcode, body, trace.length, this.#mesh.now);
  }

  #spread(envelope: Envelope, bytes: Uint8Array, start: number, end: number, from: Peer): void {
    let onward: Uint8Array | null = null;
    for (const [id, peer] of this.#mesh.neighbours) {
      if (peer === from || envelope.trace.includes(id)) continue;
      onward ??= withTrace(bytes, start, end, envelope, this.#mesh.core.nodeId);
      peer.send(onward);
    }
  }

  /** For another router: on along the path. */
  #pass(envelope: Envelope, id: string, bytes: Uint8Array, start: number, end: number): void {
    const { trace } = envelope;
    const nextHop = this.#mesh.protocol.router(id)?.nextHop ?? null;
    if (nextHop === null || trace.includes(nextHop.id) || trace.length > this.#mesh.protocol.radius + 1) return;
    this.#mesh.neighbours.get(nextHop.id)?.send(withTrace(bytes, start, end, envelope, this.#mesh.core.nodeId));
  }

  #handleOwn(opcode: string, body: MessageBody, from: Peer): void {
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

function isFlooded(opcode: string): opcode is FloodedOpcode {
  return opcode === 'RA' || opcode === 'LSU' || opcode === 'MAU';
}
