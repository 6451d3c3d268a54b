// Where the routers of a rendering listen, whom they dial where, and where their certificates are: what differs between targets.
import { routersMax } from '../limits.ts';
import type { Mesh, MeshRouter, Ports } from '../model/mesh.ts';

export interface Placement {
  /** '' is every interface. */
  listenHost(router: MeshRouter): string;
  ports(router: MeshRouter): Ports;
  /** Where `from` dials `to`. */
  dialledAt(from: MeshRouter, to: MeshRouter): string;
  /** The folder of certificates, as the configuration names it. */
  readonly pki: string;
}

/** The first port of loopback; each router has four. Below those that systems hand out for outgoing connections. */
const firstLocalPort = 20_000;
const portsOfRouter = 4;

/** Routers that fit onto one machine. */
export const localRoutersMax = Math.min(routersMax, Math.floor((32_000 - firstLocalPort) / portsOfRouter));

/** Everything on loopback; ports by the order of ids, so that they stay while routers do. */
export function localPlacement(mesh: Mesh): Placement {
  const rank = new Map([...mesh.routers.keys()].sort().map((id, at) => [id, at]));
  const ports = ({ id }: MeshRouter): Ports => {
    const first = firstLocalPort + portsOfRouter * (rank.get(id) ?? 0);
    return { interRouter: first, edge: first + 1, applications: first + 2, health: first + 3 };
  };
  return placedLocally(ports, 'pki');
}

/** Everything on loopback, at ports that somebody has found free. */
export function placedLocally(ports: (router: MeshRouter) => Ports, pki: string): Placement {
  return { listenHost: () => '127.0.0.1', dialledAt: () => '127.0.0.1', ports, pki };
}

/** Every router at its own address, with the ports of its environment. */
export function remotePlacement(mesh: Mesh): Placement {
  return {
    listenHost: () => '',
    dialledAt: (_, { host }) => host,
    ports: ({ environment }) => portsOf(mesh, environment),
    pki: '/etc/weft/pki',
  };
}

/** As {@link remotePlacement}; routers of one environment go by the names of their services. */
export function clusterPlacement(mesh: Mesh): Placement {
  return {
    ...remotePlacement(mesh),
    dialledAt: (from, to) => (from.environment === to.environment ? to.id : to.host),
  };
}

/** As {@link remotePlacement}; all routers go by the names of their services. */
export function composePlacement(mesh: Mesh): Placement {
  return { ...remotePlacement(mesh), dialledAt: (_, { id }) => id };
}

/** Names and addresses by which a router is dialled, for its certificate: sorted, each once. */
export function hostNamesOf({ id, host }: MeshRouter): string[] {
  return [...new Set([id, host, 'localhost', '127.0.0.1'])].sort();
}

function portsOf(mesh: Mesh, environment: string): Ports {
  const ports = mesh.environments.get(environment)?.ports;
  if (ports === undefined) throw new Error(`no environment ${environment}`); // names are resolved when the mesh is read
  return ports;
}
