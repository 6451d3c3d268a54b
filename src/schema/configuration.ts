// A configuration as the router and its host use it: every attribute there, of its type, with its default.
// Field names are Dispatch's attribute names. What was not configured and has no default is '', 0, false or {}, except
// where a field says otherwise.
import { addressSpec, type LOG_MODULES, logSpec } from './address-and-log-entities.ts';
import type { EntitySpec, PlainMap } from './attribute.ts';
import { connectorSpec, listenerSpec } from './connection-entities.ts';
import { defaultsOf } from './defaults.ts';
import { routerSpec } from './router-entity.ts';
import { policySpec, sslProfileSpec, vhostSpec } from './security-entities.ts';

type Distribution = 'multicast' | 'closest' | 'balanced' | 'unavailable';
export type RouterMode = 'standalone' | 'interior' | 'edge';
type Role = 'normal' | 'inter-router' | 'route-container' | 'edge';
/** '' is both. */
type AddressFamily = '' | 'IPv4' | 'IPv6';
type StripAnnotations = 'in' | 'out' | 'both' | 'no';

interface Entity {
  /** As configured, or the identity. */
  readonly name: string;
  /** Unique among the entities of its type, such as `listener/0.0.0.0:5672:clients` or `address/0`. */
  readonly identity: string;
}

export interface RouterEntity extends Entity {
  /** '' when not configured: the host then makes one up. */
  readonly id: string;
  readonly mode: RouterMode;
  readonly helloIntervalSeconds: number;
  readonly helloMaxAgeSeconds: number;
  readonly raIntervalSeconds: number;
  readonly raIntervalFluxSeconds: number;
  readonly remoteLsMaxAgeSeconds: number;
  readonly workerThreads: number;
  readonly debugDumpFile: string;
  readonly saslConfigDir: string;
  readonly saslConfigName: string;
  readonly allowResumableLinkRoute: boolean;
  readonly timestampsInUTC: boolean;
  /** As for strftime; '' is Dispatch's default format. */
  readonly timestampFormat: string;
  readonly allowUnsettledMulticast: boolean;
  readonly defaultDistribution: Distribution;
  readonly metadata: string;
  /** Weft's own: how long deliveries in flight may settle when the router stops. */
  readonly drainSeconds: number;
  /** Weft's own: how long a message may stand still though its consumer has room. */
  readonly stalledDeliverySeconds: number;
  /** Weft's own: path of the file of salted verifiers; '' is none, and no PLAIN. */
  readonly usersFile: string;
}

/** The names of files are as configured; '' is none. */
export interface SslProfileEntity extends Entity {
  readonly ciphers: string;
  /** Separated by blanks; '' is TLSv1.2 TLSv1.3. See `tlsVersions`. */
  readonly protocols: string;
  readonly caCertFile: string;
  readonly certFile: string;
  readonly privateKeyFile: string;
  readonly passwordFile: string;
  /** As configured: `env:NAME`, `file:/path`, `pass:TEXT`, `literal:TEXT` or the password itself. Never log it. */
  readonly password: string;
  /** '' is the whole subject. */
  readonly uidFormat: string;
  readonly uidNameMappingFile: string;
}

/** What listeners and connectors have in common. */
interface Endpoint extends Entity {
  readonly host: string;
  /** 0..65535 as text, or the name of a service such as `amqp`. */
  readonly port: string;
  readonly role: Role;
  readonly cost: number;
  /** Name of the profile; '' is no TLS. */
  readonly sslProfile: string;
  /** Separated by spaces; '' is all. */
  readonly saslMechanisms: string;
  /** Bytes, at least 512. */
  readonly maxFrameSize: number;
  /** 1..32768; so the channel-max is one less. */
  readonly maxSessions: number;
  /** 0 is without bound. */
  readonly maxSessionFrames: number;
  /** 0 is never. */
  readonly idleTimeoutSeconds: number;
  /** Weft's own: the same between routers. */
  readonly routerIdleTimeoutMs: number;
  readonly stripAnnotations: StripAnnotations;
  readonly linkCapacity: number;
  readonly messageLoggingComponents: string;
  readonly policyVhost: string;
  readonly openProperties: PlainMap;
  /** Weft's own: bytes; 0 is without bound. */
  readonly maxMessageSize: number;
}

export interface ListenerEntity extends Endpoint {
  /** '' is every interface; `unix:/path` is a Unix socket, and then `port` means nothing. */
  readonly host: string;
  readonly socketAddressFamily: AddressFamily;
  readonly authenticatePeer: boolean;
  readonly saslPlugin: string;
  readonly requireEncryption: boolean;
  readonly requireSsl: boolean;
  readonly trustedCertsFile: string;
  /** 0 is without end. */
  readonly initialHandshakeTimeoutSeconds: number;
  readonly multiTenant: boolean;
  /** `[scheme://]host[:port]` separated by commas, as configured; see `parseFailoverUrls`. */
  readonly failoverUrls: string;
  readonly healthz: boolean;
  readonly metrics: boolean;
  readonly websockets: boolean;
  readonly http: boolean;
  readonly httpRootDir: string;
}

export interface ConnectorEntity extends Endpoint {
  readonly protocolFamily: AddressFamily;
  readonly allowRedirect: boolean;
  readonly verifyHostname: boolean;
  readonly saslUsername: string;
  /** As configured: `env:NAME`, `file:/path`, `pass:TEXT` or the password itself. The host resolves it. Never log it. */
  readonly saslPassword: string;
}

export interface AddressEntity extends Entity {
  /** Without separators at its ends; null when `pattern` is given. Exactly one of the two is a string. */
  readonly prefix: string | null;
  /** Without separators at its ends; see `patternOf` for the pattern that both forms come to. */
  readonly pattern: string | null;
  readonly distribution: Distribution;
  readonly waypoint: boolean;
  /** Senders; 0..9. */
  readonly ingressPhase: number;
  /** Consumers; 0..9. */
  readonly egressPhase: number;
  /** 0..9, or -1 where each message keeps its own. */
  readonly priority: number;
  readonly enableFallback: boolean;
}

export type LogModule = (typeof LOG_MODULES)[number];

/** As configured; null and '' mean "as module DEFAULT". `logSettings` works out what holds for each module. */
export interface LogEntity extends Entity {
  readonly module: LogModule;
  readonly enable: string;
  readonly includeTimestamp: boolean | null;
  readonly includeSource: boolean | null;
  readonly outputFile: string;
  /** Weft's own. */
  readonly format: 'text' | 'json' | null;
}

export interface PolicyEntity extends Entity {
  readonly maxConnections: number;
  /** Bytes; 0 is without bound. */
  readonly maxMessageSize: number;
  readonly enableVhostPolicy: boolean;
  readonly enableVhostNamePatterns: boolean;
  /** '' is none. */
  readonly policyDir: string;
  readonly defaultVhost: string;
}

/** As configured; `readVhost` makes rules of it. */
export interface VhostEntity extends Entity {
  readonly hostname: string;
  /** Separated by commas. */
  readonly aliases: string;
  readonly maxConnections: number;
  /** Bytes; 0 is without bound, null is that of the policy. */
  readonly maxMessageSize: number | null;
  readonly maxConnectionsPerUser: number;
  readonly maxConnectionsPerHost: number;
  readonly allowUnknownUser: boolean;
  /** Name of the group → its settings, a map. */
  readonly groups: PlainMap;
}

export interface Configuration {
  readonly router: RouterEntity;
  readonly sslProfiles: readonly SslProfileEntity[];
  readonly listeners: readonly ListenerEntity[];
  readonly connectors: readonly ConnectorEntity[];
  readonly addresses: readonly AddressEntity[];
  readonly logs: readonly LogEntity[];
  readonly policy: PolicyEntity;
  /** Those of the file, and those of `policyDir`. */
  readonly vhosts: readonly VhostEntity[];
}

/** A router with all defaults. No id is configured, so the host makes one up. */
export function makeRouter(attributes: Partial<RouterEntity> = {}): RouterEntity {
  const router = filled<RouterEntity>(routerSpec, attributes);
  return named(router, attributes, `router/${router.id}`);
}

/** A TLS profile with defaults for what `attributes` leaves out. */
export function makeSslProfile(attributes: Partial<SslProfileEntity> = {}): SslProfileEntity {
  return named(filled<SslProfileEntity>(sslProfileSpec, attributes), attributes, `sslProfile/${attributes.name ?? ''}`);
}

/** A listener with defaults for what `attributes` leaves out. */
export function makeListener(attributes: Partial<ListenerEntity> = {}): ListenerEntity {
  const listener = filled<ListenerEntity>(listenerSpec, attributes);
  return named(sessionsFilled(listener), attributes, `listener/${placeOf(listener, attributes.name)}`);
}

/** A connector with defaults for what `attributes` leaves out. */
export function makeConnector(attributes: Partial<ConnectorEntity> = {}): ConnectorEntity {
  const connector = filled<ConnectorEntity>(connectorSpec, attributes);
  return named(sessionsFilled(connector), attributes, `connector/${placeOf(connector, attributes.name)}`);
}

/** An address with defaults for what `attributes` leaves out; `index` counts the addresses of a configuration. */
export function makeAddress(attributes: Partial<AddressEntity> = {}, index = 0): AddressEntity {
  const address = filled<AddressEntity>(addressSpec, attributes);
  const egressPhase = attributes.egressPhase ?? (address.waypoint ? 1 : 0);
  return named({ ...address, egressPhase }, attributes, `address/${index}`);
}

export function makeLog(attributes: Partial<LogEntity> & { readonly module: LogModule }): LogEntity {
  return named(filled<LogEntity>(logSpec, attributes), attributes, `log/${attributes.module}`);
}

/** Without attributes: nothing is denied. */
export function makePolicy(attributes: Partial<PolicyEntity> = {}): PolicyEntity {
  return named(filled<PolicyEntity>(policySpec, attributes), attributes, 'policy/None');
}

/** A vhost with defaults for what `attributes` leaves out; its groups let nobody in unless they say so. */
export function makeVhost(attributes: Partial<VhostEntity> & { readonly hostname: string }): VhostEntity {
  return named(filled<VhostEntity>(vhostSpec, attributes), attributes, `vhost/${attributes.hostname}`);
}

/** What an empty file means: a standalone router that nobody can reach. */
export function defaultConfiguration(): Configuration {
  return {
    ...{ router: makeRouter(), sslProfiles: [], listeners: [], connectors: [], addresses: [], logs: [] },
    ...{ policy: makePolicy(), vhosts: [] },
  };
}

/** The port of the listener is one for HTTP and WebSockets: a folder of files is enough to want that. */
export function speaksHttp({ http, httpRootDir }: ListenerEntity): boolean {
  return http || httpRootDir !== '';
}

/** The pattern that an address entity comes to: a prefix `p` is the pattern `p/#`. */
export function patternOf(address: AddressEntity): string {
  return address.prefix === null ? (address.pattern ?? '') : `${address.prefix}/#`;
}

function filled<T extends Entity>(spec: EntitySpec, attributes: Partial<T>): T {
  return { ...defaultsOf(spec), ...attributes } as unknown as T;
}

function named<T extends Entity>(entity: T, attributes: Partial<Entity>, identity: string): T {
  return { ...entity, identity, name: attributes.name ?? identity };
}

/** Dispatch takes 0 and everything above the number of channels to mean all of them. */
function sessionsFilled<T extends Endpoint>(endpoint: T): T {
  const all = 32768;
  return endpoint.maxSessions === 0 || endpoint.maxSessions > all ? { ...endpoint, maxSessions: all } : endpoint;
}

function placeOf(endpoint: Endpoint, name: string | undefined): string {
  const place = endpoint.host.startsWith('unix:') ? endpoint.host : `${endpoint.host}:${endpoint.port}`;
  return name === undefined ? place : `${place}:${name}`;
}
