// A mesh as JSON, beside what was rendered from it: the next plan compares with it. Without places in files; with the names only of
// what entries refer to, and without what no router is told (how applications are imitated).

import type { MeshSource } from '../model/faults.ts';
import {
  type Application,
  type Channel,
  defaultTraffic,
  type Environment,
  type Grant,
  type LinkPlan,
  type Mesh,
  type MeshRouter,
  type Right,
  type Team,
} from '../model/mesh.ts';

const form = 1;
const unsaid = new Set(['origin', 'traffic']);

interface MeshJson {
  readonly form: number;
  readonly name: string;
  readonly environments: readonly Environment[];
  readonly routers: readonly MeshRouter[];
  readonly links: readonly LinkPlan[];
  readonly teams: readonly Team[];
  readonly channels: readonly Channel[];
  readonly applications: readonly (Omit<Application, 'uses' | 'traffic'> & {
    uses: { right: Right; address: string; channel: string }[];
  })[];
  readonly grants: readonly { channel: string; to: string; rights: Right[] }[];
  readonly operators: readonly string[];
}

/** The same mesh gives the same text, whatever the order in its files. */
export function meshToJson(mesh: Mesh): string {
  const json: MeshJson = {
    form,
    name: mesh.name,
    environments: sorted(mesh.environments),
    routers: sorted(mesh.routers),
    links: mesh.links,
    teams: sorted(mesh.teams),
    channels: sorted(mesh.channels),
    applications: sorted(mesh.applications).map((application) => ({
      ...application,
      uses: application.uses.map(({ right, address, channel }) => ({ right, address, channel: channel.name })),
    })),
    grants: mesh.grants.map(({ channel, to, rights }) => ({ channel: channel.name, to, rights: [...rights].sort() })),
    operators: mesh.operators,
  };
  return `${JSON.stringify(json, (key, value: unknown) => (unsaid.has(key) ? undefined : value), 1)}\n`;
}

/** Null when the text is not of {@link meshToJson}, or of another version of it. */
export function meshFromJson(text: string): Mesh | null {
  try {
    const json = JSON.parse(text) as MeshJson;
    return json.form === form ? meshOf(json) : null;
  } catch {
    return null; // told by who asked for it
  }
}

const nowhere: MeshSource = { name: 'the files last rendered', placeOf: () => ({ line: 1, column: 1 }) };
const origin = { file: nowhere, path: [] };

function meshOf(json: MeshJson): Mesh {
  const channels = named(json.channels, ({ name }) => name);
  const channelOf = (name: string): Channel => {
    const channel = channels.get(name);
    if (channel === undefined) throw new Error(`no channel ${name}`);
    return channel;
  };
  const applications = json.applications.map((application) => ({
    ...application,
    traffic: defaultTraffic,
    uses: application.uses.map((use) => ({ ...use, channel: channelOf(use.channel), origin })),
  }));
  return {
    name: json.name,
    environments: named(json.environments, ({ name }) => name),
    routers: named(json.routers, ({ id }) => id),
    links: json.links.map((link) => ({ ...link, origin })),
    teams: named(json.teams, ({ name }) => name),
    channels,
    applications: named(applications, ({ name }) => name),
    grants: json.grants.map(
      ({ channel, to, rights }): Grant => ({ channel: channelOf(channel), to, rights: new Set(rights), origin }),
    ),
    operators: json.operators,
  };
}

function named<T extends object>(
  all: readonly T[],
  nameOf: (one: T) => string,
): Map<string, T & { origin: typeof origin }> {
  return new Map(all.map((one) => [nameOf(one), { ...one, origin }]));
}

function sorted<T>(all: ReadonlyMap<string, T>): T[] {
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
