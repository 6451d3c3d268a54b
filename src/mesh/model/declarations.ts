// The entries of all files side by side, each with its full name and its place; nothing is looked up yet.
//
//   mesh.yaml         channels: { shop.orders: { owner: shop } }      ─▶  channel shop.orders, owner shop, mesh.yaml channels.shop.orders
//   teams/shop.yaml   channels: { shop.orders: {} }                   ─▶  channel shop.orders, owner shop, teams/shop.yaml channels.…
import type { MeshFaults, MeshSource, Origin } from './faults.ts';
import type { EnvironmentEntry, MeshFile, TeamFile } from './mesh-schema.ts';
import { isMap } from './read-form.ts';
import type { YamlSource } from './yaml-source.ts';

export interface Declared<T> {
  readonly name: string;
  readonly entry: T;
  readonly origin: Origin;
}

export type EdgeEntry = MeshFile['edges'][string];
export type ChannelEntry = MeshFile['channels'][string];
export type ApplicationEntry = MeshFile['applications'][string];
export type GrantEntry = MeshFile['grants'][number];
export type LinkEntry = MeshFile['links'][number];
export type TeamEntry = MeshFile['teams'][string];

export interface Declarations {
  readonly environments: Declared<EnvironmentEntry>[];
  readonly links: Declared<LinkEntry>[];
  readonly teams: Declared<TeamEntry>[];
  readonly edges: Declared<EdgeEntry>[];
  readonly channels: Declared<ChannelEntry>[];
  readonly applications: Declared<ApplicationEntry>[];
  readonly grants: Declared<GrantEntry>[];
  /** Names that are written, also of entries that are at fault: who refers to them is not. By section of the file. */
  readonly written: ReadonlyMap<Section, Set<string>>;
}

export type Section = 'environments' | 'teams' | 'edges' | 'channels' | 'applications';
const sections: readonly Section[] = ['environments', 'teams', 'edges', 'channels', 'applications'];

export function emptyDeclarations(): Declarations {
  const written = new Map(sections.map((section) => [section, new Set<string>()] as const));
  return { environments: [], links: [], teams: [], edges: [], channels: [], applications: [], grants: [], written };
}

/** Adds what the platform's file declares. `file` is null when nothing of it is of use. */
export function addMeshFile(all: Declarations, file: MeshFile | null, source: YamlSource): void {
  for (const section of sections) noteWritten(all, section, source, (name) => name);
  if (file === null) return;
  all.environments.push(...declared(file.environments, source, 'environments'));
  all.links.push(...listed(file.links, source, 'links'));
  all.teams.push(...declared(file.teams, source, 'teams'));
  all.edges.push(...declared(file.edges, source, 'edges'));
  all.channels.push(...declared(file.channels, source, 'channels'));
  all.applications.push(...declared(file.applications, source, 'applications'));
  all.grants.push(...listed(file.grants, source, 'grants'));
}

/** Adds what a team's file declares; `team` is the team of the file, also where the file is at fault. */
export function addTeamFile(all: Declarations, file: TeamFile | null, team: string, source: YamlSource): void {
  noteWritten(all, 'edges', source, (name) => name);
  noteWritten(all, 'channels', source, (name) => name);
  noteWritten(all, 'applications', source, (name) => `${team}/${name}`);
  all.written.get('teams')?.add(team);
  if (file === null) return;
  const { description, contact } = file;
  const about = {
    ...(description === undefined ? {} : { description }),
    ...(contact === undefined ? {} : { contact }),
  };
  all.teams.push({ name: team, entry: about, origin: { file: source, path: ['team'] } });
  for (const one of declared(file.edges, source, 'edges')) all.edges.push({ ...one, entry: { ...one.entry, team } });
  for (const one of declared(file.channels, source, 'channels')) {
    all.channels.push({ ...one, entry: { ...one.entry, owner: team } });
  }
  for (const one of declared(file.applications, source, 'applications')) {
    all.applications.push({ ...one, name: `${team}/${one.name}` });
  }
  all.grants.push(...listed(file.grants, source, 'grants'));
}

/** The first of each name; further ones are told. */
export function unique<T>(all: readonly Declared<T>[], what: string, faults: MeshFaults): Map<string, Declared<T>> {
  const first = new Map<string, Declared<T>>();
  for (const one of all) {
    const before = first.get(one.name);
    if (before === undefined) first.set(one.name, one);
    else {
      const place = placeText(before.origin);
      faults.fault(
        'duplicate',
        one.origin,
        `there is ${what} ${one.name} already (${place}); names are unique in the mesh; rename or remove one`,
        'key',
      );
    }
  }
  return first;
}

/** `teams/shop.yaml:12` */
export function placeText({ file, path }: Origin): string {
  return `${file.name}:${file.placeOf(path, 'key').line}`;
}

function declared<T>(entries: Readonly<Record<string, T>>, file: MeshSource, section: string): Declared<T>[] {
  return Object.entries(entries).map(([name, entry]) => ({ name, entry, origin: { file, path: [section, name] } }));
}

/** Entries at fault are holes in the list. */
function listed<T>(entries: readonly (T | undefined)[], file: MeshSource, section: string): Declared<T>[] {
  return entries.flatMap((entry, at) =>
    entry === undefined ? [] : [{ name: String(at), entry, origin: { file, path: [section, at] } }],
  );
}

function noteWritten(
  all: Declarations,
  section: Section,
  { value }: YamlSource,
  nameOf: (key: string) => string,
): void {
  const entries = isMap(value) ? value[section] : null;
  if (isMap(entries)) for (const key of Object.keys(entries)) all.written.get(section)?.add(nameOf(key));
}
