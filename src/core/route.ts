// What a message says of its way so far: what is looked at when its next hop is chosen.

export interface Route {
  /** Id of the router at which it entered the network; null when that is this one, or not known. */
  readonly ingress: string | null;
  /** Ids of the routers that it has passed, the oldest first; without this one. */
  readonly trace: readonly string[];
  /** To be sent on without waiting for its end. */
  readonly stream: boolean;
}

/** Of a message that enters the network here. */
export const entersHere: Route = { ingress: null, trace: [], stream: false };
