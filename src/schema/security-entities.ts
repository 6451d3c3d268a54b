// Entities of TLS, delegated authentication and policy. What Weft does not carry out yet is refused: a router that let in
// whom its configuration keeps out would be worse than one that does not start.
import { type EntitySpec, figure, flag, integer, path, refused, structure, text } from './attribute.ts';

const DELEGATED = 'delegated authentication is not carried out yet; use usersFile of the router';
const OPERATIONS = ['CREATE', 'DELETE', 'READ'] as const;
const update = { update: true } as const;
/** An integer that need not be there, where 0 means something. */
const unsettable = { unset: null } as const;

export const sslProfileSpec: EntitySpec = {
  name: 'sslProfile',
  section: 'sslProfile',
  about: 'Certificates and rules for TLS; listeners and connectors name it',
  extends: 'configurationEntity',
  // UPDATE is ours: new certificates for new connections.
  operations: ['CREATE', 'UPDATE', 'DELETE', 'READ'],
  referential: true,
  support: 'full',
  attributes: {
    ciphers: text(
      'Cipher suites, as OpenSSL writes them; those of TLS 1.3 stay unless some are named',
      undefined,
      update,
    ),
    protocols: text(
      'Versions of TLS that may be used, separated by blanks; absent is TLSv1.2 TLSv1.3',
      undefined,
      update,
    ),
    caCertFile: path('Certificates (PEM) of the authorities that peers are checked against', {
      ...update,
      was: 'certDb',
    }),
    certFile: path('Certificate (PEM) of the router, followed by those of intermediate authorities', update),
    privateKeyFile: path('Private key (PEM) of the certificate', { ...update, was: 'keyFile' }),
    passwordFile: path('File with the password of the private key in its first line', { ...update, deprecated: true }),
    // Dispatch shows it in clear to management; we do not.
    password: text(
      'Password of the private key: env:NAME, file:/path, literal:TEXT, pass:TEXT, or the password itself',
      undefined,
      { ...update, hidden: true },
    ),
    uidFormat: text(
      'Makes the user id of a client certificate: c, s, l, o, u, n are fields of its subject, 1, 2, 5 its fingerprints',
      undefined,
      update,
    ),
    uidNameMappingFile: path('JSON file with display names of such user ids', { ...update, was: 'displayNameFile' }),
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
    maxConnections: integer('Connections that all listeners together may have', 65535),
    maxMessageSize: integer(
      'Largest message of any client, in bytes; 0 is any. vhosts and their groups may say otherwise',
      0,
    ),
    enableVhostPolicy: flag('Whether the vhost entities hold', false),
    enableVhostNamePatterns: flag('Whether host names of vhosts are patterns', false),
    policyDir: path('Folder of .json files with vhosts', { default: '' }),
    defaultVhost: text('The vhost of clients whose host name has none', '$default'),
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
  support: 'full',
  attributes: {
    hostname: text('Host name that clients open', undefined, { required: true, was: 'id' }),
    aliases: text('Other host names with the same policy, separated by commas', undefined, update),
    maxConnections: integer('Connections to the vhost', 65535, update),
    maxMessageSize: integer('Largest message, in bytes; 0 is any; absent is that of the policy', undefined, {
      ...unsettable,
      ...update,
    }),
    maxConnectionsPerUser: integer('Connections of one user', 65535, update),
    maxConnectionsPerHost: integer('Connections from one host', 65535, update),
    allowUnknownUser: flag('Whether users of no group are let in, by the group $default', false, update),
    groups: structure('map', 'Settings by name of user group; see vhostUserGroupSettings', update),
  },
};

/** The values of `groups` in a vhost; no section of its own. Lists are texts with commas, or lists. */
export const vhostUserGroupSettingsSpec: EntitySpec = {
  name: 'vhostUserGroupSettings',
  section: null,
  about: 'What the users of a group may do',
  extends: 'configurationEntity',
  operations: ['READ'],
  support: 'full',
  because: 'it is a value of groups in a vhost',
  attributes: {
    users: text('Users of the group; * is everyone else', '', { required: true }),
    remoteHosts: text('Hosts that they may come from: names, IP addresses, IP1-IP2, *', '', { required: true }),
    maxFrameSize: integer('Largest frame, in bytes; 0 is that of the listener', 0, { maximum: 0xffffffff }),
    maxSessionWindow: integer('Session window, in bytes; 0 is that of the listener', 0),
    maxSessions: integer('Sessions of a connection; 0 is that of the listener', 0),
    maxSenders: integer('Sending links of a connection; 0 is any', 2147483647),
    maxReceivers: integer('Receiving links of a connection; 0 is any', 2147483647),
    maxMessageSize: integer('Largest message, in bytes; 0 is any; absent is that of the vhost', undefined, unsettable),
    maxConnectionsPerUser: integer('Connections of one user; absent is that of the vhost', undefined, unsettable),
    maxConnectionsPerHost: integer('Connections from one host; absent is that of the vhost', undefined, unsettable),
    allowDynamicSource: flag('Whether dynamic addresses may be asked for', false),
    allowAnonymousSender: flag('Whether senders without a target are allowed', false),
    allowUserIdProxy: flag('Whether messages may name another user', false),
    allowWaypointLinks: flag('Whether waypoint links may be attached', true),
    allowDynamicLinkRoutes: flag('Whether link routes may be made over the connection', true),
    allowAdminStatusUpdate: flag('Whether connections may be closed by management', true),
    allowFallbackLinks: flag('Whether fallback links may be attached', true),
    sources: text('Addresses that may be received from, separated by commas; a * at the end: begins with', ''),
    targets: text('Addresses that may be sent to, separated by commas; a * at the end: begins with', ''),
    sourcePattern: text('Patterns of addresses that may be received from, in place of sources', ''),
    targetPattern: text('Patterns of addresses that may be sent to, in place of targets', ''),
  },
};
