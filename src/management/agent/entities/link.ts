// Links of all connections: what they carry, how far it is settled, and who is waited for.
import type { Writer } from '../../../amqp/writer.ts';
import { Consumer } from '../../../core/consumer.ts';
import { stuckIn } from '../../../core/figures.ts';
import { ControlReceiver, ControlSender } from '../../../core/mesh/control-links.ts';
import { Producer } from '../../../core/producer.ts';
import type { Link } from '../../../engine/link.ts';
import { linkSpec } from '../../../schema/operational-entities.ts';
import { updateLink } from '../admin-status.ts';
import type { AgentPort, ManagedConnection } from '../agent-port.ts';
import { fixed, none, text, uint, ulong, writeUlong } from '../columns.ts';
import type { EntityType } from '../entity-type.ts';
import { readEntity } from '../operations/read.ts';
import { typeColumn } from '../type-name.ts';
import { beginWide, endWide } from '../wide-compound.ts';

export interface LinkRow {
  readonly link: Link;
  readonly of: ManagedConnection;
}

/** The priority of what no link says anything about (§3.2.1). */
const defaultPriority = 4;
const controlPriority = 9;
/** As in Dispatch, whose sets of routers have so many bits. */
const histogramLength = 128;

export function linkType(port: AgentPort): EntityType<LinkRow> {
  const type: EntityType<LinkRow> = {
    spec: linkSpec,
    isCore: true,
    columns: [
      text('name', ({ link }) => link.name),
      text('identity', ({ link }) => String(link.identity)),
      typeColumn(linkSpec),
      text('linkName', ({ link }) => link.name),
      text('linkType', kindOf),
      text('linkDir', ({ link }) => (link.isIncoming ? 'in' : 'out')),
      text('owningAddr', owningAddressOf),
      uint('capacity', ({ of }) => of.context.options.linkCapacity),
      none('peer'),
      ulong('undeliveredCount', ({ link }) => (link.owner instanceof Producer ? link.owner.held.count : 0)),
      ulong('unsettledCount', ({ link }) => link.unsettledCount),
      ulong('deliveryCount', ({ link }) => link.deliveries),
      text('connectionId', ({ of }) => String(of.id)),
      fixed('adminStatus', 'enabled'),
      text('operStatus', ({ link }) => (link.isAttached ? 'up' : 'down')),
      ulong('presettledCount', ({ link }) => link.presettled),
      ulong('droppedPresettledCount', droppedOf),
      ulong('acceptedCount', ({ link }) => link.accepted),
      ulong('rejectedCount', ({ link }) => link.rejected),
      ulong('releasedCount', ({ link }) => link.released),
      ulong('modifiedCount', ({ link }) => link.modified),
      ulong('deliveriesDelayed1Sec', ({ link }) => link.delayed1Sec),
      ulong('deliveriesDelayed10Sec', ({ link }) => link.delayed10Sec),
      ulong('deliveriesStuck', stuckOf),
      { name: 'ingressHistogram', write: (writer, row) => writeHistogram(writer, port, row) },
      uint('priority', priorityOf),
      uint('settleRate', ({ link }) => link.settleRate),
      uint('creditAvailable', ({ link }) => link.credit),
      uint('zeroCreditSeconds', ({ link }) => link.zeroCreditSeconds),
    ],
    update: (item, request, answer) => {
      const refusal = updateLink(port, item, request);
      answer(refusal ?? readEntity(type, item));
    },
    rows: () => rowsOf(port),
    find: (name, identity) =>
      [...rowsOf(port)].find(({ link }) =>
        identity !== null ? String(link.identity) === identity : link.name === name,
      ) ?? null,
  };
  return type;
}

function* rowsOf(port: AgentPort): Generator<LinkRow> {
  for (const of of port.connections())
    for (const session of of.connection.sessions) for (const link of session.links) yield { link, of };
}

function kindOf({ link, of }: LinkRow): string {
  const { owner } = link;
  if (owner instanceof ControlReceiver || owner instanceof ControlSender) return 'router-control';
  if (of.context.peer !== null) return 'inter-router';
  const address = owner instanceof Consumer ? owner.address.key : '';
  return address.startsWith('H') ? 'edge-downlink' : 'endpoint';
}

function owningAddressOf({ link }: LinkRow): string | null {
  const { owner } = link;
  if (owner instanceof Consumer || owner instanceof Producer) return owner.address?.key ?? null;
  return owner instanceof ControlSender ? 'Lqdhello' : null;
}

function droppedOf({ link }: LinkRow): number {
  const { owner } = link;
  return owner instanceof Consumer || owner instanceof Producer ? owner.droppedPresettled : 0;
}

/** Of what goes to clients: deliveries by the index of the router at which they entered the network, this one's first. Nearly all are 0. */
function writeHistogram(writer: Writer, { core }: AgentPort, { link }: LinkRow): void {
  const { owner } = link;
  if (!(owner instanceof Consumer)) return writer.u8(0x40);
  const counts: number[] = [];
  let others = 0;
  for (const [routerId, { count }] of owner.ingresses) {
    const index = core.mesh?.protocol.router(routerId)?.index ?? 0;
    if (index <= 0 || index >= histogramLength) continue;
    counts[index] = count;
    others += count;
  }
  counts[0] = link.deliveries - others;
  const start = beginWide(writer);
  for (let at = 0; at < counts.length; at++) writeUlong(writer, counts[at] ?? 0);
  for (let at = counts.length; at < histogramLength; at++) writer.u8(0x44);
  endWide(writer, start, 0xd0, histogramLength);
}

function stuckOf({ link }: LinkRow): number {
  if (link.unsettledCount === 0) return 0;
  const { session } = link;
  const ring = link.isIncoming ? session.incoming : session.outgoing;
  return stuckIn(ring, session.connection.clock.nowMs, link);
}

function priorityOf(row: LinkRow): number {
  const { link, of } = row;
  if (kindOf(row) === 'router-control') return controlPriority;
  return of.context.peer?.priorityOf(link) ?? defaultPriority;
}
