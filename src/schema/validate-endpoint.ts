// Rules for listeners and connectors: what a role allows, places to listen and to connect to, SASL, the open's properties.
import type { PlainMap } from './attribute.ts';
import { isPort, parseFailoverUrls } from './failover-urls.ts';
import type { Faults } from './faults.ts';
import { suggestion } from './names.ts';
import { placeOf, type ReadEntity, textOf } from './read-entity.ts';

/** The mechanisms that Weft has. */
const SASL_MECHANISMS = ['ANONYMOUS', 'PLAIN', 'EXTERNAL'] as const;

/** What `messageLoggingComponents` may name. */
const MESSAGE_COMPONENTS = [
  'message-id',
  'user-id',
  'to',
  'subject',
  'reply-to',
  'correlation-id',
  'content-type',
  'content-encoding',
  'absolute-expiry-time',
  'creation-time',
  'group-id',
  'group-sequence',
  'reply-to-group-id',
  'app-properties',
] as const;

/** Keys of the open's properties that the router sets itself, or that have a meaning for peers. */
const RESERVED_PROPERTIES = [
  'product',
  'version',
  'failover-server-list',
  'network-host',
  'port',
  'scheme',
  'hostname',
];
const RESERVED_PREFIXES = ['qd.', 'x-opt-qd.'];

export function checkListener(listener: ReadEntity, mode: string, hasUsersFile: boolean, faults: Faults): void {
  checkEndpoint(listener, mode, faults);
  for (const fault of parseFailoverUrls(textOf(listener, 'failoverUrls')).faults) {
    faults.error(placeOf(listener, 'failoverUrls'), fault);
  }
  const mechanisms = textOf(listener, 'saslMechanisms').split(/\s+/).filter(Boolean);
  if (mechanisms.includes('PLAIN') && !hasUsersFile) {
    faults.warning(placeOf(listener, 'saslMechanisms'), 'PLAIN is not offered: the router has no usersFile');
  }
  if (mechanisms.includes('EXTERNAL') && textOf(listener, 'sslProfile') === '') {
    faults.warning(placeOf(listener, 'saslMechanisms'), 'EXTERNAL is not offered: the listener has no sslProfile');
  }
}

export function checkConnector(connector: ReadEntity, mode: string, faults: Faults): void {
  checkEndpoint(connector, mode, faults);
  const port = textOf(connector, 'port');
  if (/^0+$/.test(port)) faults.error(placeOf(connector, 'port'), 'port 0 is nowhere to connect to');
  const password = textOf(connector, 'saslPassword');
  if (password !== '' && !/^(env|file):/.test(password)) {
    faults.warning(
      placeOf(connector, 'saslPassword'),
      'the password stands in clear in this file; write env:NAME or file:/path to keep it elsewhere',
    );
  }
}

/** What holds for listeners and connectors alike. */
function checkEndpoint(entity: ReadEntity, mode: string, faults: Faults): void {
  checkRole(entity, mode, faults);
  checkPlace(entity, faults);
  checkMechanisms(entity, faults);
  const components = textOf(entity, 'messageLoggingComponents');
  for (const component of components.split(',').map((one) => one.trim())) {
    if (!['', 'none', 'all', ...MESSAGE_COMPONENTS].includes(component)) {
      const known = suggestion(component, ['none', 'all', ...MESSAGE_COMPONENTS]);
      faults.error(placeOf(entity, 'messageLoggingComponents'), `messages have no part '${component}'${known}`);
    }
  }
  checkOpenProperties(entity, faults);
}

function checkRole(entity: ReadEntity, mode: string, faults: Faults): void {
  const role = textOf(entity, 'role');
  const place = placeOf(entity, 'role');
  const isBetweenRouters = role === 'inter-router' || role === 'edge';
  if (isBetweenRouters && mode === 'standalone') {
    faults.error(
      place,
      `role ${role} connects routers, and a router of mode standalone has no others; use role normal`,
    );
  } else if (role === 'inter-router' && mode !== 'interior') {
    faults.error(place, 'role inter-router is for routers of mode interior; an edge router uses role edge');
  } else if (role === 'edge' && mode === 'edge' && entity.spec.name === 'listener') {
    faults.error(
      place,
      'an edge router has connectors of role edge, no listeners; the listener is at the interior router',
    );
  }
}

function checkPlace(entity: ReadEntity, faults: Faults): void {
  const host = textOf(entity, 'host');
  const port = textOf(entity, 'port');
  if (host === 'unix:')
    faults.error(placeOf(entity, 'host'), 'the path of the Unix socket is missing; write unix:/path');
  else if (!host.startsWith('unix:') && /[\s[\]]|^[^:]*:\d+$/.test(host)) {
    faults.error(
      placeOf(entity, 'host'),
      'host is a name or an IP address without port and brackets; the port has its own attribute',
    );
  }
  if (entity.attributes.has('port') && !isPort(port)) {
    faults.error(
      placeOf(entity, 'port'),
      `port is a number from 0 to 65535 or a name such as amqp, not '${port.slice(0, 40)}'`,
    );
  }
}

/** An allow-list that leaves nothing would keep everyone out, or, for those who skip SASL, no one. */
function checkMechanisms(entity: ReadEntity, faults: Faults): void {
  const written = textOf(entity, 'saslMechanisms').split(/\s+/).filter(Boolean);
  const place = placeOf(entity, 'saslMechanisms');
  const lacking = written.filter((mechanism) => !SASL_MECHANISMS.some((known) => known === mechanism));
  if (lacking.length === 0) return;
  if (lacking.length === written.length) {
    faults.error(place, `none of these mechanisms is carried out; there are ${SASL_MECHANISMS.join(', ')}`);
  } else faults.warning(place, `not carried out, and not offered: ${lacking.join(', ')}`);
}

function checkOpenProperties(entity: ReadEntity, faults: Faults): void {
  const properties = entity.attributes.get('openProperties');
  if (properties === undefined) return;
  const role = textOf(entity, 'role');
  if (role === 'inter-router' || role === 'edge') {
    faults.error(properties.namePlace, `openProperties cannot be set for role ${role}`);
  }
  for (const key of Object.keys(properties.value as PlainMap)) {
    if (!/^[\x20-\x7e]+$/.test(key))
      faults.error(properties.place, 'the keys of openProperties are ASCII and not empty');
    else if (RESERVED_PROPERTIES.includes(key) || RESERVED_PREFIXES.some((prefix) => key.startsWith(prefix))) {
      faults.error(properties.place, `openProperties cannot have the key '${key}': the router sets it itself`);
    }
  }
}
