// What a running mesh tells about itself at one moment, by the routers' own counters: whether or not we know the applications.

/** `killed` by us, `failed` by itself: both are waiting to be started again. `draining`: it was told to stop and finishes. */
export type RouterState = 'starting' | 'up' | 'killed' | 'failed' | 'restarting' | 'draining' | 'stopped';

export interface RouterFigures {
  readonly id: string;
  readonly mode: 'interior' | 'edge';
  readonly environment: string;
  readonly state: RouterState;
  /** Null while there is no process. */
  readonly pid: number | null;
  /** `amqps://127.0.0.1:PORT`, where applications connect; null for a router that takes none. */
  readonly url: string | null;
  /** Deliveries that came from applications, went to them, or passed from router to router. */
  readonly deliveriesPerSecond: number;
  /** Connections of applications. */
  readonly applications: number;
  /** Since it became operational; 0 while it is not up. */
  readonly uptimeSeconds: number;
}

/** A connection between two routers, as the mesh plans it: who dials whom. */
export interface LinkFigures {
  readonly from: string;
  readonly to: string;
  /** Null for an edge's uplink. */
  readonly cost: number | null;
  /** `standby`: an edge's uplink that is connected and not used. */
  readonly state: 'up' | 'standby' | 'down';
}

/** A channel of the mesh, over all addresses that belong to it and all routers. */
export interface ChannelRates {
  readonly name: string;
  readonly distribution: 'balanced' | 'closest' | 'multicast';
  /** Messages that came from applications, and deliveries to applications. */
  readonly inPerSecond: number;
  readonly outPerSecond: number;
  /** Links of applications that receive from it now. */
  readonly consumers: number;
}

export interface MeshFigures {
  /** Interior routers and edges of an environment together, in the order of the mesh. */
  readonly routers: readonly RouterFigures[];
  readonly links: readonly LinkFigures[];
  readonly channels: readonly ChannelRates[];
}
