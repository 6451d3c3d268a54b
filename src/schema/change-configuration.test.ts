import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlainMap } from './attribute.ts';
import { type ChangeRequest, changeConfiguration } from './change-configuration.ts';
import { compareConfigurations } from './compare.ts';
import type { Configuration } from './configuration.ts';
import { listOf } from './configured-types.ts';
import { editConfiguration } from './edit/edit-configuration.ts';
import { entityOfSection } from './entities.ts';
import { readConfiguration } from './read-configuration.ts';
import { asRead } from './running-entities.ts';
import {
  changeableSections,
  ownAttributes,
  someAttributes,
  writtenConfigurations,
} from './testing/random-configuration.ts';

function running(text: string): Configuration {
  const { configuration, faults } = readConfiguration(text, 'w.conf');
  if (configuration === null) throw new Error(JSON.stringify(faults));
  return configuration;
}

function specOf(section: string) {
  const spec = entityOfSection(section);
  if (spec === null) throw new Error(section);
  return spec;
}

const create = (section: string, attributes: PlainMap): ChangeRequest => ({
  kind: 'create',
  spec: specOf(section),
  attributes,
});
const update = (section: string, identity: string, attributes: PlainMap): ChangeRequest => ({
  kind: 'update',
  spec: specOf(section),
  identity,
  attributes,
});
const remove = (section: string, identity: string): ChangeRequest => ({
  kind: 'delete',
  spec: specOf(section),
  identity,
});

function changed(text: string, request: ChangeRequest) {
  const result = changeConfiguration(running(text), request);
  if ('reason' in result) throw new Error(result.reason);
  return result;
}

function reason(text: string, request: ChangeRequest): string {
  const result = changeConfiguration(running(text), request);
  return 'reason' in result ? result.reason : 'it is allowed';
}

const FILE = `
router { 
  id: r
  mode: interior
}
sslProfile {
  name: p
  certFile: /c
  privateKeyFile: /k
}
listener {
  port: 5671
  name: tls
  sslProfile: p
}
address {
  prefix: a
  waypoint: yes
}
`;

describe('an entity made, changed or removed', () => {
  test('is what the same words in the file would be', () => {
    const { configuration, after } = changed(
      FILE,
      create('listener', { port: 5673, 'link-capacity': '7', authenticatePeer: 'yes', openProperties: { a: 1 } }),
    );
    const text = `${FILE}listener {\n port: 5673\n link-capacity: 7\n authenticatePeer: yes\n openProperties: {\n "a": 1\n }\n}\n`;
    expect(configuration).toEqual(running(text));
    expect(after).toMatchObject({ identity: 'listener/:5673', linkCapacity: 7, authenticatePeer: true });
  });

  test('leaves all others the objects that they are', () => {
    const before = running(FILE);
    const result = changeConfiguration(before, create('address', { prefix: 'b' }));
    if ('reason' in result) throw new Error(result.reason);
    expect(result.configuration.addresses[0]).toBe(before.addresses[0]);
    expect(result.configuration.addresses[1]?.identity).toBe('address/1');
    expect(compareConfigurations(before, result.configuration)).toMatchObject([{ kind: 'create', name: 'address/1' }]);
  });

  test('an update keeps what it does not name; null is back to the default', () => {
    const { after } = changed(
      FILE,
      update('sslProfile', 'sslProfile/p', { certFile: '/new', privateKeyFile: '/new-key', protocols: null }),
    );
    expect(after).toMatchObject({ name: 'p', certFile: '/new', privateKeyFile: '/new-key', protocols: '' });
  });

  test('the file is to say what the request said, in the types of the schema', () => {
    const { edit } = changed(FILE, create('listener', { 'max-frame-size': '600', role: '0' }));
    expect(edit).toMatchObject({
      kind: 'create',
      attributes: new Map<string, unknown>([
        ['maxFrameSize', 600],
        ['role', 'normal'],
      ]),
    });
    expect(changed(FILE, remove('address', 'address/0')).edit).toMatchObject({ kind: 'delete', key: 'a/#' });
    expect(changed(FILE, update('log', 'log/SERVER', { enable: 'trace+' })).edit).toMatchObject({
      kind: 'create',
      attributes: new Map([
        ['module', 'SERVER'],
        ['enable', 'trace+'],
      ]),
    });
  });

  test('what is told of it is about it alone', () => {
    expect(
      changed(`${FILE}listener {\n saslMechanisms: PLAIN\n}`, create('address', { prefix: 'b', name: 'n' })).warnings,
    ).toEqual([]);
    expect(changed(FILE, create('listener', { saslMechanisms: 'PLAIN' })).warnings).toEqual([
      'PLAIN is not offered: the router has no usersFile',
    ]);
  });

  test('whatever a file may hold can be looked at as if it had just been read', () => {
    const { addresses } = running(`address {\n prefix: a\n ingressPhase: 0\n egressPhase: 1\n}`);
    const read = asRead(specOf('address'), addresses[0] as (typeof addresses)[number], { line: 1, column: 1 });
    expect([...read.written].sort()).toEqual(['egressPhase', 'ingressPhase', 'prefix']);
  });
});

describe('refused', () => {
  test.each<[string, ChangeRequest, string]>([
    [
      'an unknown attribute',
      create('listener', { prot: 1 }),
      "Unknown attribute 'prot' for 'org.apache.qpid.dispatch.listener'; did you mean 'port'?",
    ],
    [
      'a word that is none of the enumeration',
      create('listener', { role: 'king' }),
      "listener: Invalid value for enum[normal, inter-router, route-container, edge]: 'king' (role)",
    ],
    [
      'a name twice',
      create('listener', { name: 'tls' }),
      'Name conflicts with an existing entity: another listener has this name; names are unique',
    ],
    [
      'a pattern twice',
      create('address', { pattern: 'a.#' }),
      'Name conflicts with an existing entity: another address has this pattern; each pattern stands once',
    ],
    [
      'a role that the mode does not have',
      create('listener', { role: 'edge', requireSsl: true }),
      'requireSsl needs an sslProfile',
    ],
    [
      'a profile that is not there',
      create('listener', { sslProfile: 'q' }),
      "there is no sslProfile 'q'; did you mean 'p'?",
    ],
    [
      'an attribute that is only shown',
      create('connector', { host: 'h', connectionMsg: 'x' }),
      'connectionMsg of connector cannot be configured: management shows it',
    ],
    [
      'an update of what cannot be updated',
      update('sslProfile', 'sslProfile/p', { name: 'q' }),
      "Cannot update attribute 'name' of 'org.apache.qpid.dispatch.sslProfile'",
    ],
    [
      'a certificate without its key',
      update('sslProfile', 'sslProfile/p', { privateKeyFile: null }),
      'certFile needs privateKeyFile, its key',
    ],
    [
      'what listeners use',
      remove('sslProfile', 'sslProfile/p'),
      'sslProfile p is in use by listener tls; delete those first',
    ],
    ['what has gone', remove('listener', 'listener/x'), 'Not Found'],
    [
      'levels that are none',
      update('log', 'log/SERVER', { enable: 'loud' }),
      'there is no log level \'loud\'; allowed are trace, debug, info, notice, warning, error, critical, each with + for "and above", and none and default',
    ],
  ])('%s', (_, request, expected) => {
    expect(reason(FILE, request)).toContain(expected);
  });
});

test('the file with the change written into it reads as what runs after the change', () => {
  let count = 0;
  const seed = Number(process.env['WEFT_SEED'] ?? Date.now() % 1_000_000);
  const choices = fc.record({
    section: fc.constantFrom(...changeableSections),
    kind: fc.constantFrom('create' as const, 'update' as const, 'delete' as const),
    pick: fc.nat(5),
  });
  const wishes = choices.chain((choice) => fc.tuple(fc.constant(choice), someAttributes(choice.section)));
  fc.assert(
    fc.property(writtenConfigurations, wishes, ({ text, fileName }, [{ section, kind, pick }, attributes]) => {
      const { configuration } = readConfiguration(text, fileName);
      if (configuration === null) throw new Error(text);
      const spec = specOf(section);
      const list = listOf(configuration, spec.name);
      const request =
        kind === 'create'
          ? create(section, Object.fromEntries([...ownAttributes(section, 6), ...attributes]))
          : ({
              kind,
              spec,
              identity: list[pick % list.length]?.identity ?? '',
              attributes: Object.fromEntries(attributes),
            } as ChangeRequest);
      const result = changeConfiguration(configuration, request);
      if ('reason' in result) {
        expect(result.reason).toMatch(/^Cannot update|^Not Found/);
        return;
      }
      const edited = editConfiguration(text, fileName, result.edit);
      if ('refusal' in edited) {
        expect(edited.refusal).toMatch(/comments stand within|only people can change/);
        return;
      }
      const reread = readConfiguration(edited.text, fileName).configuration;
      if (reread === null) throw new Error(edited.text);
      expect(compareConfigurations(result.configuration, reread)).toEqual([]);
      count += 1;
    }),
    { seed, numRuns: 400 },
  );
  expect(count).toBeGreaterThan(100);
});
