// The schema of Dispatch 1.19, as its own management tells it (GET-SCHEMA): types, operations, attributes. Without its sentences, and
// without a type that only its tests use.
//
//   type [singleton] [deprecated]: OPERATION …
//     attribute type [= default]        ! required   - deprecated   ^ a figure to draw;  a|b|c is an enumeration

export interface DocumentedAttribute {
  /** `integer`, or the members of an enumeration with `|` between them. */
  readonly type: string;
  /** As JSON; null when there is none, or one that says nothing (false, 0, empty). */
  readonly preset: string | null;
  readonly isRequired: boolean;
  readonly isDeprecated: boolean;
  readonly isFigure: boolean;
}

export interface DocumentedType {
  readonly operations: readonly string[];
  readonly isSingleton: boolean;
  readonly isDeprecated: boolean;
  readonly attributes: ReadonlyMap<string, DocumentedAttribute>;
}

const written = `
entity: 

org.amqp.management: QUERY GET-TYPES GET-ANNOTATIONS GET-OPERATIONS GET-ATTRIBUTES GET-MGMT-NODES READ

management singleton: GET-SCHEMA GET-JSON-SCHEMA GET-LOG PROFILE QUERY GET-TYPES GET-ANNOTATIONS GET-OPERATIONS GET-ATTRIBUTES GET-MGMT-NODES READ

configurationEntity: READ

operationalEntity: READ

router singleton: READ
  id string
  mode standalone|interior|edge = "standalone"
  area string
  version string
  hostName string
  helloIntervalSeconds integer = 1
  helloMaxAgeSeconds integer = 3
  raIntervalSeconds integer = 30
  raIntervalFluxSeconds integer = 4
  remoteLsMaxAgeSeconds integer = 60
  workerThreads integer = 4
  debugDumpFile path
  saslConfigDir path
  saslConfigName string = "qdrouterd"
  allowResumableLinkRoute boolean = true
  timestampsInUTC boolean
  timestampFormat string
  allowUnsettledMulticast boolean
  defaultDistribution multicast|closest|balanced|unavailable = "balanced"
  metadata string
  addrCount^ integer
  linkCount^ integer
  blockedLinkCount^ integer
  nodeCount^ integer
  linkRouteCount^ integer
  autoLinkCount^ integer
  connectionCount^ integer
  presettledDeliveries^ integer
  droppedPresettledDeliveries^ integer
  acceptedDeliveries^ integer
  rejectedDeliveries^ integer
  releasedDeliveries^ integer
  modifiedDeliveries^ integer
  deliveriesDelayed1Sec^ integer
  deliveriesDelayed10Sec^ integer
  deliveriesStuck^ integer
  deliveriesIngress^ integer
  deliveriesEgress^ integer
  deliveriesTransit^ integer
  deliveriesIngressRouteContainer^ integer
  deliveriesEgressRouteContainer^ integer
  deliveriesRedirectedToFallback^ integer
  uptimeSeconds^ integer
  memoryUsage^ integer

sslProfile: CREATE DELETE READ
  ciphers string
  protocols string
  caCertFile path
  certFile path
  privateKeyFile path
  passwordFile- path
  password string
  uidFormat string
  uidNameMappingFile string

authServicePlugin: CREATE DELETE READ
  authService- string
  host string
  port string = "amqp"
  realm string
  sslProfile string

listener: CREATE DELETE READ
  host string
  port string = "amqp"
  socketAddressFamily IPv4|IPv6
  role normal|inter-router|route-container|edge = "normal"
  cost integer = 1
  sslProfile string
  saslMechanisms string
  authenticatePeer boolean
  saslPlugin string
  requireEncryption boolean
  requireSsl boolean
  trustedCertsFile path
  maxFrameSize integer = 16384
  maxSessions integer = 32768
  maxSessionFrames integer
  idleTimeoutSeconds integer = 16
  initialHandshakeTimeoutSeconds integer
  stripAnnotations in|out|both|no = "both"
  linkCapacity integer
  multiTenant boolean
  failoverUrls string
  healthz boolean = true
  metrics boolean = true
  websockets boolean = true
  http boolean
  httpRootDir path
  messageLoggingComponents string = "none"
  policyVhost string
  openProperties properties

connector: CREATE DELETE READ
  host string = "127.0.0.1"
  port string = "amqp"
  protocolFamily IPv4|IPv6
  role normal|inter-router|route-container|edge = "normal"
  cost integer = 1
  sslProfile string
  saslMechanisms string
  allowRedirect boolean = true
  maxFrameSize integer = 16384
  maxSessions integer = 32768
  maxSessionFrames integer
  idleTimeoutSeconds integer = 16
  stripAnnotations in|out|both|no = "both"
  linkCapacity integer
  verifyHostname boolean = true
  saslUsername string
  saslPassword string
  messageLoggingComponents string = "none"
  failoverUrls string
  connectionStatus string
  connectionMsg string
  policyVhost string
  openProperties properties

log: UPDATE READ
  module! ROUTER|ROUTER_CORE|ROUTER_HELLO|ROUTER_LS|ROUTER_MA|MESSAGE|SERVER|AGENT|AUTHSERVICE|CONTAINER|ERROR|POLICY|HTTP|CONN_MGR|PYTHON|PROTOCOL|DEFAULT
  enable string
  includeTimestamp boolean
  includeSource boolean
  outputFile string

logStats: READ
  traceCount^ integer
  debugCount^ integer
  infoCount^ integer
  noticeCount^ integer
  warningCount^ integer
  errorCount^ integer
  criticalCount^ integer

address: CREATE DELETE READ
  prefix string
  pattern string
  distribution multicast|closest|balanced|unavailable = "balanced"
  waypoint boolean
  ingressPhase integer
  egressPhase integer
  priority integer
  enableFallback boolean

linkRoute: CREATE DELETE READ
  prefix string
  pattern string
  addExternalPrefix string
  delExternalPrefix string
  containerId string
  connection string
  distribution linkBalanced = "linkBalanced"
  direction! in|out
  operStatus inactive|active

autoLink: CREATE DELETE READ
  address! string
  direction! in|out
  phase integer
  containerId string
  connection string
  externalAddress string
  fallback boolean
  linkRef string
  operStatus inactive|attaching|failed|active|quiescing|idle
  lastError string

exchange: CREATE DELETE READ
  address! string
  phase integer
  alternateAddress string
  alternatePhase integer
  matchMethod amqp|mqtt = "amqp"
  bindingCount integer
  receivedCount integer
  droppedCount integer
  forwardedCount integer
  divertedCount integer

binding: CREATE DELETE READ
  exchangeName! string
  bindingKey string
  nextHopAddress! string
  nextHopPhase integer
  matchedCount integer

router.link: UPDATE READ
  adminStatus enabled|disabled = "enabled"
  operStatus up|down|quiescing|idle
  linkName string
  linkType endpoint|router-control|inter-router
  linkDir in|out
  owningAddr string
  capacity integer
  peer string
  undeliveredCount^ integer
  unsettledCount^ integer
  deliveryCount^ integer
  presettledCount^ integer
  droppedPresettledCount^ integer
  acceptedCount^ integer
  rejectedCount^ integer
  releasedCount^ integer
  modifiedCount^ integer
  deliveriesDelayed1Sec^ integer
  deliveriesDelayed10Sec^ integer
  deliveriesStuck^ integer
  creditAvailable^ integer
  zeroCreditSeconds integer
  settleRate^ integer
  ingressHistogram list
  priority integer

router.address: READ
  distribution flood|multicast|closest|balanced|linkBalanced|unavailable
  inProcess integer
  subscriberCount^ integer
  remoteCount^ integer
  containerCount^ integer
  deliveriesIngress^ integer
  deliveriesEgress^ integer
  deliveriesTransit^ integer
  deliveriesToContainer^ integer
  deliveriesFromContainer^ integer
  deliveriesIngressRouteContainer^ integer
  deliveriesEgressRouteContainer^ integer
  deliveriesRedirectedToFallback^ integer
  key string
  remoteHostRouters list
  transitOutstanding list
  trackedDeliveries integer
  priority integer

router.node: READ
  id string
  protocolVersion integer
  instance integer
  linkState list
  nextHop string
  validOrigins list
  address string
  routerLink entityId
  cost integer
  lastTopoChange integer
  index integer

connection: READ
  adminStatus enabled|deleted = "enabled"
  operStatus up|closing
  protocol string
  container string
  opened boolean
  host string
  dir in|out
  role string
  isAuthenticated boolean
  isEncrypted boolean
  enableProtocolTrace boolean
  sasl string
  user string
  ssl boolean
  sslProto string
  sslCipher string
  sslSsf integer
  tenant string
  uptimeSeconds^ integer
  properties map
  lastDlvSeconds^ integer

allocator: READ
  typeName string
  typeSize integer
  transferBatchSize integer
  localFreeListMax^ integer
  globalFreeListMax^ integer
  totalAllocFromHeap^ integer
  totalFreeToHeap^ integer
  heldByThreads^ integer
  batchesRebalancedToThreads^ integer
  batchesRebalancedToGlobal^ integer

console singleton deprecated: READ
  listener string
  wsport integer = 5673
  proxy! string
  home! string
  args string

policy singleton: READ
  maxConnections integer = 65535
  maxMessageSize integer
  enableVhostPolicy boolean
  enableVhostNamePatterns boolean
  policyDir path
  defaultVhost string = "$default"
  connectionsProcessed^ integer
  connectionsDenied^ integer
  connectionsCurrent^ integer
  linksDenied^ integer
  maxMessageSizeDenied^ integer
  totalDenials^ integer

vhost: CREATE UPDATE DELETE READ
  hostname! string
  aliases string
  maxConnections integer = 65535
  maxMessageSize integer
  maxConnectionsPerUser integer = 65535
  maxConnectionsPerHost integer = 65535
  allowUnknownUser boolean
  groups map

vhostUserGroupSettings: READ
  users! string
  remoteHosts! string
  maxConnectionsPerUser integer
  maxConnectionsPerHost integer
  maxMessageSize integer
  maxFrameSize integer
  maxSessionWindow integer
  maxSessions integer
  maxSenders integer = 2147483647
  maxReceivers integer = 2147483647
  allowDynamicSource boolean
  allowAnonymousSender boolean
  allowUserIdProxy boolean
  allowWaypointLinks boolean = true
  allowDynamicLinkRoutes boolean = true
  allowAdminStatusUpdate boolean = true
  allowFallbackLinks boolean = true
  sources string
  targets string
  sourcePattern string
  targetPattern string

vhostStats: READ
  id string
  hostname string
  connectionsApproved^ integer
  connectionsDenied^ integer
  connectionsCurrent^ integer
  perUserState map
  perHostState map
  sessionDenied^ integer
  senderDenied^ integer
  receiverDenied^ integer
  maxMessageSizeDenied^ integer

router.connection.linkRoute: CREATE DELETE READ
  pattern! string
  direction! in|out
  containerId string
`;

/** By name: `router.link`, but `address` for what is `router.config.address` elsewhere. */
export const documentedSchema: ReadonlyMap<string, DocumentedType> = new Map(
  written
    .trim()
    .split('\n\n')
    .map((block) => readType(block.split('\n'))),
);

function readType([head = '', ...lines]: string[]): [string, DocumentedType] {
  const [names = '', operations = ''] = head.split(':');
  const [name = '', ...words] = names.split(' ');
  return [
    name,
    {
      operations: operations.split(' ').filter((operation) => operation !== ''),
      isSingleton: words.includes('singleton'),
      isDeprecated: words.includes('deprecated'),
      attributes: new Map(lines.map(readAttribute)),
    },
  ];
}

function readAttribute(line: string): [string, DocumentedAttribute] {
  const [, name = '', flags = '', type = '', preset = null] = /^ {2}(\w+)([!^-]*) (\S+)(?: = (.*))?$/.exec(line) ?? [];
  const has = (flag: string): boolean => flags.includes(flag);
  return [name, { type, preset, isRequired: has('!'), isDeprecated: has('-'), isFigure: has('^') }];
}
