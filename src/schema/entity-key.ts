// What tells the entities of one type apart: the same for the running entity and for its section in the file, whose places in
// their lists may differ.
import { readPattern } from './address-pattern.ts';
import { defaultOf } from './defaults.ts';
import { type ReadEntity, textOf } from './read-entity.ts';

/** `0.0.0.0:amqp:clients` of a listener, the module of a log, the pattern of an address; '' where there is only one. */
export function keyOf(entity: ReadEntity): string {
  switch (entity.spec.name) {
    case 'listener':
    case 'connector':
      return placeKey(entity);
    case 'router.config.address':
      return patternKey(entity);
    case 'log':
      return textOf(entity, 'module');
    case 'vhost':
      return textOf(entity, 'hostname');
    default:
      return entity.spec.singleton ? '' : textOf(entity, 'name');
  }
}

function placeKey(entity: ReadEntity): string {
  const host = effective(entity, 'host');
  const place = host.startsWith('unix:') ? host : `${host}:${effective(entity, 'port')}`;
  const name = textOf(entity, 'name');
  return name === '' ? place : `${place}:${name}`;
}

/** The same for all spellings of one pattern, a prefix `p` being the pattern `p/#`. */
function patternKey(address: ReadEntity): string {
  const kind = address.attributes.has('prefix') ? 'prefix' : 'pattern';
  const pattern = readPattern(kind, textOf(address, kind));
  return typeof pattern === 'object' ? pattern.normal : pattern;
}

function effective(entity: ReadEntity, attribute: string): string {
  return String(entity.attributes.get(attribute)?.value ?? defaultOf(entity.spec.attributes[attribute]));
}
