// Rules that one attribute's type cannot express: between attributes, between entities, and about texts with a grammar.
import { literalWildcards, readPattern } from './address-pattern.ts';
import type { PlainMap } from './attribute.ts';
import { isPort, parseFailoverUrls } from './failover-urls.ts';
import type { Faults } from './faults.ts';
import { MAX_ROUTER_ID_LENGTH } from './limits.ts';
import { parseLogEnable } from './log-levels.ts';
import { suggestion } from './names.ts';
import { placeOf, type ReadEntity } from './read-entity.ts';

/** The mechanisms that Weft has. */
export const SASL_MECHANISMS = ['ANONYMOUS', 'PLAIN'] as const;

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

/** Tells all faults of the entities of one file; each has been read already. */
export function validate(entities: readonly ReadEntity[], faults: Faults): void {
  const router = entities.find(({ spec }) => spec.name === 'router');
  const mode = router ? textOf(router, 'mode') || 'standalone' : 'standalone';
  for (const entity of entities) {
    if (entity.spec.name === 'router') checkRouterId(entity, faults);
    else if (entity.spec.name === 'listener') checkListener(entity, mode, textOf(router, 'usersFile') !== '', faults);
    else if (entity.spec.name === 'connector') checkConnector(entity, mode, faults);
    else if (entity.spec.name === 'router.config.address') checkAddress(entity, faults);
    else if (entity.spec.name === 'log') checkLog(entity, faults);
  }
  checkSingletons(entities, faults);
  checkUnique(entities, faults);
}

function checkRouterId(router: ReadEntity, faults: Faults): void {
  const id = textOf(router, 'id');
  const place = placeOf(router, 'id');
  if (id.length > MAX_ROUTER_ID_LENGTH)
    faults.error(place, `id has ${id.length} characters; ${MAX_ROUTER_ID_LENGTH} are allowed`);
  // A slash would end the id within addresses such as _topo/0/<id>/temp.x.
  if (/[\s\p{Cc}/]/u.test(id)) faults.error(place, 'id may hold no blank, no control character and no slash');
}

function checkListener(listener: ReadEntity, mode: string, hasUsersFile: boolean, faults: Faults): void {
  checkEndpoint(listener, mode, faults);
  for (const fault of parseFailoverUrls(textOf(listener, 'failoverUrls')).faults) {
    faults.error(placeOf(listener, 'failoverUrls'), fault);
  }
  const mechanisms = textOf(listener, 'saslMechanisms').split(/\s+/).filter(Boolean);
  if (mechanisms.includes('PLAIN') && !hasUsersFile) {
    faults.warning(placeOf(listener, 'saslMechanisms'), 'PLAIN is not offered: the router has no usersFile');
  }
}

function checkConnector(connector: ReadEntity, mode: string, faults: Faults): void {
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
    faults.error(place, `none of these mechanisms is carried out; there are ${SASL_MECHANISMS.join(' and ')}`);
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

function checkAddress(address: ReadEntity, faults: Faults): void {
  const { written, attributes } = address;
  if (written.has('prefix') === written.has('pattern')) {
    const what = written.has('prefix') ? 'not both' : 'and this address has neither';
    faults.error(address.place, `an address has a prefix or a pattern, ${what}`);
  }
  for (const kind of ['prefix', 'pattern'] as const) {
    const read = attributes.get(kind);
    if (read === undefined) continue;
    const pattern = readPattern(kind, String(read.value));
    if (typeof pattern === 'string') faults.error(read.place, pattern);
    else {
      for (const token of literalWildcards(pattern.text)) {
        faults.warning(read.place, `in '${token}' the * or # is no wildcard: that it is only as a whole word`);
      }
    }
  }
  checkPhases(address, faults);
}

function checkPhases(address: ReadEntity, faults: Faults): void {
  const { written, attributes } = address;
  if (written.has('ingressPhase') !== written.has('egressPhase')) {
    const given = written.has('ingressPhase') ? 'ingressPhase' : 'egressPhase';
    faults.error(placeOf(address, given), 'ingressPhase and egressPhase are given together, or neither of them');
  }
  const hasPhase = ['ingressPhase', 'egressPhase'].some((name) => Number(attributes.get(name)?.value ?? 0) > 0);
  if (attributes.get('enableFallback')?.value === true && (hasPhase || attributes.get('waypoint')?.value === true)) {
    faults.error(
      placeOf(address, 'enableFallback'),
      'an address with a fallback can be no waypoint and have no phase but 0',
    );
  }
}

function checkLog(log: ReadEntity, faults: Faults): void {
  const enable = log.attributes.get('enable');
  if (enable) for (const fault of parseLogEnable(String(enable.value)).faults) faults.error(enable.place, fault);
  if (textOf(log, 'outputFile') === 'syslog') {
    faults.warning(placeOf(log, 'outputFile'), 'syslog is not carried out yet; the lines go to stderr');
  }
}

function checkSingletons(entities: readonly ReadEntity[], faults: Faults): void {
  const first = new Map<string, ReadEntity>();
  for (const entity of entities.filter(({ spec }) => spec.singleton)) {
    const before = first.get(entity.spec.name);
    if (!before) first.set(entity.spec.name, entity);
    else
      faults.error(
        entity.place,
        `there can be only one section ${entity.spec.section}; the first is in line ${before.place.line}`,
      );
  }
}

/** No two entities of a type may share a name, a log module, a place to listen on or to connect to, or a pattern. */
function checkUnique(entities: readonly ReadEntity[], faults: Faults): void {
  const first = new Map<string, ReadEntity>();
  for (const entity of entities) {
    for (const { what, attribute, advice } of uniqueValues(entity)) {
      const key = JSON.stringify([entity.spec.name, what]);
      const before = first.get(key);
      if (!before) first.set(key, entity);
      else {
        const line = before.place.line;
        faults.error(
          placeOf(entity, attribute),
          `another ${entity.spec.section} (line ${line}) has this ${what[0]}; ${advice}`,
        );
      }
    }
  }
}

interface UniqueValue {
  readonly what: readonly [string, string];
  readonly attribute: string;
  readonly advice: string;
}

function* uniqueValues(entity: ReadEntity): Iterable<UniqueValue> {
  const name = textOf(entity, 'name');
  if (name !== '') yield { what: ['name', name], attribute: 'name', advice: 'names are unique' };
  const type = entity.spec.name;
  if (type === 'log')
    yield { what: ['module', textOf(entity, 'module')], attribute: 'module', advice: 'write one section a module' };
  if (type === 'vhost')
    yield {
      what: ['hostname', textOf(entity, 'hostname')],
      attribute: 'hostname',
      advice: 'write one section a host name',
    };
  if ((type === 'listener' || type === 'connector') && name === '') {
    const host = effective(entity, 'host');
    const place = host.startsWith('unix:') ? host : `${host}:${effective(entity, 'port')}`;
    yield { what: ['host and port', place], attribute: 'host', advice: 'give one of them a name' };
  }
  for (const kind of ['prefix', 'pattern'] as const) {
    const written = type === 'router.config.address' ? entity.attributes.get(kind) : undefined;
    const pattern = written && readPattern(kind, String(written.value));
    if (typeof pattern === 'object')
      yield { what: ['pattern', pattern.normal], attribute: kind, advice: 'each pattern stands once' };
  }
}

/** The attribute as text; '' when it was not written, or was of no use. */
function textOf(entity: ReadEntity | undefined, attribute: string): string {
  return String(entity?.attributes.get(attribute)?.value ?? '');
}

function effective(entity: ReadEntity, attribute: string): string {
  return String(entity.attributes.get(attribute)?.value ?? entity.spec.attributes[attribute].default);
}
