// What the agent may ask of the router in which it runs.
import type { Open } from '../../amqp/performatives.ts';
import type { ConnectionContext } from '../../core/connection-context.ts';
import type { Core } from '../../core/core.ts';
import type { LogMemory } from '../../core/log-memory.ts';
import type { Connection } from '../../engine/connection.ts';
import type { ChangeRequest } from '../../schema/change-configuration.ts';
import type { Configuration, ConnectorEntity, PolicyEntity, VhostEntity } from '../../schema/configuration.ts';

/** A connection of the router, as management shows it. */
export interface ManagedConnection {
  readonly id: number;
  /** `127.0.0.1:50432` */
  readonly remote: string;
  /** We dialled. */
  readonly isInitiator: boolean;
  readonly connection: Connection;
  readonly context: ConnectionContext;
  /** The peer's Open; null before it came. */
  readonly remoteOpen: Open | null;
  /** When the peer's Open came, monotonic milliseconds. */
  readonly openedAtMs: number;
  /** The TLS layer; null in clear. */
  readonly security: { readonly protocol: string; readonly cipher: string; readonly certifiedUser: string } | null;
  /** The vhost and group of the policy whose rules hold for it; null when none do. */
  readonly membership: { readonly vhost: string; readonly group: string } | null;
}

/** A refusal of the policy: who was refused what, by which rule, how often. */
export interface RefusalMemory {
  readonly what: string;
  readonly user: string;
  readonly host: string;
  readonly vhost: string;
  readonly group: string;
  readonly rule: string;
  readonly reason: string;
  readonly count: number;
  /** Monotonic milliseconds. */
  readonly lastAtMs: number;
}

/** What a vhost let in and denied. */
export interface VhostFigures {
  readonly hostname: string;
  readonly connectionsApproved: number;
  readonly connectionsDenied: number;
  readonly connectionsCurrent: number;
  /** Names of connections by user, and by host. */
  readonly perUserState: Readonly<Record<string, readonly string[]>>;
  readonly perHostState: Readonly<Record<string, readonly string[]>>;
  readonly sessionDenied: number;
  readonly senderDenied: number;
  readonly receiverDenied: number;
  readonly maxMessageSizeDenied: number;
}

/** The rules of now, and what they did. */
export interface ManagedPolicy {
  readonly entity: PolicyEntity;
  readonly vhosts: readonly VhostEntity[];
  readonly vhostStats: readonly VhostFigures[];
  readonly figures: {
    readonly connectionsProcessed: number;
    readonly connectionsDenied: number;
    readonly connectionsCurrent: number;
    readonly linksDenied: number;
    readonly maxMessageSizeDenied: number;
    readonly totalDenials: number;
  };
}

/** The process and the machine. */
export interface ProcessFigures {
  readonly hostName: string;
  /** Resident memory in bytes. */
  memoryBytes(): number;
  /** Memory of the process by what it is for: names and bytes. */
  memoryPools(): Readonly<Record<string, number>>;
}

/** What became of a change of the configuration. */
export interface ChangeOutcome {
  /** Why nothing was changed, for people; '' when it was. */
  readonly failure: string;
  /** The failure is that of the request (status 400), not of the world (500). */
  readonly isRefusal: boolean;
  /** What else is to be said, such as that the change will not outlive a restart; '' for nothing. */
  readonly note: string;
  /** Of the entity. */
  readonly identity: string;
}

/** Where the dialling for a connector stands. */
export interface ConnectorStatus {
  /** SUCCESS, CONNECTING or FAILED. */
  readonly status: string;
  /** Why it failed; '' when it did not. */
  readonly message: string;
  /** Container id of who answered last, '' before. */
  readonly peer: string;
  /** All that it dials, separated by comma and blank. */
  readonly urls: string;
}

export interface AgentPort {
  readonly core: Core;
  readonly version: string;
  /** Monotonic milliseconds. */
  readonly startedAtMs: number;
  /** Milliseconds since the epoch. */
  wallTimeMs(): number;
  configuration(): Configuration;
  /** Makes, changes or removes one entity; `saves`: in the configuration file, too. `answer` is called once, now or in a later turn. */
  change(request: ChangeRequest, saves: boolean, answer: (outcome: ChangeOutcome) => void): void;
  /** Over which connection a request came that is being handed in; null when that is not known, as of one that was sent settled. */
  requesterOf(deliveryId: number): ConnectionContext | null;
  /** In the order in which they came. */
  connections(): Iterable<ManagedConnection>;
  connectorStatus(connector: ConnectorEntity): ConnectorStatus;
  readonly log: LogMemory;
  readonly process: ProcessFigures | null;
  readonly policy: ManagedPolicy;
  /** What policy has refused of late for an address; the latest first. */
  refusals(address: string): readonly RefusalMemory[];
}
