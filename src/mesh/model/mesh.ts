// The mesh as its files say it, put together: every entry has its full name, its defaults, and the place where it is written.
// Whether it makes sense as a whole is for src/mesh/check.
import type { Origin } from './faults.ts';

export type Distribution = 'balanced' | 'closest' | 'multicast';
export type Right = 'publish' | 'subscribe';

export interface Ports {
  readonly interRouter: number;
  readonly edge: number;
  readonly applications: number;
  /** HTTP. */
  readonly health: number;
}

export interface Environment {
  readonly name: string;
  readonly description: string;
  /** Ids of its interior routers. */
  readonly routers: readonly string[];
  readonly acceptsInbound: boolean;
  readonly directApplications: boolean;
  readonly ports: Ports;
  /** Of Kubernetes. */
  readonly namespace: string;
  readonly origin: Origin;
}

/** One process. */
export interface MeshRouter {
  readonly id: string;
  readonly mode: 'interior' | 'edge';
  readonly environment: string;
  /** Where others reach it: a name or an address; its bare id when neither host nor domain is given. */
  readonly host: string;
  /** Whether `host` or the environment's domain is given, so that other environments can reach it. */
  readonly isAddressed: boolean;
  /** '' for none. */
  readonly zone: string;
  /** Edge: whose it is; interior: ''. */
  readonly team: string;
  /** Edge: the interior routers that it dials, in order, those not known left out; interior: none. */
  readonly uplinks: readonly string[];
  readonly origin: Origin;
}

/** A link as it is written: between environments, or single routers. */
export interface LinkPlan {
  readonly from: string;
  readonly to: string;
  /** With {@link standbyCost} where it is one. */
  readonly cost: number;
  readonly isStandby: boolean;
  readonly origin: Origin;
}

export interface Team {
  readonly name: string;
  readonly description: string;
  /** '' for none. */
  readonly contact: string;
  readonly origin: Origin;
}

export interface Channel {
  readonly name: string;
  readonly isPrefix: boolean;
  readonly distribution: Distribution;
  /** A team, '' for none. */
  readonly owner: string;
  readonly description: string;
  /** Whether consumers answer to reply addresses. */
  readonly hasReplies: boolean;
  readonly origin: Origin;
}

/** What an application does with a channel. */
export interface Use {
  readonly right: Right;
  /** As it is written: the channel's name, or an address under a prefix. */
  readonly address: string;
  readonly channel: Channel;
  readonly origin: Origin;
}

/** How `weft up --traffic` imitates an application. Nothing else looks at it. */
export interface SampleTraffic {
  /** Messages that it sends to each address. */
  readonly ratePerSecond: number;
  /** Time that it takes over each message that it receives, one after the other. */
  readonly workMs: number;
  /** Share of them that it rejects. */
  readonly rejectPercent: number;
  /** Whether it sends without asking what becomes of it. */
  readonly presettled: boolean;
}

export const defaultTraffic: SampleTraffic = { ratePerSecond: 20, workMs: 0, rejectPercent: 0, presettled: false };

export interface Application {
  /** `team/name` */
  readonly name: string;
  readonly team: string;
  readonly environment: string;
  readonly uses: readonly Use[];
  readonly traffic: SampleTraffic;
  readonly origin: Origin;
}

export interface Grant {
  readonly channel: Channel;
  /** A team, or `team/application`. */
  readonly to: string;
  readonly rights: ReadonlySet<Right>;
  readonly origin: Origin;
}

/** Maps go by name, in the order of the files. */
export interface Mesh {
  readonly name: string;
  readonly environments: ReadonlyMap<string, Environment>;
  /** The interior routers, then the edges. */
  readonly routers: ReadonlyMap<string, MeshRouter>;
  readonly links: readonly LinkPlan[];
  readonly teams: ReadonlyMap<string, Team>;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly applications: ReadonlyMap<string, Application>;
  readonly grants: readonly Grant[];
  /** Names in certificates (`team/name`) that may ask routers how they are. */
  readonly operators: readonly string[];
}
