import { expect, test } from 'vitest';
import { type Change, compareConfigurations } from './compare.ts';
import { type Configuration, defaultConfiguration } from './configuration.ts';
import { readConfiguration } from './read-configuration.ts';

function configuration(...sections: [string, object][]): Configuration {
  const { configuration, faults } = readConfiguration(JSON.stringify(sections), 'f.json');
  expect(faults).toEqual([]);
  return configuration!;
}

function described(changes: Change[]): string[] {
  return changes.map(
    ({ kind, entityType, name, live, attributes }) =>
      `${kind} ${entityType} ${name}${attributes.length ? `: ${attributes.join(' ')}` : ''}${live ? '' : ' (restart)'}`,
  );
}

test('a configuration differs in nothing from itself', () => {
  const sections: [string, object][] = [
    ['router', { id: 'a' }],
    ['listener', { openProperties: { a: [1, { b: 2 }] } }],
    ['address', { prefix: 'a' }],
    ['log', { module: 'DEFAULT', enable: 'info' }],
  ];
  expect(compareConfigurations(configuration(...sections), configuration(...sections))).toEqual([]);
  expect(compareConfigurations(defaultConfiguration(), defaultConfiguration())).toEqual([]);
});

test('deletions come before changes, and changes before creations, so that a port is free before it is taken again', () => {
  const running = configuration(
    ['listener', { port: 1, name: 'old' }],
    ['listener', { port: 2 }],
    ['connector', { port: 3 }],
    ['log', { module: 'ROUTER', enable: 'info' }],
  );
  const wanted = configuration(
    ['listener', { port: 1, name: 'new' }],
    ['listener', { port: 2, maxFrameSize: 1000, linkCapacity: 7 }],
    ['connector', { port: 4 }],
    ['log', { module: 'ROUTER', enable: 'debug' }],
    ['log', { module: 'SERVER', enable: 'debug' }],
  );
  expect(described(compareConfigurations(running, wanted))).toEqual([
    'delete listener old',
    'delete connector connector/127.0.0.1:3',
    'change listener listener/:2: maxFrameSize linkCapacity',
    'change log log/ROUTER: enable',
    'create listener new',
    'create connector connector/127.0.0.1:4',
    'create log log/SERVER',
  ]);
});

test('the entities before and after are handed on', () => {
  const running = configuration(['listener', { port: 2 }], ['listener', { port: 3 }]);
  const wanted = configuration(['listener', { port: 2, cost: 1, linkCapacity: 1 }], ['listener', { port: 4 }]);
  const [gone, changed, added] = compareConfigurations(running, wanted);
  expect(gone).toMatchObject({ before: running.listeners[1], after: null });
  expect(changed).toMatchObject({ before: running.listeners[0], after: wanted.listeners[0] });
  expect(added).toMatchObject({ before: null, after: wanted.listeners[1] });
});

test('addresses are known by their patterns, not by their order', () => {
  const running = configuration(['address', { prefix: 'a' }], ['address', { pattern: 'b.#.*' }]);
  const wanted = configuration(
    ['address', { prefix: 'first' }],
    ['address', { pattern: 'b.*.#', distribution: 'closest' }],
    ['address', { prefix: 'a/' }],
  );
  expect(described(compareConfigurations(running, wanted))).toEqual([
    'change address address/1: pattern distribution',
    'create address address/0',
  ]);
});

test('the router needs a restart, but for what it takes over as it runs', () => {
  const running = configuration(['router', { id: 'a' }]);
  const changesTo = (attributes: object) =>
    described(compareConfigurations(running, configuration(['router', attributes])));
  expect(changesTo({ id: 'a', drainSeconds: 9, usersFile: 'x', defaultDistribution: 'closest' })).toEqual([
    'change router router/a: defaultDistribution drainSeconds usersFile',
  ]);
  expect(changesTo({ id: 'b', drainSeconds: 9 })).toEqual(['change router router/b: id drainSeconds (restart)']);
  const { configuration: other } = readConfiguration('router {\nid: a\nworkerThreads: 8\n}', 'f.conf');
  expect(described(compareConfigurations(running, other!))).toEqual(['change router router/a: workerThreads']);
});

test('a name given or taken away is a change', () => {
  const running = configuration(['address', { prefix: 'a' }]);
  const wanted = configuration(['address', { prefix: 'a', name: 'x' }]);
  expect(described(compareConfigurations(running, wanted))).toEqual(['change address x: name']);
  expect(described(compareConfigurations(wanted, running))).toEqual(['change address address/0: name']);
});
