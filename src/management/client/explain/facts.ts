// What one router says of one address: where it would send a message now, and what might keep it from that. Routers of Weft answer
// EXPLAIN with it; for those of Dispatch it is gathered from their tables (facts-from-tables.ts).
//
// Ages are seconds; `null` is unknown.

export interface ClientFacts {
  /** Identity of its connection, and name of its link: what `weft manage` takes. */
  readonly connection: string;
  readonly link: string;
  readonly container: string;
  readonly user: string;
  readonly host: string;
  /** Of the policy whose rules hold for it; '' when none do, or Dispatch does not tell. */
  readonly vhost: string;
  readonly group: string;
  /** It stands for the clients of the edge router `container`. */
  readonly isEdge: boolean;
}

export interface ConsumerFacts extends ClientFacts {
  readonly credit: number;
  readonly unsettled: number;
  readonly oldestUnsettledSeconds: number | null;
}

/** A sender with this address as its target; anonymous ones are not seen. */
export interface ProducerFacts extends ClientFacts {
  /** Deliveries that have come and cannot go on. */
  readonly waiting: number;
}

/** A router with consumers, and the way to it. */
export interface HopFacts {
  readonly router: string;
  readonly nextHop: string;
  readonly cost: number;
  /** Credit on the link to the next hop. */
  readonly credit: number | null;
  /** Deliveries of the address under way over the next hop. */
  readonly outstanding: number;
}

export interface LostRouterFacts {
  readonly router: string;
  readonly lostForSeconds: number;
  /** It had consumers for the address. */
  readonly hadConsumers: boolean;
}

export interface ConnectorFacts {
  readonly name: string;
  readonly role: string;
  /** `host:port` */
  readonly place: string;
  /** The router that it reached last; '' when it never reached one. */
  readonly peer: string;
  /** Why it is not up. */
  readonly message: string;
}

export interface DepartureFacts {
  readonly container: string;
  readonly user: string;
  readonly isEdge: boolean;
  readonly isLoss: boolean;
  readonly reason: string;
  readonly agoSeconds: number;
}

export interface RefusalFacts {
  /** `sender`, `receiver` or `message`. */
  readonly what: string;
  readonly user: string;
  readonly host: string;
  readonly vhost: string;
  readonly group: string;
  readonly rule: string;
  readonly reason: string;
  readonly count: number;
  readonly agoSeconds: number;
}

/** Another address at which there are consumers, and which may be the one that was meant. */
export interface OtherAddressFacts {
  readonly key: string;
  /** Here. */
  readonly consumers: number;
  /** Elsewhere. */
  readonly routers: readonly string[];
}

export interface UplinkFacts {
  /** The interior router; '' while there is none. */
  readonly interior: string;
  readonly isUp: boolean;
  /** The interior has said that somebody consumes there; null while it has said nothing. */
  readonly isReachable: boolean | null;
  readonly credit: number | null;
}

export interface RouterFacts {
  readonly router: string;
  readonly mode: string;
  /** `tables`: of Dispatch, which has no EXPLAIN. */
  readonly source: 'agent' | 'tables';
  /** `M0orders`: class, phase, name. */
  readonly key: string;
  readonly phase: number;
  /** multicast, closest, balanced or unavailable. */
  readonly distribution: string;
  /** The `address` of the configuration that says so: `prefix orders`, `pattern #.log`; '' for the default. */
  readonly rule: string;
  readonly waiting: number;
  readonly senders: number;
  readonly isDraining: boolean;
  readonly consumers: readonly ConsumerFacts[];
  readonly producers: readonly ProducerFacts[];
  readonly hops: readonly HopFacts[];
  readonly routers: readonly {
    readonly router: string;
    readonly nextHop: string | null;
    readonly cost: number | null;
  }[];
  readonly edges: readonly string[];
  readonly lostRouters: readonly LostRouterFacts[];
  /** Connectors to other routers that are not up. */
  readonly downConnectors: readonly ConnectorFacts[];
  /** Container ids of routers whose connection is open, and who say nothing on it. */
  readonly silentPeers: readonly string[];
  readonly departures: readonly DepartureFacts[];
  readonly refusals: readonly RefusalFacts[];
  readonly others: readonly OtherAddressFacts[];
  /** Of an edge router. */
  readonly uplink: UplinkFacts | null;
}

/** Facts of a router of which nothing is known but its name; the base of others. */
export function emptyFacts(router: string): RouterFacts {
  return {
    router,
    mode: 'interior',
    source: 'agent',
    key: '',
    phase: 0,
    distribution: 'balanced',
    rule: '',
    waiting: 0,
    senders: 0,
    isDraining: false,
    consumers: [],
    producers: [],
    hops: [],
    routers: [],
    edges: [],
    lostRouters: [],
    downConnectors: [],
    silentPeers: [],
    departures: [],
    refusals: [],
    others: [],
    uplink: null,
  };
}
