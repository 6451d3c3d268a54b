// The entities `address` and `log`.
import { choice, type EntitySpec, flag, ignored, integer, refused, text, updatable } from './attribute.ts';
import { DISTRIBUTIONS } from './router-entity.ts';

export const addressSpec: EntitySpec = {
  name: 'router.config.address',
  section: 'address',
  about: 'How messages to some addresses are distributed',
  extends: 'configurationEntity',
  operations: ['CREATE', 'DELETE', 'READ'],
  support: 'full',
  attributes: {
    prefix: text('The first words of the addresses meant', undefined, { unset: null }),
    pattern: text('A pattern of the addresses meant: * is one word, # any number of them', undefined, { unset: null }),
    distribution: choice('Who of several consumers gets a message', DISTRIBUTIONS, 'balanced'),
    waypoint: flag('Whether messages pass through a broker on their way', false),
    ingressPhase: integer('Phase that senders attach to', undefined, { maximum: 9 }),
    egressPhase: integer('Phase that consumers attach to', undefined, { maximum: 9 }),
    priority: integer('Priority of all messages; -1 leaves them their own', undefined, {
      unset: -1,
      minimum: -1,
      maximum: 9,
    }),
    enableFallback: refused(
      flag('Whether messages that nobody else takes go to fallback consumers', false),
      'fallback addresses are not carried out yet',
    ),
  },
};

export const LOG_MODULES = [
  'ROUTER',
  'ROUTER_CORE',
  'ROUTER_HELLO',
  'ROUTER_LS',
  'ROUTER_MA',
  'MESSAGE',
  'SERVER',
  'AGENT',
  'AUTHSERVICE',
  'CONTAINER',
  'ERROR',
  'POLICY',
  'HTTP',
  'CONN_MGR',
  'PYTHON',
  'PROTOCOL',
  'DEFAULT',
] as const;

export const logSpec: EntitySpec = {
  name: 'log',
  section: 'log',
  about: 'What one part of the router logs, and where to',
  extends: 'configurationEntity',
  operations: ['UPDATE', 'READ'],
  support: 'full',
  // What a module does not set it takes from module DEFAULT.
  attributes: {
    module: choice('The part of the router', LOG_MODULES, undefined, { required: true }),
    enable: updatable(
      text('Levels to log, such as `info+` or `trace,error`; none; default', undefined, { unset: 'default' }),
    ),
    includeTimestamp: updatable(
      flag('Whether lines begin with the time', undefined, { unset: null, was: 'timestamp' }),
    ),
    includeSource: ignored(
      updatable(flag('Whether lines end with the place in the source', undefined, { unset: null, was: 'source' })),
      'Weft does not know the place in the source',
    ),
    outputFile: updatable(text('stderr, stdout, or a file to append to', undefined, { was: 'output' })),
    format: updatable(
      choice('Lines as Dispatch writes them, or JSON', ['text', 'json'], undefined, { unset: null, weft: true }),
    ),
  },
};
