// Entities that management only shows, and the roots of Dispatch's type tree.
import { choice, type EntitySpec, figure, flag, ignored, integer, shown, shownChoice, text } from './attribute.ts';

type Rest = Omit<EntitySpec, 'name' | 'section' | 'extends' | 'operations' | 'support'>;

function operational(name: string, rest: Rest, operations: readonly string[] = ['READ']): EntitySpec {
  return { name, section: null, extends: 'operationalEntity', operations, support: 'shown', ...rest };
}

/** Attributes that management may change, though not yet here. */
function changeable(attribute: ReturnType<typeof flag>) {
  const { create: _, ...rest } = attribute;
  return { ...rest, update: true, support: 'shown' } as const;
}

const MANAGEMENT_OPERATIONS = [
  'QUERY',
  'GET-TYPES',
  'GET-ANNOTATIONS',
  'GET-OPERATIONS',
  'GET-ATTRIBUTES',
  'GET-MGMT-NODES',
  'READ',
] as const;

export const orgAmqpManagementSpec: EntitySpec = operational(
  'org.amqp.management',
  { about: 'The management node of the AMQP management specification', fullName: true, attributes: {} },
  MANAGEMENT_OPERATIONS,
);

export const managementSpec: EntitySpec = {
  ...operational('management', { about: 'The management node of the router', singleton: true, attributes: {} }, [
    'GET-SCHEMA',
    'GET-JSON-SCHEMA',
    'GET-LOG',
    'PROFILE',
    'EXPLAIN',
    ...MANAGEMENT_OPERATIONS,
  ]),
  extends: 'org.amqp.management',
};

export const logStatsSpec: EntitySpec = operational('logStats', {
  about: 'Events of a log module, also of levels that are off',
  attributes: {
    traceCount: figure('Events at trace'),
    debugCount: figure('Events at debug'),
    infoCount: figure('Events at info'),
    noticeCount: figure('Events at notice'),
    warningCount: figure('Events at warning'),
    errorCount: figure('Events at error'),
    criticalCount: figure('Events at critical'),
  },
});

export const linkSpec: EntitySpec = operational(
  'router.link',
  {
    about: 'A link of a connection',
    attributes: {
      adminStatus: changeable(choice('What management wants', ['enabled', 'disabled'], 'enabled')),
      operStatus: shownChoice('Where the link stands', ['up', 'down', 'quiescing', 'idle']),
      linkName: shown('string', 'Name of the link'),
      linkType: shownChoice('What the link is for', ['endpoint', 'router-control', 'inter-router']),
      linkDir: shownChoice('in: into the router; out: out of it', ['in', 'out']),
      owningAddr: shown('string', 'Key of the address'),
      capacity: shown('integer', 'Deliveries that may be unsettled or waiting'),
      peer: shown('string', 'The link at the other end of a routed link'),
      undeliveredCount: figure('Deliveries waiting'),
      unsettledCount: figure('Deliveries unsettled'),
      deliveryCount: figure('Deliveries so far'),
      presettledCount: figure('Deliveries that were pre-settled'),
      droppedPresettledCount: figure('Pre-settled deliveries dropped'),
      acceptedCount: figure('Deliveries accepted'),
      rejectedCount: figure('Deliveries rejected'),
      releasedCount: figure('Deliveries released'),
      modifiedCount: figure('Deliveries modified'),
      deliveriesDelayed1Sec: figure('Deliveries unsettled for more than one second'),
      deliveriesDelayed10Sec: figure('Deliveries unsettled for more than ten seconds'),
      deliveriesStuck: figure('Deliveries stuck'),
      creditAvailable: figure('Credit that the receiver has given'),
      zeroCreditSeconds: shown('integer', 'Time without credit'),
      settleRate: figure('Deliveries settled a second'),
      ingressHistogram: shown('list', 'Deliveries by the router where they entered'),
      priority: shown('integer', 'Priority of what the link carries'),
    },
  },
  ['UPDATE', 'READ'],
);

export const addressStateSpec: EntitySpec = operational('router.address', {
  about: 'An address that has or had a link',
  attributes: {
    distribution: shownChoice('Who gets a message', [
      'flood',
      'multicast',
      'closest',
      'balanced',
      'linkBalanced',
      'unavailable',
    ]),
    inProcess: shown('integer', 'Consumers inside the router'),
    subscriberCount: figure('Consumers on this router'),
    remoteCount: figure('Other routers with consumers'),
    containerCount: figure('Containers of a link route'),
    deliveriesIngress: figure('Deliveries that entered the network here'),
    deliveriesEgress: figure('Deliveries that left the network here'),
    deliveriesTransit: figure('Deliveries that passed from router to router'),
    deliveriesToContainer: figure('Deliveries to consumers inside the router'),
    deliveriesFromContainer: figure('Deliveries from inside the router'),
    deliveriesIngressRouteContainer: figure('Deliveries that came from route containers'),
    deliveriesEgressRouteContainer: figure('Deliveries that went to route containers'),
    deliveriesRedirectedToFallback: figure('Deliveries that went to the fallback address'),
    key: shown('string', 'Key of the address'),
    remoteHostRouters: shown('list', 'Ids of other routers with consumers'),
    transitOutstanding: shown('list', 'Unsettled deliveries by neighbour'),
    trackedDeliveries: shown('integer', 'Deliveries in transit whose outcome is awaited'),
    priority: shown('integer', 'Priority of all messages, or -1'),
  },
});

export const nodeSpec: EntitySpec = operational('router.node', {
  about: 'A router of the network',
  attributes: {
    id: shown('string', 'Id of the router'),
    protocolVersion: shown('integer', 'Version of the router protocol it speaks'),
    instance: shown('integer', 'Number that grows with each of its starts'),
    linkState: shown('list', 'Its neighbours'),
    nextHop: shown('string', 'Neighbour through which it is reached'),
    validOrigins: shown('list', 'Routers whose messages to it pass here'),
    address: shown('string', 'Its address'),
    routerLink: shown('entityId', 'Link to it, if a neighbour'),
    cost: shown('integer', 'Cost of the path to it'),
    lastTopoChange: shown('integer', 'When the network last changed'),
    index: shown('integer', 'Its bit in sets of routers'),
  },
});

export const connectionSpec: EntitySpec = operational(
  'connection',
  {
    about: 'A connection of a client, a broker or a router',
    attributes: {
      adminStatus: changeable(choice('What management wants', ['enabled', 'deleted'], 'enabled')),
      operStatus: shownChoice('Where the connection stands', ['up', 'closing']),
      protocol: shown('string', 'Protocol spoken on it'),
      container: shown('string', 'Container id of the peer'),
      opened: shown('boolean', 'Whether both sides are open'),
      host: shown('string', 'Host and port of the peer'),
      dir: shownChoice('Who dialled', ['in', 'out']),
      role: shown('string', 'What the peer is'),
      isAuthenticated: shown('boolean', 'Whether the peer is authenticated'),
      isEncrypted: shown('boolean', 'Whether the connection is encrypted'),
      sasl: shown('string', 'SASL mechanism used'),
      user: shown('string', 'User authenticated'),
      ssl: shown('boolean', 'Whether TLS is used'),
      sslProto: shown('string', 'Version of TLS'),
      sslCipher: shown('string', 'Cipher suite'),
      sslSsf: shown('integer', 'Strength of the encryption in bits'),
      tenant: shown('string', 'Tenant of a multi-tenant listener'),
      uptimeSeconds: figure('Time since the connection opened'),
      properties: shown('map', 'Properties in the open of the peer'),
      enableProtocolTrace: changeable(flag('Whether its frames are logged', false)),
      lastDlvSeconds: figure('Time since the last delivery'),
    },
  },
  ['UPDATE', 'READ'],
);

export const allocatorSpec: EntitySpec = operational('allocator', {
  about: 'Memory of the C router by type; Weft has none',
  attributes: {
    typeName: shown('string', 'Name of the type'),
    typeSize: shown('integer', 'Bytes of one'),
    transferBatchSize: shown('integer', 'How many move between lists at once'),
    localFreeListMax: figure('Longest list of a thread'),
    globalFreeListMax: figure('Longest list of all'),
    totalAllocFromHeap: figure('Taken from the heap'),
    totalFreeToHeap: figure('Given back to the heap'),
    heldByThreads: figure('In use or in the list of a thread'),
    batchesRebalancedToThreads: figure('Batches moved to threads'),
    batchesRebalancedToGlobal: figure('Batches moved from threads'),
  },
});

export const vhostStatsSpec: EntitySpec = operational('vhostStats', {
  about: 'What the policy of a vhost let in and denied',
  attributes: {
    id: shown('string', 'Host name of the vhost'),
    hostname: shown('string', 'Host name of the vhost'),
    connectionsApproved: figure('Connections let in'),
    connectionsDenied: figure('Connections denied'),
    connectionsCurrent: figure('Connections open'),
    perUserState: shown('map', 'Connections by user'),
    perHostState: shown('map', 'Connections by host'),
    sessionDenied: figure('Sessions denied'),
    senderDenied: figure('Senders denied'),
    receiverDenied: figure('Receivers denied'),
    maxMessageSizeDenied: figure('Messages denied for their size'),
  },
});

const CONSOLE = 'the console is not carried out yet';

export const consoleSpec: EntitySpec = {
  name: 'console',
  section: 'console',
  about: 'A former console',
  extends: 'configurationEntity',
  operations: ['READ'],
  singleton: true,
  deprecated: true,
  support: 'ignored',
  because: CONSOLE,
  attributes: {
    listener: ignored(text('Listener of the console'), CONSOLE),
    wsport: ignored(integer('Port for WebSocket', 5673, { maximum: 65535 }), CONSOLE),
    proxy: ignored(text('Program between WebSocket and the router'), CONSOLE),
    home: ignored(text('Folder of the pages'), CONSOLE),
    args: ignored(text('Arguments of the proxy'), CONSOLE),
  },
};
