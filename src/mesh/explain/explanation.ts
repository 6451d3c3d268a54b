// Who receives what is published to a channel, over which way, by which grant; and if nobody does, why not.
//
// These are the words of `weft explain`, for files and for a running mesh alike; explanation-text.ts prints them. What only one of both
// knows is null, or an empty list, in the other.
import type { Distribution, Right } from '../model/mesh.ts';

/** The answer in a word: that of a running mesh (management/client/explain/verdict.ts), or one of these by files. */
export type FilesCause =
  | 'flows'
  | 'no-channel'
  | 'no-grant'
  | 'no-publisher'
  | 'no-consumer'
  | 'no-endpoint'
  | 'no-way';

export interface VerdictExplanation {
  readonly cause: string;
  /** One sentence: what would happen, and why. */
  readonly text: string;
  /** What to do; '' when nothing is wrong. Commands stand on lines of their own. */
  readonly remedy: string;
  /** The router at which it is decided; '' when it is none. */
  readonly router: string;
}

/** A link that is attached now. */
export interface LinkExplanation {
  /** Identity of its connection, and its own name: what `weft manage` takes. */
  readonly connection: string;
  readonly link: string;
  readonly container: string;
  readonly user: string;
  readonly host: string;
  /** Of a subscriber. */
  readonly credit: number | null;
  readonly unsettled: number | null;
  readonly oldestUnsettledSeconds: number | null;
  /** Of a publisher: what has come from it and cannot go on. */
  readonly waiting: number | null;
}

/** An application at the channel. */
export interface ParticipantExplanation {
  /** `shop/web`: the user of its connection; its container where that has no name. Or a router that was asked about. */
  readonly application: string;
  /** '' where it is not known. */
  readonly environment: string;
  /** Id of the router that it is connected to, '' when there is none. */
  readonly router: string;
  /** What it attaches to: the channel, or an address below a prefix. */
  readonly address: string;
  readonly isAllowed: boolean;
  /** `owner: shop`, `grant to warehouse (teams/shop.yaml:31)`, `group web of vhost v`; or what is missing, or by which rule it was refused. */
  readonly because: string;
  readonly link: LinkExplanation | null;
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
  /** The least that any link on the way, or the consumer, would take now. */
  readonly credit: number | null;
  /** Without an outcome, from the first router on. */
  readonly underWay: number | null;
}

/** A grant that would be needed, and who gives it. */
export interface MissingGrant {
  readonly application: string;
  readonly right: Right;
  readonly channel: string;
  /** As it stands in a file: `{ channel: shop.orders, to: billing/ledger, may: subscribe }`. */
  readonly grant: string;
  /** The team that gives it; '': nobody owns the channel, so the platform does. Null where that is not known. */
  readonly owner: string | null;
  /** Of the owner, '' for none. */
  readonly contact: string;
  /** Where the grant belongs, '' where that is not known. */
  readonly file: string;
}

export interface ChannelExplanation {
  readonly name: string;
  readonly isPrefix: boolean;
  readonly distribution: Distribution | 'unavailable';
  /** What configures the distribution at the router where it begins, `prefix orders`; '' by files, or for the default. */
  readonly rule: string;
  /** '' for none, null where it is not known. */
  readonly owner: string | null;
  readonly contact: string;
  readonly description: string;
}

export interface Explanation {
  /** As it was asked for. */
  readonly address: string;
  /** Application or router that was asked about; of a running mesh else the router where it begins; null for all publishers. */
  readonly from: string | null;
  /** Whether a message would reach somebody now. */
  readonly flows: boolean;
  readonly verdict: VerdictExplanation;
  /** The channel that it belongs to; null when there is none. */
  readonly channel: ChannelExplanation | null;
  readonly publishers: readonly ParticipantExplanation[];
  readonly consumers: readonly ParticipantExplanation[];
  readonly deliveries: readonly DeliveryExplanation[];
  readonly missing: readonly MissingGrant[];
  /** What else stands out in a running mesh, whether it is the cause or not. Sentences. */
  readonly seen: readonly string[];
}
