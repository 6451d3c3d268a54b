// Entities of routing that Weft does not carry out yet: a file that has one of them does not start.
import { choice, type EntitySpec, flag, integer, refused, shown, shownChoice, text } from './attribute.ts';

const DIRECTIONS = ['in', 'out'] as const;
const OPERATIONS = ['CREATE', 'DELETE', 'READ'] as const;
const LINK_ROUTES = 'link routes are not carried out yet, so these links would be routed by message';
const AUTO_LINKS = 'auto links are not carried out yet, so the broker would get no links';
const EXCHANGES = 'exchanges are not carried out yet, so messages would not reach what is bound';
const phase = (about: string) => integer(about, undefined, { maximum: 9 });

export const linkRouteSpec: EntitySpec = {
  name: 'router.config.linkRoute',
  section: 'linkRoute',
  about: 'Addresses whose links go through to one container',
  extends: 'configurationEntity',
  operations: OPERATIONS,
  support: 'refused',
  because: LINK_ROUTES,
  attributes: {
    prefix: refused(text('The first words of the addresses meant'), LINK_ROUTES),
    pattern: refused(text('A pattern of the addresses meant'), LINK_ROUTES),
    addExternalPrefix: refused(text('Put in front of the address toward the container'), LINK_ROUTES),
    delExternalPrefix: refused(text('Taken off the address toward the container'), LINK_ROUTES),
    containerId: refused(text('The container, by the id in its open'), LINK_ROUTES),
    connection: refused(text('The container, by the name of its listener or connector'), LINK_ROUTES),
    distribution: refused(
      choice('How links are spread over containers', ['linkBalanced'], 'linkBalanced'),
      LINK_ROUTES,
    ),
    direction: refused(
      choice('in: clients may send; out: clients may receive', DIRECTIONS, undefined, { required: true, was: 'dir' }),
      LINK_ROUTES,
    ),
    operStatus: shownChoice('Whether the container is there', ['inactive', 'active']),
  },
};

export const autoLinkSpec: EntitySpec = {
  name: 'router.config.autoLink',
  section: 'autoLink',
  about: 'A link that the router attaches to a container on its own',
  extends: 'configurationEntity',
  operations: OPERATIONS,
  support: 'refused',
  because: AUTO_LINKS,
  attributes: {
    address: refused(text('Address in the network', undefined, { required: true, was: 'addr' }), AUTO_LINKS),
    direction: refused(
      choice('in: into the network; out: out of it', DIRECTIONS, undefined, { required: true, was: 'dir' }),
      AUTO_LINKS,
    ),
    phase: refused(phase('Phase of the address'), AUTO_LINKS),
    containerId: refused(text('The container, by the id in its open'), AUTO_LINKS),
    connection: refused(text('The container, by the name of its listener or connector'), AUTO_LINKS),
    externalAddress: refused(
      text('Address at the container, if another', undefined, { was: 'externalAddr' }),
      AUTO_LINKS,
    ),
    fallback: refused(flag('Whether the container is the fallback of the address', false), AUTO_LINKS),
    linkRef: shown('string', 'The link attached'),
    operStatus: shownChoice('Where the link stands', [
      'inactive',
      'attaching',
      'failed',
      'active',
      'quiescing',
      'idle',
    ]),
    lastError: shown('string', 'Why the last attempt failed'),
  },
};

export const exchangeSpec: EntitySpec = {
  name: 'router.config.exchange',
  section: 'exchange',
  about: 'An address that hands messages on by their subject',
  extends: 'configurationEntity',
  operations: OPERATIONS,
  support: 'refused',
  because: EXCHANGES,
  attributes: {
    address: refused(text('Address of the exchange', undefined, { required: true }), EXCHANGES),
    phase: refused(phase('Phase of the address'), EXCHANGES),
    alternateAddress: refused(text('Address of what no binding matches'), EXCHANGES),
    alternatePhase: refused(phase('Phase of alternateAddress'), EXCHANGES),
    matchMethod: refused(choice('Grammar of the binding keys', ['amqp', 'mqtt'], 'amqp'), EXCHANGES),
    bindingCount: shown('integer', 'Bindings'),
    receivedCount: shown('integer', 'Messages that arrived'),
    droppedCount: shown('integer', 'Messages that went nowhere'),
    forwardedCount: shown('integer', 'Messages that a binding took'),
    divertedCount: shown('integer', 'Messages that went to alternateAddress'),
  },
};

export const bindingSpec: EntitySpec = {
  name: 'router.config.binding',
  section: 'binding',
  about: 'What an exchange hands on, and where to',
  extends: 'configurationEntity',
  operations: OPERATIONS,
  support: 'refused',
  because: EXCHANGES,
  attributes: {
    exchangeName: refused(text('Name of the exchange', undefined, { required: true }), EXCHANGES),
    bindingKey: refused(text('Pattern of the subjects meant; absent is all'), EXCHANGES),
    nextHopAddress: refused(text('Address to hand messages on to', undefined, { required: true }), EXCHANGES),
    nextHopPhase: refused(phase('Phase of nextHopAddress'), EXCHANGES),
    matchedCount: shown('integer', 'Messages handed on'),
  },
};

export const connectionLinkRouteSpec: EntitySpec = {
  name: 'router.connection.linkRoute',
  section: null,
  about: 'A link route to the very connection that asked for it',
  extends: 'configurationEntity',
  operations: OPERATIONS,
  support: 'refused',
  because: 'it is made by management over the connection that serves it, and link routes are not carried out yet',
  attributes: {
    pattern: refused(text('A pattern of the addresses meant', undefined, { required: true }), LINK_ROUTES),
    direction: refused(
      choice('in: clients may send; out: clients may receive', DIRECTIONS, undefined, { required: true }),
      LINK_ROUTES,
    ),
    containerId: shown('string', 'The container behind the connection'),
  },
};
