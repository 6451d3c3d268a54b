// Entities of TLS, delegated authentication and policy. What Weft does not carry out yet is refused: a router that let in
// whom its configuration keeps out would be worse than one that does not start.
import { type EntitySpec, figure, flag, integer, path, refused, shown, structure, text } from './attribute.ts';

const DELEGATED = 'delegated authentication is not carried out yet; use usersFile of the router';
const POLICY = 'policy is not carried out yet, so nothing would be denied';
const OPERATIONS = ['CREATE', 'DELETE', 'READ'] as const;
const update = { update: true } as const;

export const sslProfileSpec: EntitySpec = {
  name: 'sslProfile',
  section: 'sslProfile',
  about: 'Certificates and rules for TLS; listeners and connectors name it',
  extends: 'configurationEntity',
  operations: OPERATIONS,
  referential: true,
  support: 'full',
  attributes: {
    ciphers: text('Cipher suites, as OpenSSL writes them; those of TLS 1.3 stay unless some are named'),
    protocols: text('Versions of TLS that may be used, separated by blanks; absent is TLSv1.2 TLSv1.3'),
    caCertFile: path('Certificates (PEM) of the authorities that peers are checked against', { was: 'certDb' }),
    certFile: path('Certificate (PEM) of the router, followed by those of intermediate authorities'),
    privateKeyFile: path('Private key (PEM) of the certificate', { was: 'keyFile' }),
    passwordFile: path('File with the password of the private key in its first line', { deprecated: true }),
    // Dispatch shows it in clear to management; we do not.
    password: text(
      'Password of the private key: env:NAME, file:/path, literal:TEXT, pass:TEXT, or the password itself',
      undefined,
      { hidden: true },
    ),
    uidFormat: text(
      'Makes the user id of a client certificate: c, s, l, o, u, n are fields of its subject, 1, 2, 5 its fingerprints',
    ),
    uidNameMappingFile: path('JSON file with display names of such user ids', { was: 'displayNameFile' }),
  },
};

export const authServicePluginSpec: EntitySpec = {
  name: 'authServicePlugin',
  section: 'authServicePlugin',
  about: 'Another service that checks users',
  extends: 'configurationEntity',
  operations: OPERATIONS,
  referential: true,
  support: 'refused',
  because: DELEGATED,
  attributes: {
    authService: refused(text('Address of the service', undefined, { deprecated: true }), DELEGATED),
    host: refused(text('Host of the service', ''), DELEGATED),
    port: refused(text('Port of the service', 'amqp'), DELEGATED),
    realm: refused(text('Host name told to the service', undefined, { was: 'saslInitHostname' }), DELEGATED),
    sslProfile: refused(text('The sslProfile toward the service', undefined, { was: 'authSslProfile' }), DELEGATED),
  },
};

export const policySpec: EntitySpec = {
  name: 'policy',
  section: 'policy',
  about: 'Limits and rules for all clients',
  extends: 'configurationEntity',
  operations: ['READ'],
  singleton: true,
  support: 'full',
  attributes: {
    maxConnections: refused(integer('Connections that all clients together may have', 65535), POLICY),
    maxMessageSize: refused(
      integer('Largest message of any client, in bytes; 0 is any', 0),
      'policy is not carried out yet; use maxMessageSize of the listener',
    ),
    enableVhostPolicy: refused(flag('Whether the vhost entities hold', false), POLICY),
    enableVhostNamePatterns: refused(flag('Whether host names of vhosts are patterns', false), POLICY),
    policyDir: refused(path('Folder of files with vhosts', { default: '' }), POLICY),
    defaultVhost: refused(text('The vhost of clients whose host name has none', '$default'), POLICY),
    connectionsProcessed: figure('Connections judged'),
    connectionsDenied: figure('Connections denied'),
    connectionsCurrent: figure('Connections open'),
    linksDenied: figure('Links denied'),
    maxMessageSizeDenied: figure('Messages denied for their size'),
    totalDenials: figure('All denials'),
  },
};

export const vhostSpec: EntitySpec = {
  name: 'vhost',
  section: 'vhost',
  about: 'What the users of a host name may do',
  extends: 'configurationEntity',
  operations: ['CREATE', 'UPDATE', 'DELETE', 'READ'],
  support: 'refused',
  because: POLICY,
  attributes: {
    hostname: refused(text('Host name that clients open', undefined, { required: true, was: 'id' }), POLICY),
    aliases: refused(text('Other host names with the same policy', undefined, update), POLICY),
    maxConnections: refused(integer('Connections to the vhost', 65535, update), POLICY),
    maxMessageSize: shown('integer', 'Largest message, in bytes'),
    maxConnectionsPerUser: refused(integer('Connections of one user', 65535, update), POLICY),
    maxConnectionsPerHost: refused(integer('Connections from one host', 65535, update), POLICY),
    allowUnknownUser: refused(
      flag('Whether users of no group are let in, by the group $default', false, update),
      POLICY,
    ),
    groups: refused(structure('map', 'Settings by name of user group', update), POLICY),
  },
};

/** The values of `groups` in a vhost; no section of its own. */
export const vhostUserGroupSettingsSpec: EntitySpec = {
  name: 'vhostUserGroupSettings',
  section: null,
  about: 'What the users of a group may do',
  extends: 'configurationEntity',
  operations: ['READ'],
  support: 'refused',
  because: 'it is a part of a vhost, and policy is not carried out yet',
  attributes: {
    users: refused(required('Users of the group'), POLICY),
    remoteHosts: refused(required('Hosts that they may come from'), POLICY),
    maxFrameSize: refused(integer('Largest frame, in bytes'), POLICY),
    maxSessionWindow: refused(integer('Session window, in bytes'), POLICY),
    maxSessions: refused(integer('Sessions of a connection'), POLICY),
    maxSenders: refused(integer('Sending links of a connection', 2147483647), POLICY),
    maxReceivers: refused(integer('Receiving links of a connection', 2147483647), POLICY),
    maxMessageSize: shown('integer', 'Largest message, in bytes'),
    maxConnectionsPerUser: shown('integer', 'Connections of one user'),
    maxConnectionsPerHost: shown('integer', 'Connections from one host'),
    allowDynamicSource: refused(flag('Whether dynamic addresses may be asked for', false), POLICY),
    allowAnonymousSender: refused(flag('Whether senders without a target are allowed', false), POLICY),
    allowUserIdProxy: refused(flag('Whether messages may name another user', false), POLICY),
    allowWaypointLinks: refused(flag('Whether waypoint links may be attached', true), POLICY),
    allowDynamicLinkRoutes: refused(flag('Whether link routes may be made over the connection', true), POLICY),
    allowAdminStatusUpdate: refused(flag('Whether connections may be closed by management', true), POLICY),
    allowFallbackLinks: refused(flag('Whether fallback links may be attached', true), POLICY),
    sources: refused(text('Addresses that may be received from'), POLICY),
    targets: refused(text('Addresses that may be sent to'), POLICY),
    sourcePattern: refused(text('Patterns of addresses that may be received from'), POLICY),
    targetPattern: refused(text('Patterns of addresses that may be sent to'), POLICY),
  },
};

function required(about: string) {
  return text(about, undefined, { required: true });
}
