// Walks every attribute of every entity and holds what happens to it in a configuration file against a table, so that
// nothing is passed over in silence. The table stands for Dispatch's schema: an attribute that is missing in the data is
// missed here.
import { describe, expect, test } from 'vitest';
import type { AttributeSpec, EntitySpec } from './attribute.ts';
import {
  type Configuration,
  makeAddress,
  makeConnector,
  makeListener,
  makeLog,
  makeRouter,
  makeSslProfile,
} from './configuration.ts';
import { defaultOf } from './defaults.ts';
import { ENTITIES, entityOfSection, fullTypeName, SECTIONS } from './entities.ts';
import { readConfiguration } from './read-configuration.ts';

const TABLE: Record<string, Partial<Record<'full' | 'refused' | 'ignored' | 'shown', string>>> = {
  'org.amqp.management': {},
  management: {},
  router: {
    full:
      'id mode helloIntervalSeconds helloMaxAgeSeconds raIntervalSeconds raIntervalFluxSeconds remoteLsMaxAgeSeconds ' +
      'timestampsInUTC timestampFormat defaultDistribution metadata drainSeconds stalledDeliverySeconds usersFile',
    ignored: 'workerThreads debugDumpFile saslConfigDir saslConfigName allowResumableLinkRoute allowUnsettledMulticast',
    shown:
      'area version hostName addrCount linkCount blockedLinkCount nodeCount linkRouteCount autoLinkCount ' +
      'connectionCount presettledDeliveries droppedPresettledDeliveries acceptedDeliveries ' +
      'rejectedDeliveries releasedDeliveries modifiedDeliveries deliveriesDelayed1Sec ' +
      'deliveriesDelayed10Sec deliveriesStuck deliveriesIngress deliveriesEgress deliveriesTransit ' +
      'deliveriesIngressRouteContainer deliveriesEgressRouteContainer deliveriesRedirectedToFallback ' +
      'uptimeSeconds memoryUsage',
  },
  sslProfile: {
    full:
      'ciphers protocols caCertFile certFile privateKeyFile ' + 'passwordFile password uidFormat uidNameMappingFile',
  },
  authServicePlugin: {
    refused: 'authService host port realm sslProfile',
  },
  listener: {
    full:
      'host port socketAddressFamily role cost sslProfile saslMechanisms authenticatePeer requireEncryption requireSsl maxFrameSize maxSessions ' +
      'maxSessionFrames idleTimeoutSeconds routerIdleTimeoutMs initialHandshakeTimeoutSeconds stripAnnotations linkCapacity ' +
      'failoverUrls healthz metrics websockets http httpRootDir policyVhost openProperties maxMessageSize',
    refused: 'saslPlugin multiTenant',
    ignored: 'trustedCertsFile messageLoggingComponents',
  },
  connector: {
    full:
      'host port protocolFamily role cost sslProfile saslMechanisms maxFrameSize maxSessions maxSessionFrames ' +
      'idleTimeoutSeconds routerIdleTimeoutMs stripAnnotations linkCapacity verifyHostname saslUsername saslPassword policyVhost ' +
      'openProperties maxMessageSize',
    ignored: 'allowRedirect messageLoggingComponents',
    shown: 'failoverUrls connectionStatus connectionMsg',
  },
  log: {
    full: 'module enable includeTimestamp outputFile format',
    ignored: 'includeSource',
  },
  logStats: {
    shown: 'traceCount debugCount infoCount noticeCount warningCount errorCount criticalCount',
  },
  'router.config.address': {
    full: 'prefix pattern distribution waypoint ingressPhase egressPhase priority',
    refused: 'enableFallback',
  },
  'router.config.linkRoute': {
    refused: 'prefix pattern addExternalPrefix delExternalPrefix containerId connection distribution direction',
    shown: 'operStatus',
  },
  'router.config.autoLink': {
    refused: 'address direction phase containerId connection externalAddress fallback',
    shown: 'linkRef operStatus lastError',
  },
  'router.config.exchange': {
    refused: 'address phase alternateAddress alternatePhase matchMethod',
    shown: 'bindingCount receivedCount droppedCount forwardedCount divertedCount',
  },
  'router.config.binding': {
    refused: 'exchangeName bindingKey nextHopAddress nextHopPhase',
    shown: 'matchedCount',
  },
  'router.link': {
    shown:
      'adminStatus operStatus linkName linkType linkDir owningAddr capacity peer undeliveredCount ' +
      'unsettledCount deliveryCount presettledCount droppedPresettledCount acceptedCount rejectedCount ' +
      'releasedCount modifiedCount deliveriesDelayed1Sec deliveriesDelayed10Sec deliveriesStuck ' +
      'creditAvailable zeroCreditSeconds settleRate ingressHistogram priority',
  },
  'router.address': {
    shown:
      'distribution inProcess subscriberCount remoteCount containerCount deliveriesIngress deliveriesEgress ' +
      'deliveriesTransit deliveriesToContainer deliveriesFromContainer deliveriesIngressRouteContainer ' +
      'deliveriesEgressRouteContainer deliveriesRedirectedToFallback key remoteHostRouters ' +
      'transitOutstanding trackedDeliveries priority',
  },
  'router.node': {
    shown: 'id protocolVersion instance linkState nextHop validOrigins address routerLink cost lastTopoChange index',
  },
  connection: {
    shown:
      'adminStatus operStatus protocol container opened host dir role isAuthenticated isEncrypted sasl user ' +
      'ssl sslProto sslCipher sslSsf tenant uptimeSeconds properties enableProtocolTrace lastDlvSeconds',
  },
  allocator: {
    shown:
      'typeName typeSize transferBatchSize localFreeListMax globalFreeListMax totalAllocFromHeap ' +
      'totalFreeToHeap heldByThreads batchesRebalancedToThreads batchesRebalancedToGlobal',
  },
  console: {
    ignored: 'listener wsport proxy home args',
  },
  policy: {
    full: 'maxConnections maxMessageSize enableVhostPolicy enableVhostNamePatterns policyDir defaultVhost',
    shown: 'connectionsProcessed connectionsDenied connectionsCurrent linksDenied maxMessageSizeDenied totalDenials',
  },
  vhost: {
    full:
      'hostname aliases maxConnections maxMessageSize maxConnectionsPerUser maxConnectionsPerHost ' +
      'allowUnknownUser groups',
  },
  vhostUserGroupSettings: {
    full:
      'users remoteHosts maxFrameSize maxSessionWindow maxSessions maxSenders maxReceivers ' +
      'maxMessageSize maxConnectionsPerUser maxConnectionsPerHost ' +
      'allowDynamicSource allowAnonymousSender allowUserIdProxy allowWaypointLinks allowDynamicLinkRoutes ' +
      'allowAdminStatusUpdate allowFallbackLinks sources targets sourcePattern targetPattern',
  },
  vhostStats: {
    shown:
      'id hostname connectionsApproved connectionsDenied connectionsCurrent perUserState perHostState ' +
      'sessionDenied senderDenied receiverDenied maxMessageSizeDenied',
  },
  'router.connection.linkRoute': {
    refused: 'pattern direction',
    shown: 'containerId',
  },
};

const everyAttribute = ENTITIES.flatMap((entity) =>
  Object.entries(entity.attributes).map(([name, spec]) => [entity.name, name, spec] as const),
);

test('the attributes of every entity, and what happens to them, are these', () => {
  const described: typeof TABLE = Object.fromEntries(ENTITIES.map(({ name }) => [name, {}]));
  for (const [entity, name, { support }] of everyAttribute) {
    const row = described[entity];
    row[support] = row[support] === undefined ? name : `${row[support]} ${name}`;
  }
  expect(described).toEqual(TABLE);
});

/** Valid values other than the default, for attributes whose texts have a grammar. */
const samples: Record<string, string> = {
  host: 'example.org',
  aliases: 'other.example.org',
  port: '5673',
  saslMechanisms: 'ANONYMOUS',
  saslPassword: 'env:PASSWORD',
  messageLoggingComponents: 'to,subject',
  failoverUrls: 'example.org',
  enable: 'trace',
  password: 'env:PASSWORD',
  protocols: 'TLSv1.3',
  uidFormat: 'cn1',
};

function sampleOf(name: string, spec: AttributeSpec): unknown {
  if (spec.type === 'boolean') return !spec.default;
  if (spec.type === 'integer') return Math.max(spec.minimum ?? 0, 7);
  if (spec.type === 'enum') {
    const others = spec.values?.filter((value) => value !== spec.default) ?? [];
    return others.find((value) => !spec.refusedValues?.includes(value)) ?? others[0];
  }
  // The groups of a vhost, where any of its users may be let in.
  if (spec.type === 'map') return { $default: { remoteHosts: '*', sources: 'a, b' } };
  if (spec.type === 'properties') return { key: 'value' };
  return samples[name] ?? 'sample';
}

/** What else the entity needs, or the attribute beside it, to be valid. */
function companions(entity: EntitySpec, name: string): Record<string, unknown> {
  const required = Object.entries(entity.attributes).filter(([, spec]) => spec.required && spec.support !== 'shown');
  const needed = Object.fromEntries(required.map(([key, spec]) => [key, sampleOf(key, spec)]));
  if (entity.section === 'sslProfile') {
    return { name: 'profile', certFile: 'cert.pem', privateKeyFile: 'key.pem', uidFormat: 'n' };
  }
  if (name === 'allowUnknownUser') return { ...needed, groups: { $default: {} } };
  if (name.startsWith('require')) return { ...needed, sslProfile: 'sample' };
  if (entity.section !== 'address') return needed;
  return {
    ...(name === 'pattern' ? {} : { prefix: 'sample' }),
    ...(/Phase$/.test(name) ? { ingressPhase: 0, egressPhase: 0 } : {}),
  };
}

function readOne(entity: EntitySpec, name: string, value: unknown) {
  const section = [entity.section, { ...companions(entity, name), [name]: value }];
  // A listener or connector that is to use TLS needs a profile to name.
  const profile = ['sslProfile', { name: 'sample', certFile: 'cert.pem', privateKeyFile: 'key.pem' }];
  const usesTls = ['sslProfile', 'requireSsl', 'requireEncryption'].includes(name) && entity.support === 'full';
  // Only a router of mode interior has others to connect to.
  const interior = ['router', { mode: 'interior' }];
  const sections = [...(usesTls ? [profile] : []), ...(value === 'inter-router' ? [interior] : []), section];
  return readConfiguration(JSON.stringify(sections), 'f.json');
}

/** The typed entity of the section, where there is one. */
function typedOf(configuration: Configuration | null, section: string): object | undefined {
  if (configuration === null) return undefined;
  const { router, sslProfiles, listeners, connectors, addresses, logs, policy, vhosts } = configuration;
  return {
    router,
    sslProfile: sslProfiles[0],
    listener: listeners[0],
    connector: connectors[0],
    address: addresses[0],
    log: logs[0],
    policy,
    vhost: vhosts[0],
  }[section];
}

describe.each(ENTITIES.filter(({ section }) => section !== null).map((entity) => [entity.name, entity] as const))(
  'an attribute of %s other than its default',
  (_, entity) => {
    test.each(Object.entries(entity.attributes))('%s', (name, spec) => {
      const value = sampleOf(name, spec);
      const { configuration, faults } = readOne(entity, name, value);
      const severities = faults.map(({ severity }) => severity);
      const isRefused =
        [entity.support, spec.support].includes('refused') || spec.refusedValues?.includes(String(value));
      if (isRefused || spec.support === 'shown') {
        expect(severities).toContain('error');
        expect(configuration).toBeNull();
      } else if (entity.support === 'ignored' || spec.support === 'ignored') {
        expect(severities).toEqual(['warning']);
        expect(configuration).not.toBeNull();
      } else {
        expect(severities).toEqual([]);
        expect(typedOf(configuration, entity.section ?? '')).toMatchObject({ [name]: value });
      }
    });
  },
);

test.each(everyAttribute.filter(([, , spec]) => spec.refusedValues))(
  'the refused values of %s.%s stop the start',
  (entityName, name, spec) => {
    const entity = ENTITIES.find((one) => one.name === entityName)!;
    for (const value of spec.refusedValues ?? []) {
      expect(readOne(entity, name, value).faults.map(({ severity }) => severity)).toEqual(['error']);
    }
  },
);

test('an attribute at its default is never a fault', () => {
  for (const entity of ENTITIES.filter(({ section, support }) => section !== null && support === 'full')) {
    for (const [name, spec] of Object.entries(entity.attributes)) {
      if (spec.default === undefined) continue;
      expect(readOne(entity, name, spec.default).faults, `${entity.name}.${name}`).toEqual([]);
    }
  }
});

test('whatever is refused or ignored says why', () => {
  for (const [entity, name, spec] of everyAttribute) {
    const needsReason = spec.support === 'refused' || spec.support === 'ignored' || spec.refusedValues;
    if (needsReason) expect(spec.because, `${entity}.${name}`).toMatch(/\w/);
  }
  for (const entity of ENTITIES) if (entity.support === 'refused') expect(entity.because).toMatch(/\w/);
});

test('former names are not names of the same entity', () => {
  for (const [entityName, , spec] of everyAttribute) {
    const entity = ENTITIES.find((one) => one.name === entityName)!;
    if (spec.was) expect(Object.keys(entity.attributes)).not.toContain(spec.was);
  }
});

test('entities made in code have every attribute that can be configured, with its default', () => {
  const made = {
    router: makeRouter(),
    sslProfile: makeSslProfile(),
    listener: makeListener(),
    connector: makeConnector(),
    address: makeAddress({ prefix: 'a' }),
    log: makeLog({ module: 'ROUTER' }),
  };
  for (const [section, entity] of Object.entries(made)) {
    const configurable = Object.entries(entityOfSection(section)!.attributes).filter(
      ([, { support }]) => support !== 'shown',
    );
    expect(Object.keys(entity).sort()).toEqual([...configurable.map(([name]) => name), 'identity', 'name'].sort());
    for (const [name, spec] of configurable) {
      if (name === 'prefix' || name === 'module') continue;
      expect(entity, name).toMatchObject({ [name]: defaultOf(spec) });
    }
  }
});

test('types are found by section and by full name', () => {
  expect(entityOfSection('address')?.name).toBe('router.config.address');
  expect(entityOfSection('org.apache.qpid.dispatch.router.config.address')?.section).toBe('address');
  expect(fullTypeName(entityOfSection('address')!)).toBe('org.apache.qpid.dispatch.router.config.address');
  expect(entityOfSection('org.amqp.management')?.section).toBeNull();
  expect(SECTIONS).toHaveLength(14);
});
