// Links whose deliveries have been unsettled for more than ten seconds, and who is at their other end.
import type { EntityRow } from '../../management/client/management-node.ts';
import { nameOf } from './address-text.ts';
import { cell, plainNumber } from './cells.ts';
import { rowsOf, type Shown, sortedBy, type View } from './view.ts';

const linkColumns = [
  ...['identity', 'linkName', 'linkType', 'linkDir', 'connectionId', 'owningAddr', 'unsettledCount'],
  ...['deliveriesStuck', 'creditAvailable'],
];
const connectionColumns = ['identity', 'container', 'user', 'host'];

export const stuckView: View = {
  name: 'stuck',
  ask: async (node) => {
    const links = await rowsOf(node, 'router.link', linkColumns);
    const stuck = links.filter(({ deliveriesStuck }) => Number(deliveriesStuck ?? 0) > 0);
    const connections = stuck.length === 0 ? [] : await rowsOf(node, 'connection', connectionColumns);
    return { stuck: stuck.map((link) => ({ ...link, ...peerOf(link, connections) })) };
  },
  show: ({ stuck = [] }): Shown[] => {
    if (stuck.length === 0) return ['No deliveries stuck: none is unsettled for more than 10 seconds'];
    const rows = sortedBy(stuck, rank).map((link) => [
      plainNumber(link['deliveriesStuck']),
      plainNumber(link['unsettledCount']),
      plainNumber(link['creditAvailable'] ?? 0),
      cell(link['linkDir']),
      nameOf(link['owningAddr']) || '-',
      cell(link['container']),
      cell(link['user']) || '-',
      cell(link['host']),
      cell(link['connectionId']),
      cell(link['identity']),
      cell(link['linkName']),
    ]);
    const heads = ['stuck', 'unsett', 'cred', 'dir', 'addr', 'container', 'user', 'host', 'conn id', 'link id', 'link'];
    return [{ title: 'Deliveries Unsettled > 10sec', heads, rows }, hint];
  },
};

const hint = `
Consumers are dir out. To free what one holds, end its connection:
  weft manage update --type connection --identity CONN-ID adminStatus=deleted`;

function peerOf({ connectionId }: EntityRow, connections: readonly EntityRow[]): EntityRow {
  const connection = connections.find(({ identity }) => identity === connectionId);
  return {
    container: connection?.['container'] ?? null,
    user: connection?.['user'] ?? null,
    host: connection?.['host'] ?? null,
  };
}

/** Consumers first, the fullest first. */
function rank({ linkDir, deliveriesStuck }: EntityRow): string {
  return `${linkDir === 'out' ? 0 : 1} ${String(1e15 - Number(deliveriesStuck)).padStart(16, '0')}`;
}
