// Who receives what is published to a channel, over which way, by which grant; and if nobody does, why not.
//
// These are the words of `weft explain`, for files and for a running mesh alike; explanation-text.ts prints them.

/** Why an application may use the channel, or what is missing. */
export interface AccessExplanation {
  readonly isAllowed: boolean;
  /** `owner`, or `grant to warehouse (teams/shop.yaml:31)`; or what is missing and whom to ask. */
  readonly because: string;
}

/** An application at the channel. */
export interface ParticipantExplanation extends AccessExplanation {
  /** `shop/web`, or a router that was asked about. */
  readonly application: string;
  readonly environment: string;
  /** Id of the router that it is connected to, '' when there is none. */
  readonly router: string;
  /** What it attaches to: the channel, or an address below a prefix. */
  readonly address: string;
}

/** What happens to messages of one publisher at one consumer. */
export interface DeliveryExplanation {
  readonly from: string;
  readonly to: string;
  /** Ids of the routers, the publisher's first; empty when there is no way. */
  readonly hops: readonly string[];
  /** Sum of the costs between interior routers. Null when there is no way. */
  readonly cost: number | null;
  /** `every`: each message. `share`: one of several gets it. `reserve`: only while no nearer consumer is there. `none`: never. */
  readonly receives: 'every' | 'share' | 'reserve' | 'none';
  /** Why it never gets any; '' otherwise. */
  readonly because: string;
}

export interface Explanation {
  /** As it was asked for. */
  readonly address: string;
  /** The channel that it belongs to; null when there is none. */
  readonly channel: {
    readonly name: string;
    readonly isPrefix: boolean;
    readonly distribution: string;
    readonly owner: string;
    readonly description: string;
  } | null;
  readonly publishers: readonly ParticipantExplanation[];
  readonly consumers: readonly ParticipantExplanation[];
  readonly deliveries: readonly DeliveryExplanation[];
  /** Why nobody receives anything; empty when somebody does. Whole sentences. */
  readonly nobody: readonly string[];
}

/** Whether anything that is published reaches anybody. */
export function isDelivered({ deliveries }: Explanation): boolean {
  return deliveries.some(({ receives }) => receives !== 'none');
}
