// Rules that one attribute's type cannot express: between attributes, between entities, and about texts with a grammar.
import { readPattern } from './address-pattern.ts';
import type { Faults } from './faults.ts';
import { MAX_ROUTER_ID_LENGTH } from './limits.ts';
import { parseLogEnable } from './log-levels.ts';
import { placeOf, type ReadEntity, textOf } from './read-entity.ts';
import { checkAddress } from './validate-address.ts';
import { checkConnector, checkListener } from './validate-endpoint.ts';
import { checkSslProfile, checkUseOfTls } from './validate-tls.ts';
import { checkVhosts } from './validate-vhost.ts';

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
    else if (entity.spec.name === 'sslProfile') checkSslProfile(entity, faults);
  }
  checkUseOfTls(entities, faults);
  checkVhosts(entities, faults);
  checkSingletons(entities, faults);
  checkUnique(entities, faults);
}

function checkRouterId(router: ReadEntity, faults: Faults): void {
  const id = textOf(router, 'id');
  const place = placeOf(router, 'id');
  if (id.length > MAX_ROUTER_ID_LENGTH) {
    faults.error(place, `id has ${id.length} characters; ${MAX_ROUTER_ID_LENGTH} are allowed`);
  }
  // A slash would end the id within addresses such as _topo/0/<id>/temp.x.
  if (/[\s\p{Cc}/]/u.test(id)) faults.error(place, 'id may hold no blank, no control character and no slash');
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
    else {
      const line = before.place.line;
      const only = `there can be only one section ${entity.spec.section}`;
      faults.error(entity.place, `${only}; the first is in line ${line}`, only);
    }
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
        const another = `another ${entity.spec.section} (line ${before.place.line})`;
        const inManagement = `Name conflicts with an existing entity: another ${entity.spec.section} has this ${what[0]}; ${advice}`;
        faults.error(placeOf(entity, attribute), `${another} has this ${what[0]}; ${advice}`, inManagement);
      }
    }
  }
}

interface UniqueValue {
  /** What kind of value it is, for people, and the value. */
  readonly what: readonly [string, string];
  readonly attribute: string;
  readonly advice: string;
}

function uniqueValues(entity: ReadEntity): UniqueValue[] {
  const name = textOf(entity, 'name');
  const ownName: UniqueValue = { what: ['name', name], attribute: 'name', advice: 'names are unique' };
  return [...(name === '' ? [] : [ownName]), ...valuesByType(entity, name !== '')];
}

function valuesByType(entity: ReadEntity, hasName: boolean): UniqueValue[] {
  switch (entity.spec.name) {
    case 'log':
      return [
        { what: ['module', textOf(entity, 'module')], attribute: 'module', advice: 'write one section a module' },
      ];
    case 'vhost': {
      const hostname = textOf(entity, 'hostname');
      return [{ what: ['hostname', hostname], attribute: 'hostname', advice: 'write one section a host name' }];
    }
    case 'listener':
    case 'connector': {
      const host = effective(entity, 'host');
      const place = host.startsWith('unix:') ? host : `${host}:${effective(entity, 'port')}`;
      return hasName ? [] : [{ what: ['host and port', place], attribute: 'host', advice: 'give one of them a name' }];
    }
    case 'router.config.address':
      return uniquePatterns(entity);
    default:
      return [];
  }
}

function uniquePatterns(address: ReadEntity): UniqueValue[] {
  return (['prefix', 'pattern'] as const).flatMap((attribute) => {
    const read = address.attributes.get(attribute);
    const pattern = read && readPattern(attribute, String(read.value));
    if (typeof pattern !== 'object') return [];
    return { what: ['pattern', pattern.normal], attribute, advice: 'each pattern stands once' };
  });
}

function effective(entity: ReadEntity, attribute: string): string {
  return String(entity.attributes.get(attribute)?.value ?? entity.spec.attributes[attribute].default);
}
