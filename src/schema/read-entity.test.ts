import { describe, expect, test } from 'vitest';
import { formatFault } from './faults.ts';
import { readConfiguration } from './read-configuration.ts';

/** The faults as people see them. */
function faultsOf(text: string, fileName = 'f.conf'): string[] {
  return readConfiguration(text, fileName).faults.map(formatFault);
}

function configurationOf(text: string, fileName = 'f.conf') {
  const { configuration, faults } = readConfiguration(text, fileName);
  expect(faults.map(formatFault)).toEqual([]);
  return configuration;
}

describe('values', () => {
  const router = (line: string) => configurationOf(`router {\n${line}\n}`)!.router;

  test.each(['yes', 'YES', 'true', 'True', 'on'])('%s is true', (word) => {
    expect(router(`timestampsInUTC: ${word}`).timestampsInUTC).toBe(true);
  });

  test('an enumeration takes the index of a member', () => {
    expect(router('defaultDistribution: 1').defaultDistribution).toBe('closest');
  });

  test('a number written as a string is a number, and a string written as a number is a string', () => {
    const text = '[["router", {"drainSeconds": "7", "id": 42}], ["listener", {"port": 0}]]';
    const { router, listeners } = configurationOf(text, 'f.json')!;
    expect([router.drainSeconds, router.id, listeners[0].port]).toEqual([7, '42', '0']);
  });

  test('YAML numbers keep their digits where a string is meant', () => {
    expect(configurationOf('router: { id: 007 }', 'f.yaml')!.router.id).toBe('007');
  });

  test.each(['3.7', 'true', '1e3', '0x10', '"9999999999"', '-1'])('%s is no number of seconds', (value) => {
    expect(faultsOf(`[["router", {"drainSeconds": ${value.replace('0x10', '"0x10"')}}]]`, 'f.json')).toHaveLength(1);
  });

  test('maps and lists are no values, and null is none', () => {
    expect(faultsOf('[["router", {"id": {}, "metadata": [1], "mode": null}]]', 'f.json')).toEqual([
      'f.json:1:20: error: id is one value, not a map',
      'f.json:1:36: error: metadata is one value, not a list',
      'f.json:1:49: error: mode has no value; remove it to have its default',
    ]);
  });

  test('0 sessions, and more than there can be, are all of them', () => {
    const sessions = (n: number) => configurationOf(`listener {\nmaxSessions: ${n}\n}`)!.listeners[0].maxSessions;
    expect([0, 1, 40000].map(sessions)).toEqual([32768, 1, 32768]);
  });

  test('a waypoint has consumers at phase 1 unless phases are given', () => {
    const address = (lines: string) => configurationOf(`address {\nprefix: a\n${lines}\n}`)!.addresses[0];
    expect(address('waypoint: yes')).toMatchObject({ waypoint: true, ingressPhase: 0, egressPhase: 1 });
    expect(address('waypoint: yes\ningressPhase: 2\negressPhase: 3')).toMatchObject({
      ingressPhase: 2,
      egressPhase: 3,
    });
    expect(address('')).toMatchObject({ ingressPhase: 0, egressPhase: 0, priority: -1 });
  });
});

describe('names', () => {
  test('may be written with blanks, _, - and . between their words', () => {
    const listener = configurationOf('listener {\nmax-frame-size: 600\nauthenticate_peer: on\n}')!.listeners[0];
    expect(listener).toMatchObject({ maxFrameSize: 600, authenticatePeer: true });
    expect(configurationOf('[["router", {"default distribution": "closest"}]]', 'f.json')!.router).toMatchObject({
      defaultDistribution: 'closest',
    });
  });

  test('that were used formerly are taken with a warning', () => {
    const { configuration, faults } = readConfiguration('listener {\n  failoverList: a:1\n}', 'f.conf');
    expect(configuration?.listeners[0].failoverUrls).toBe('a:1');
    expect(faults.map(formatFault)).toEqual(['f.conf:2:3: warning: failoverList is a former name; write failoverUrls']);
  });

  test('of one attribute cannot both be given', () => {
    expect(faultsOf('listener {\nfailoverList: a\nfailoverUrls: a\n}')).toContain(
      'f.conf:3:1: error: failoverUrls stands twice in this section (failoverList is its former name)',
    );
  });

  test('that the router gives, or only shows, cannot be configured', () => {
    expect(faultsOf('router {\nidentity: x\ntype: router\nuptimeSeconds: 3\narea: 0\n}\nconnection {\n}')).toEqual([
      'f.conf:2:1: error: identity cannot be configured: the router gives it',
      'f.conf:3:1: error: type cannot be configured: the router gives it',
      'f.conf:4:1: error: uptimeSeconds of router cannot be configured: management shows it',
      'f.conf:7:1: error: connection cannot be configured: management shows it',
    ]);
  });

  test('that belong to every object are no attributes', () => {
    const faults = faultsOf('router {\nconstructor: x\n__proto__: y\n}\ntoString {\n}');
    expect(faults.map((fault) => fault.slice(0, 14))).toEqual(['f.conf:2:1: er', 'f.conf:3:1: er', 'f.conf:5:1: er']);
  });
});
