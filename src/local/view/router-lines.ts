// The routers and links of a mesh, as lines.
import type { LinkFigures, MeshFigures, RouterFigures } from '../mesh-figures.ts';
import { clockText, countText, listed, plural, rateText } from './figure-text.ts';
import { bad, bold, type Column, dim, good, type Line, plain, type Room, type Row, table } from './lines.ts';

const columns: readonly Column[] = [
  { head: 'ROUTER', align: 'left', most: 24 },
  { head: 'MODE', align: 'left', goesAs: 3 },
  { head: 'ENVIRONMENT', align: 'left', most: 20, goesAs: 4 },
  { head: 'CLIENTS', align: 'right', goesAs: 2 },
  { head: 'MSG/S', align: 'right', least: 6 },
  { head: 'UPTIME', align: 'right', least: 8, goesAs: 1 },
  { head: 'STATE', align: 'left' },
];

/** Of too many routers those that are not up, then the busiest; the others are counted. */
export function routerLines({ routers }: Pick<MeshFigures, 'routers'>, { columns: width, rows }: Room): Line[] {
  if (routers.length < rows) return table(columns, routers.map(row), width);
  const shown = new Set([...routers].sort(byInterest).slice(0, Math.max(0, rows - 2)));
  const others = routers.filter((one) => !shown.has(one));
  return [...table(columns, routers.filter((one) => shown.has(one)).map(row), width), [dim(othersText(others))]];
}

function row({ id, mode, environment, applications, deliveriesPerSecond, uptimeSeconds, state }: RouterFigures): Row {
  const isUp = state === 'up';
  const cells = [
    bold(id),
    plain(mode),
    plain(environment),
    plain(isUp ? countText(applications) : ''),
    plain(isUp ? rateText(deliveriesPerSecond) : ''),
    plain(isUp ? clockText(uptimeSeconds) : ''),
    isUp ? good(state) : bad(state),
  ];
  return { cells };
}

function byInterest(a: RouterFigures, b: RouterFigures): number {
  if ((a.state === 'up') !== (b.state === 'up')) return a.state === 'up' ? 1 : -1;
  if (a.mode !== b.mode) return a.mode === 'interior' ? -1 : 1;
  return b.deliveriesPerSecond - a.deliveriesPerSecond;
}

/** `… and 2 more interior routers and 37 more edges, all up` */
function othersText(others: readonly RouterFigures[]): string {
  const interior = others.filter(({ mode }) => mode === 'interior').length;
  const edges = others.length - interior;
  const kinds = [
    interior > 0 ? `${countText(interior)} more interior router${interior === 1 ? '' : 's'}` : '',
    edges > 0 ? `${countText(edges)} more edge${edges === 1 ? '' : 's'}` : '',
  ].filter((one) => one !== '');
  const down = others.filter(({ state }) => state !== 'up').length;
  return `… and ${kinds.join(' and ')}, ${down === 0 ? 'all up' : `${countText(down)} not up`}`;
}

const linkColumns: readonly Column[] = [
  { head: 'DIALS', align: 'left', most: 24 },
  { head: 'DIALLED', align: 'left', most: 24 },
  { head: 'COST', align: 'right' },
  { head: 'STATE', align: 'left' },
];

/** Each link, by itself. */
export function linkLines({ links }: Pick<MeshFigures, 'links'>, width: number): Line[] {
  const stateOf = ({ state }: LinkFigures) =>
    state === 'down' ? bad(state) : state === 'up' ? good(state) : dim(state);
  return table(
    linkColumns,
    links.map((link) => ({
      cells: [
        bold(link.from),
        plain(link.to),
        plain(link.cost === null ? 'uplink' : countText(link.cost)),
        stateOf(link),
      ],
    })),
    width,
  );
}

/** All links in one line: `4 of 5 links up; uplinks 4 up, 3 standby, 1 down; down: aws-2→aws-1, shop-aws→aws-2`. */
export function linksLine({ links }: Pick<MeshFigures, 'links'>): Line {
  const between = links.filter(({ cost }) => cost !== null);
  const uplinks = links.filter(({ cost }) => cost === null);
  const count = (of: readonly LinkFigures[], wanted: LinkFigures['state']): number =>
    of.filter(({ state }) => state === wanted).length;
  const up = count(between, 'up');
  const ofLinks = up === between.length ? plural(up, 'link') : `${countText(up)} of ${plural(between.length, 'link')}`;
  const ofUplinks = (['up', 'standby', 'down'] as const)
    .filter((state) => state === 'up' || count(uplinks, state) > 0)
    .map((state) => `${countText(count(uplinks, state))} ${state}`);
  const down = links.filter(({ state }) => state === 'down').map(({ from, to }) => `${from}→${to}`);
  const texts = [
    `${ofLinks} up`,
    ...(uplinks.length > 0 ? [`uplinks ${ofUplinks.join(', ')}`] : []),
    ...(down.length > 0 ? [`down: ${listed(down)}`] : []),
  ];
  return [down.length > 0 ? bad(texts.join('; ')) : dim(texts.join('; '))];
}
