// What differs in the configuration of one router, but for its links to other routers, its channels and its rights: in words.
import { vhosts } from '../render/policy-sections.ts';
import { type ComparedRouter, listOf, type Row, textOf } from './running-router.ts';

type Table = keyof ComparedRouter['rendered'];

const keys: Partial<Record<Table, string>> = {
  listener: 'name',
  connector: 'name',
  sslProfile: 'name',
  vhost: 'hostname',
};
/** Where a router is, and its files: they are those of one way to run it. */
const places = new Set(['host', 'port', 'caCertFile', 'certFile', 'privateKeyFile']);
/** Told as links, uplinks and rights. */
const toldElsewhere: Partial<Record<Table, ReadonlySet<string>>> = {
  connector: new Set(['cost', 'role']),
  vhost: new Set(['groups']),
};

/** @param withPlaces whether hosts, ports and paths are compared as well */
export function routerDifferences(compared: ComparedRouter, withPlaces: boolean): string[] {
  const { running } = compared;
  return [
    ...(['policy', 'sslProfile', 'listener', 'connector', 'vhost'] as const).flatMap((table) =>
      tableDifferences(compared, table, withPlaces),
    ),
    ...(running.mode === 'edge' ? uplinkDifferences(compared) : []),
    ...edgeDifferences(compared),
  ];
}

function tableDifferences({ running, rendered }: ComparedRouter, table: Table, withPlaces: boolean): string[] {
  const rows = running.tables[table];
  if (rows === null) return [];
  const key = keys[table];
  const nameOf = (row: Row): string => (key === undefined ? '' : textOf(row[key]));
  const told = (name: string): string => `${table}${name === '' ? '' : ` ${name}`}`;
  const were = new Map(rows.map((row) => [nameOf(row), row]));
  const are = new Map(rendered[table].map((row) => [nameOf(row), row]));
  const isLink = table === 'connector';
  const gone = [...were.keys()].filter((name) => !are.has(name));
  return [
    ...[...are].flatMap(([name, row]) => {
      const was = were.get(name);
      if (was === undefined) return isLink ? [] : [`${told(name)} is new`];
      const differences = attributeDifferences(was, row, toldElsewhere[table], withPlaces);
      return differences.length === 0 ? [] : [`${told(name)}: ${differences.join(', ')}`];
    }),
    ...(isLink ? [] : gone.map((name) => `${told(name)} goes`)),
  ];
}

function attributeDifferences(
  was: Row,
  is: Row,
  elsewhere: ReadonlySet<string> | undefined,
  withPlaces: boolean,
): string[] {
  return Object.entries(is).flatMap(([name, value]) => {
    if (elsewhere?.has(name) || (!withPlaces && places.has(name)) || isSame(was[name], value)) return [];
    return [`${name} ${textOf(value)} instead of ${textOf(was[name]) || 'none'}`];
  });
}

function isSame(was: unknown, is: unknown): boolean {
  if (typeof is === 'boolean') return (was ?? false) === is;
  return textOf(was) === textOf(is);
}

/** Of an edge: whom it dials, in order. */
function uplinkDifferences({ running, rendered }: ComparedRouter): string[] {
  const uplinksOf = (rows: readonly Row[]): string[] =>
    rows.filter(({ role }) => role === 'edge').map(({ name }) => textOf(name));
  if (running.tables.connector === null) return [];
  const [was, is] = [uplinksOf(running.tables.connector).join(', '), uplinksOf(rendered.connector).join(', ')];
  return was === is ? [] : [`uplinks ${is || 'none'} instead of ${was || 'none'}`];
}

/** Of an interior router: which edges it lets in. */
function edgeDifferences({ running, rendered }: ComparedRouter): string[] {
  const edgesOf = (rows: readonly Row[]): Set<string> => {
    const groups = rows.find(({ hostname }) => hostname === vhosts.edges)?.['groups'] ?? {};
    return new Set(Object.values(groups as Record<string, Row>).flatMap(({ users }) => listOf(users)));
  };
  if (running.tables.vhost === null) return [];
  const [were, are] = [edgesOf(running.tables.vhost), edgesOf(rendered.vhost)];
  const [come, go] = [[...are].filter((id) => !were.has(id)), [...were].filter((id) => !are.has(id))];
  return [
    ...(come.length > 0 ? [`lets in ${come.join(', ')}`] : []),
    ...(go.length > 0 ? [`lets in ${go.join(', ')} no longer`] : []),
  ];
}
