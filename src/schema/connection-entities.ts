// The entities `listener` and `connector`: where connections come from, and what holds for each of them.
import {
  type AttributeSpec,
  choice,
  type EntitySpec,
  flag,
  ignored,
  integer,
  path,
  refused,
  shown,
  structure,
  text,
} from './attribute.ts';
import { MAX_SECONDS, MIN_ROUTER_IDLE_TIMEOUT_MS } from './limits.ts';

const role = choice('What the peer is to the router', ['normal', 'inter-router', 'route-container', 'edge'], 'normal');
const cost = integer('Cost of the path to a neighbour router, for role inter-router', 1, {
  minimum: 1,
  maximum: 0x7fffffff,
});
const routerIdleTimeoutMs = integer(
  'Silence in milliseconds after which the connection to another router is lost, for roles inter-router and edge',
  2000,
  { weft: true, minimum: MIN_ROUTER_IDLE_TIMEOUT_MS, maximum: MAX_SECONDS * 1000 },
);
const family = (was: Partial<AttributeSpec>) =>
  choice('Restricts host to one kind of IP address; absent is both', ['IPv4', 'IPv6'], undefined, {
    unset: '',
    ...was,
  });
const mechanisms = text('SASL mechanisms that may be used, separated by spaces; absent is all there are');
const maxFrameSize = integer('Largest frame that is taken, in bytes', 16384, { minimum: 512, maximum: 0xffffffff });
const maxSessions = integer('Sessions that a connection may have; 0 is the most there can be', 32768);
const maxSessionFrames = integer(
  'Session window in frames of maxFrameSize bytes; absent or 0 does not bound it',
  undefined,
  { unset: 0, maximum: 0x7fffffff },
);
const idleTimeoutSeconds = integer('Silence after which the connection is lost; 0 is never', 16, {
  maximum: MAX_SECONDS,
});
const stripAnnotations = choice(
  'Direction in which router annotations are taken out of messages',
  ['in', 'out', 'both', 'no'],
  'both',
);
const linkCapacity = integer('Credit that a sending client is given', undefined, {
  unset: 250,
  minimum: 1,
  maximum: 0x7fffffff,
});
const messageLoggingComponents = ignored(
  text(
    'Parts of messages shown in the log module MESSAGE at trace: none, all, or property names separated by commas',
    'none',
    { was: 'logMessage' },
  ),
  'Weft does not log messages yet',
);
const openProperties = structure('properties', 'Properties to add to the open performative');
const sslProfile = text('The sslProfile to use; absent is no TLS');

export const listenerSpec: EntitySpec = {
  name: 'listener',
  section: 'listener',
  about: 'Takes connections',
  extends: 'configurationEntity',
  operations: ['CREATE', 'DELETE', 'READ'],
  support: 'full',
  attributes: {
    host: text('Address to listen on: a name, an IP address, empty for all, or unix:/path for a Unix socket', ''),
    port: text('Port number, or the name of a well-known port', 'amqp'),
    socketAddressFamily: family({ was: 'protocolFamily' }),
    role,
    cost,
    sslProfile,
    saslMechanisms: mechanisms,
    authenticatePeer: flag('Whether the peer must authenticate itself', false),
    saslPlugin: refused(
      text('Name of the authServicePlugin that checks users'),
      'delegated authentication is not carried out yet; use usersFile of the router',
    ),
    requireEncryption: flag('Whether connections in clear are refused', false),
    requireSsl: flag('Whether connections without TLS are refused', false),
    trustedCertsFile: ignored(
      path('Certificates of acceptable issuers', { was: 'trustedCerts' }),
      'it never had an effect; use caCertFile of an sslProfile',
    ),
    maxFrameSize,
    maxSessions,
    maxSessionFrames,
    idleTimeoutSeconds,
    routerIdleTimeoutMs,
    initialHandshakeTimeoutSeconds: integer('Time for a new connection to reach its open; 0 is without end', 0, {
      maximum: MAX_SECONDS,
    }),
    stripAnnotations,
    linkCapacity,
    multiTenant: refused(
      flag('Whether each host name has addresses of its own', false),
      'multi-tenancy is not carried out yet, and tenants would share their addresses',
    ),
    failoverUrls: text(
      'Other routers that clients may turn to, separated by commas: [scheme://]host[:port]',
      undefined,
      {
        was: 'failoverList',
      },
    ),
    healthz: flag('Whether the HTTP server has /healthz and /readyz', true),
    metrics: flag('Whether the HTTP server has /metrics', true),
    websockets: flag('Whether the HTTP server takes AMQP over WebSocket', true),
    http: flag('Whether the port is for HTTP and WebSockets instead of bare AMQP', false),
    httpRootDir: path('Folder of static files of the HTTP server; implies http', { was: 'httpRoot' }),
    messageLoggingComponents,
    policyVhost: text('The vhost whose policy holds here, whatever host name clients open'),
    openProperties,
    maxMessageSize: integer('Largest message that is taken, in bytes; 0 is any', 0, { weft: true }),
  },
};

export const connectorSpec: EntitySpec = {
  name: 'connector',
  section: 'connector',
  about: 'Makes a connection, again whenever it is lost',
  extends: 'configurationEntity',
  operations: ['CREATE', 'DELETE', 'READ'],
  support: 'full',
  attributes: {
    host: text('Name or IP address of the peer', '127.0.0.1'),
    port: text('Port number, or the name of a well-known port', 'amqp'),
    protocolFamily: family({}),
    role,
    cost,
    sslProfile,
    saslMechanisms: mechanisms,
    allowRedirect: ignored(flag('Whether the peer may redirect the connection', true), 'Weft follows no redirects'),
    maxFrameSize,
    maxSessions,
    maxSessionFrames,
    idleTimeoutSeconds,
    routerIdleTimeoutMs,
    stripAnnotations,
    linkCapacity,
    verifyHostname: flag('Whether the certificate must be for the host', true, { was: 'verifyHostName' }),
    saslUsername: text('User to authenticate as'),
    saslPassword: text('Password: env:NAME, file:/path, pass:TEXT, or the password itself', undefined, {
      hidden: true,
    }),
    messageLoggingComponents,
    failoverUrls: shown('string', 'The places that are tried in turn, the next one first', { was: 'failoverList' }),
    connectionStatus: shown('string', 'Where the attempt to connect stands'),
    connectionMsg: shown('string', 'How the last attempt ended'),
    policyVhost: text('The vhost whose group $connector says what the peer may do'),
    openProperties,
    maxMessageSize: integer('Largest message that is taken, in bytes; 0 is any', 0, { weft: true }),
  },
};
