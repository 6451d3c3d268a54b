// The entity `router`: who this router is, and what holds for all of it.
import { choice, type EntitySpec, figure, flag, ignored, integer, path, shown, text } from './attribute.ts';
import { MAX_SECONDS } from './limits.ts';

export const DISTRIBUTIONS = ['multicast', 'closest', 'balanced', 'unavailable'] as const;

export const routerSpec: EntitySpec = {
  name: 'router',
  section: 'router',
  about: 'The router itself',
  extends: 'configurationEntity',
  operations: ['READ'],
  singleton: true,
  support: 'full',
  attributes: {
    id: text('Name of the router in its network; when absent a random one is made'),
    mode: choice('Place of the router in a network', ['standalone', 'interior', 'edge'], 'standalone'),
    area: shown('string', 'Area of the router; there is only one', { default: '0' }),
    helloIntervalSeconds: integer('Pause between two HELLOs to neighbours', 1, { was: 'helloInterval', minimum: 1 }),
    helloMaxAgeSeconds: integer('Silence after which a neighbour is lost', 3, { was: 'helloMaxAge', minimum: 1 }),
    raIntervalSeconds: integer('Pause between router advertisements while nothing changes', 30, {
      was: 'raInterval',
      minimum: 1,
    }),
    raIntervalFluxSeconds: integer('Pause between router advertisements while the network changes', 4, {
      was: 'raIntervalFlux',
      minimum: 1,
    }),
    remoteLsMaxAgeSeconds: integer('Age at which the link state of another router is forgotten', 60, {
      was: 'remoteLsMaxAge',
      minimum: 1,
    }),
    workerThreads: ignored(
      integer('Threads of the router', 4, { minimum: 1 }),
      'a Weft router has one thread; to use more cores run more routers',
    ),
    debugDumpFile: ignored(
      path('File for memory statistics at exit', { was: 'debugDump' }),
      'Weft writes no such file',
    ),
    saslConfigDir: ignored(
      path('Folder of the Cyrus SASL configuration', { was: 'saslConfigPath' }),
      'Weft does not use Cyrus SASL; PLAIN is checked against usersFile',
    ),
    saslConfigName: ignored(
      text('Name of the Cyrus SASL configuration', 'qdrouterd'),
      'Weft does not use Cyrus SASL; PLAIN is checked against usersFile',
    ),
    allowResumableLinkRoute: ignored(
      flag('Whether routed links may be resumable', true),
      'link routes are not carried out yet',
    ),
    timestampsInUTC: flag('Whether log lines show UTC instead of local time', undefined, { live: true }),
    timestampFormat: text('Format of the time in log lines, as for strftime', undefined, { live: true }),
    allowUnsettledMulticast: ignored(
      flag('Whether unsettled messages to multicast addresses are taken', false),
      'Weft always takes them',
    ),
    defaultDistribution: choice('Distribution of addresses that no address entity matches', DISTRIBUTIONS, 'balanced', {
      live: true,
    }),
    metadata: text('Free text that management shows', undefined, { live: true }),
    drainSeconds: integer('Time for deliveries in flight to settle when the router stops', 5, {
      weft: true,
      live: true,
      maximum: MAX_SECONDS,
    }),
    stalledDeliverySeconds: integer(
      'Time without progress after which a message whose consumer has room is aborted and its link detached',
      30,
      { weft: true, live: true, minimum: 1, maximum: MAX_SECONDS },
    ),
    usersFile: path('File of salted verifiers for PLAIN, made by `weft user add`; without it PLAIN is not offered', {
      weft: true,
      live: true,
    }),
    version: shown('string', 'Version of the software'),
    hostName: shown('string', 'Name of the machine'),
    addrCount: figure('Addresses known'),
    linkCount: figure('Links attached'),
    blockedLinkCount: figure('Incoming links without credit for longer than a moment'),
    nodeCount: figure('Other routers known'),
    linkRouteCount: figure('Link routes configured'),
    autoLinkCount: figure('Auto links configured'),
    connectionCount: figure('Connections open'),
    presettledDeliveries: figure('Pre-settled deliveries that arrived'),
    droppedPresettledDeliveries: figure('Pre-settled deliveries dropped for want of room'),
    acceptedDeliveries: figure('Deliveries accepted'),
    rejectedDeliveries: figure('Deliveries rejected'),
    releasedDeliveries: figure('Deliveries released'),
    modifiedDeliveries: figure('Deliveries modified'),
    deliveriesDelayed1Sec: figure('Deliveries unsettled for more than one second'),
    deliveriesDelayed10Sec: figure('Deliveries unsettled for more than ten seconds'),
    deliveriesStuck: figure('Deliveries stuck'),
    deliveriesIngress: figure('Deliveries that entered the network here'),
    deliveriesEgress: figure('Deliveries that left the network here'),
    deliveriesTransit: figure('Deliveries that passed from router to router'),
    deliveriesIngressRouteContainer: figure('Deliveries that came from route containers'),
    deliveriesEgressRouteContainer: figure('Deliveries that went to route containers'),
    deliveriesRedirectedToFallback: figure('Deliveries that went to a fallback address'),
    uptimeSeconds: figure('Time since the start'),
    memoryUsage: figure('Memory of the process in bytes'),
  },
};
