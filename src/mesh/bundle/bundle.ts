// What an application team needs to take part in a mesh: who the application is, where it connects, what it may do, and why.
//
// The same words stand in connection.json of the bundle, which the samples and `--bundle` read.
import { bundleEndpointsMax } from '../limits.ts';
import type { Application, Channel, Distribution, Mesh, MeshRouter, Right } from '../model/mesh.ts';
import { type Permission, Rights } from '../model/rights.ts';
import { knownText, UnknownName } from '../model/unknown-name.ts';
import { Endpoints } from '../topology/endpoints.ts';

/** Where applications reach a router. */
export interface Endpoint {
  readonly router: string;
  readonly host: string;
  readonly port: number;
}

/** A channel that the application may use, with the words of the mesh's files. */
export interface BundleChannel {
  readonly channel: string;
  readonly match: 'exact' | 'prefix';
  readonly may: readonly Right[];
  /** Why: `owner: shop`, or `grant to warehouse`. */
  readonly by: Readonly<Partial<Record<Right, string>>>;
  /** Addresses that the application's file names: of a prefix one, several, or all of it. */
  readonly publishes: readonly string[];
  readonly subscribes: readonly string[];
  readonly distribution: Distribution;
  readonly replies: boolean;
  /** '' for none. */
  readonly owner: string;
  /** Whom to ask; '' when it is not known. */
  readonly contact: string;
  readonly description: string;
}

export interface Bundle {
  readonly mesh: string;
  /** `team/name`, as the certificate says it. */
  readonly application: string;
  /** '' for an operator that is no application. */
  readonly environment: string;
  readonly isOperator: boolean;
  /** In the order in which they are tried. */
  readonly endpoints: readonly Endpoint[];
  /** What its files use first, then what it may use besides; by name. */
  readonly channels: readonly BundleChannel[];
}

/** Where applications reach each router. */
export type PlaceOf = (router: MeshRouter) => Pick<Endpoint, 'host' | 'port'>;

/** At its own address, with the port of its environment. */
export function remotePlaces(mesh: Mesh): PlaceOf {
  return ({ host, environment }) => ({ host, port: mesh.environments.get(environment)?.ports.applications as number });
}

/**
 * @param name an application or an operator of the mesh. Throws {@link UnknownName} when it has none of this name.
 */
export function bundleOf(mesh: Mesh, name: string, placeOf: PlaceOf): Bundle {
  const application = mesh.applications.get(name);
  const isOperator = mesh.operators.includes(name);
  if (application === undefined && !isOperator) {
    const known = [...new Set([...mesh.applications.keys(), ...mesh.operators])];
    throw new UnknownName(
      `there is no application or operator '${name}' in mesh ${mesh.name}${knownText(name, known)}`,
    );
  }
  const routers = application === undefined ? doorsOf(mesh) : new Endpoints(mesh).of(application);
  return {
    mesh: mesh.name,
    application: name,
    environment: application?.environment ?? '',
    isOperator,
    endpoints: routers.slice(0, bundleEndpointsMax).map((router) => ({ router: router.id, ...placeOf(router) })),
    channels: application === undefined ? [] : channelsOf(mesh, application),
  };
}

/** Routers that let an operator in: interior ones that take applications, or else the edges. */
function doorsOf(mesh: Mesh): readonly MeshRouter[] {
  const routers = [...mesh.routers.values()];
  const interior = routers.filter(
    ({ mode, environment }) => mode === 'interior' && mesh.environments.get(environment)?.directApplications === true,
  );
  return interior.length > 0 ? interior : routers.filter(({ mode }) => mode === 'edge');
}

function channelsOf(mesh: Mesh, application: Application): BundleChannel[] {
  const rights = new Rights(mesh);
  const channels = new Set([...rights.channels(application, 'publish'), ...rights.channels(application, 'subscribe')]);
  const addresses = (right: Right, channel: Channel): string[] =>
    application.uses.filter((use) => use.right === right && use.channel === channel).map(({ address }) => address);
  const described = [...channels].map((channel): BundleChannel => {
    const by = Object.fromEntries(
      (['publish', 'subscribe'] as const).flatMap((right) => {
        const permission = rights.permission(application, channel, right);
        return permission === null ? [] : [[right, permissionText(permission, channel)]];
      }),
    );
    return {
      channel: channel.name,
      match: channel.isPrefix ? 'prefix' : 'exact',
      may: Object.keys(by) as Right[],
      by,
      publishes: addresses('publish', channel),
      subscribes: addresses('subscribe', channel),
      distribution: channel.distribution,
      replies: channel.hasReplies,
      owner: channel.owner,
      contact: mesh.teams.get(channel.owner)?.contact ?? '',
      description: channel.description,
    };
  });
  const usedFirst = (one: BundleChannel): number => (isUsed(one) ? 0 : 1);
  return described.sort((a, b) => usedFirst(a) - usedFirst(b) || (a.channel < b.channel ? -1 : 1));
}

/** Or else an operator that only looks at routers. */
export function isApplication({ environment }: Bundle): boolean {
  return environment !== '';
}

/** Whether the application's file says that it uses the channel. */
export function isUsed({ publishes, subscribes }: BundleChannel): boolean {
  return publishes.length + subscribes.length > 0;
}

function permissionText(permission: Permission, { owner }: Channel): string {
  return permission === 'owner' ? `owner: ${owner}` : `grant to ${permission.to}`;
}
