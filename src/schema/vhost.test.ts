import { describe, expect, test } from 'vitest';
import { makeVhost } from './configuration.ts';
import { readIpAddress } from './ip-address.ts';
import { readConfiguration, readVhostFile } from './read-configuration.ts';
import { nameConflicts, readVhost } from './vhost.ts';
import { readHostRule, USER_TOKEN } from './vhost-rules.ts';

function errorsOf(groups: Record<string, object>, more: object = {}): readonly string[] {
  return readVhost(makeVhost({ hostname: 'v', groups: groups as never, ...more })).errors;
}

test('lists are texts with commas or lists; words are trimmed, and each counts once', () => {
  const { vhost } = readVhost(
    makeVhost({
      hostname: 'v',
      aliases: 'a, b',
      groups: { g: { users: ' ann,bob , ann', remoteHosts: ['*'], sources: ['x', ' y '], maxSenders: '5' } },
    }),
  );
  expect(vhost?.aliases).toEqual(['a', 'b']);
  expect(vhost?.groups.get('g')).toMatchObject({
    ...{ users: ['ann', 'bob'], remoteHosts: ['*'], sources: ['x', 'y'], targets: [], maxSenders: 5 },
    ...{ maxReceivers: 2147483647, maxMessageSize: null, maxConnectionsPerUser: null, maxFrameSize: 0 },
    ...{ allowDynamicSource: false, allowWaypointLinks: true },
  });
});

test('truth values may be words', () => {
  const { vhost, errors } = readVhost(
    makeVhost({ hostname: 'v', groups: { g: { allowDynamicSource: 'true', allowWaypointLinks: 'no' } } }),
  );
  expect(errors).toEqual([]);
  expect(vhost?.groups.get('g')).toMatchObject({ allowDynamicSource: true, allowWaypointLinks: false });
});

describe('cannot be meant:', () => {
  test.each([
    ['a group that is no map', { g: 'x' as never }, "group 'g' is a map of settings"],
    ['a negative limit', { g: { maxSenders: -1 } }, "group 'g': maxSenders is a whole number from 0 on"],
    [
      'a word for a truth value',
      { g: { allowDynamicSource: 'perhaps' } },
      "group 'g': allowDynamicSource is true or false",
    ],
    [
      'a user in two groups',
      { g: { users: 'ann' }, h: { users: 'ann' } },
      "user 'ann' is in the groups 'g' and 'h'; one is allowed",
    ],
    [
      'everyone else in two groups',
      { g: { users: '*' }, h: { users: '*' } },
      "user '*' is in the groups 'g' and 'h'; one is allowed",
    ],
    [
      'both forms of a list',
      { g: { sources: 'a', sourcePattern: 'b' } },
      "group 'g': sources and sourcePattern exclude each other",
    ],
    [
      'the user twice in an item',
      { g: { sources: `${USER_TOKEN}.${USER_TOKEN}` } },
      `group 'g': sources: '${USER_TOKEN}.${USER_TOKEN}' names ${USER_TOKEN} more than once`,
    ],
    [
      'the user within a pattern',
      { g: { targetPattern: `a/${USER_TOKEN}/b` } },
      `group 'g': targetPattern: 'a/${USER_TOKEN}/b': in a pattern ${USER_TOKEN} is the first or the last word`,
    ],
    [
      'the user as a part of a word of a pattern',
      { g: { targetPattern: `a/x${USER_TOKEN}` } },
      `group 'g': targetPattern: 'a/x${USER_TOKEN}': in a pattern ${USER_TOKEN} is the first or the last word`,
    ],
    [
      'a range that ends before it begins',
      { g: { remoteHosts: '10.0.0.9-10.0.0.1' } },
      "group 'g': remoteHosts: '10.0.0.9-10.0.0.1' ends before it begins",
    ],
  ])('%s', (_, groups, error) => {
    expect(errorsOf(groups)).toEqual([error]);
  });

  test('strangers without a group', () => {
    expect(errorsOf({}, { allowUnknownUser: true })).toEqual([
      "allowUnknownUser needs a group '$default': the settings of users who are in no other one",
    ]);
  });

  test('two vhosts with one name', () => {
    expect(
      nameConflicts(
        [
          { hostname: 'a', aliases: 'c' },
          { hostname: 'b', aliases: 'a, c' },
        ],
        false,
      ),
    ).toEqual([
      ['b', "the alias 'a' is a name of the vhost 'a'"],
      ['b', "the alias 'c' is a name of the vhost 'a'"],
    ]);
    const patterns = [
      { hostname: '*.#', aliases: '' },
      { hostname: '#.*', aliases: '' },
    ];
    expect(nameConflicts(patterns, false)).toEqual([]);
    expect(nameConflicts(patterns, true)).toEqual([['#.*', "the hostname '#.*' is a name of the vhost '*.#'"]]);
  });
});

test('settings that there are not have no effect, and are told', () => {
  const { vhost, warnings } = readVhost(makeVhost({ hostname: 'v', groups: { g: { source: 'a', maxSenders: 0 } } }));
  expect(vhost).not.toBeNull();
  expect(warnings[0]).toContain("group 'g': there is no setting 'source'; did you mean 'sources'?");
  expect(warnings[1]).toContain('maxSenders and maxReceivers of 0 bound nothing');
});

test.each([
  ['10.0.0.1', '0a000001'],
  ['255.255.255.255', 'ffffffff'],
  ['::1', '00000000000000000000000000000001'],
  ['::', '00000000000000000000000000000000'],
  ['fe80::1%eth0', 'fe800000000000000000000000000001'],
  ['2001:DB8:0:0:0:0:0:1', '20010db8000000000000000000000001'],
  ['::ffff:10.0.0.1', '0a000001'],
  ['64:ff9b::10.0.0.1', '0064ff9b00000000000000000a000001'],
  ['256.0.0.1', null],
  ['10.0.0', null],
  ['10.0.0.1.2', null],
  ['1::2::3', null],
  ['1:2:3', null],
  ['1:2:3:4:5:6:7:8:9', null],
  ['1:2:3:4:5:6:7::8:9', null],
  ['12345::', null],
  ['10.0.0.1::', null],
  ['host', null],
  ['', null],
])('the IP address %s is %s', (text, expected) => {
  expect(readIpAddress(text)).toBe(expected);
});

test.each([
  ['*', { kind: 'any' }],
  ['10.0.0.1', { kind: 'range', low: '0a000001', high: '0a000001' }],
  ['10.0.0.1-10.0.1.0', { kind: 'range', low: '0a000001', high: '0a000100' }],
  ['my-host.example.org', { kind: 'name', name: 'my-host.example.org' }],
  ['10.0.0.1-::1', "'10.0.0.1-::1' goes from one kind of IP address to the other"],
  ['10.0.0.1-host', "'10.0.0.1-host' is no range of two IP addresses"],
  ['300.1.1.1', "'300.1.1.1' is no IP address"],
  ['10.0.0.0/8', "'10.0.0.0/8' is no host name and no IP address"],
])('the host %s is %j', (item, expected) => {
  expect(readHostRule(item)).toEqual(expected);
});

test('faults of vhosts are told with line and column', () => {
  const text = `policy {
    enableVhostPolicy: yes
}
vhost {
    hostname: a
    aliases: b
    groups: {
        "g": {"users": "ann", "sources": "x", "sourcePattern": "y"}
    }
}
vhost {
    hostname: b
}`;
  const told = readConfiguration(text, 'f.conf').faults.map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );
  expect(told).toEqual([
    "6:14 the alias 'b' is a name of the vhost 'b'",
    "7:13 group 'g': sources and sourcePattern exclude each other",
  ]);
});

test('a file of policyDir holds vhosts; what else stands there is told', () => {
  const { vhosts, faults } = readVhostFile('[["vhost", {"hostname": "a"}], ["listener", {"port": 1}]]', 'p.json');
  expect(vhosts?.map(({ hostname }) => hostname)).toEqual(['a']);
  expect(faults.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
    'warning: listener has no effect here: files of policyDir hold vhosts',
  ]);
});
