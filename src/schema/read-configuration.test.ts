import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultConfiguration, makeAddress, makeListener, makeLog, makePolicy, makeRouter } from './configuration.ts';
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

describe('the three forms', () => {
  const read = (extension: string) => {
    const name = `examples/configuration/router.${extension}`;
    return configurationOf(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'), name);
  };

  test('say the same in the examples', () => {
    const conf = read('conf');
    expect(conf).not.toBeNull();
    expect(read('json')).toEqual(conf);
    expect(read('yaml')).toEqual(conf);
  });

  test('are read into what the example means', () => {
    expect(read('conf')).toEqual({
      router: makeRouter({ id: 'weft-1', drainSeconds: 10 }),
      listeners: [
        makeListener({ name: 'local', host: 'localhost', saslMechanisms: 'ANONYMOUS' }),
        makeListener({ name: 'socket', host: 'unix:/tmp/weft-1.sock', saslMechanisms: 'ANONYMOUS' }),
        makeListener({
          name: 'partners',
          host: '::1',
          port: '5673',
          socketAddressFamily: 'IPv6',
          saslMechanisms: 'ANONYMOUS',
          maxFrameSize: 65536,
          maxSessions: 64,
          linkCapacity: 100,
          maxMessageSize: 1048576,
          idleTimeoutSeconds: 30,
          initialHandshakeTimeoutSeconds: 5,
          failoverUrls: 'amqp://router-2.example.org, amqp://router-3.example.org:5673',
          openProperties: { environment: 'example', team: { name: 'integration', floor: 3 } },
        }),
      ],
      connectors: [],
      sslProfiles: [],
      addresses: [
        makeAddress({ prefix: 'orders', distribution: 'closest' }, 0),
        makeAddress({ pattern: '*/events/#', distribution: 'multicast', name: 'events' }, 1),
        makeAddress({ prefix: 'closed', distribution: 'unavailable' }, 2),
      ],
      logs: [
        makeLog({ module: 'DEFAULT', enable: 'info+', outputFile: 'stderr', includeTimestamp: true }),
        makeLog({ module: 'PROTOCOL', enable: 'none' }),
      ],
      policy: makePolicy(),
      vhosts: [],
    });
  });

  test('say the same in the guide', () => {
    const guide = readFileSync(new URL('../../docs/guide/configuration.md', import.meta.url), 'utf8');
    const [conf, json, yaml] = [...guide.matchAll(/```(?:json|yaml)?\n(.*?)```/gs)].map((block) => block[1]);
    const configuration = configurationOf(conf);
    expect(configuration?.addresses).toHaveLength(1);
    expect(configurationOf(json, 'f.json')).toEqual(configuration);
    expect(configurationOf(yaml, 'f.yaml')).toEqual(configuration);
  });

  test.each(['f.conf', 'f.yaml', 'f.yml', 'f'])('an empty %s is a router with all defaults', (fileName) => {
    expect(configurationOf('# nothing\n', fileName)).toEqual(defaultConfiguration());
  });
});

test('identities and names are those of Dispatch', () => {
  const { router, listeners, connectors, addresses, logs } = configurationOf(`
    router {
        id: A
    }
    listener {
        port: 5672
        host: 127.0.0.1
    }
    listener {
        host: 127.0.0.1
        port: amqp
        name: client
    }
    connector {
        name: up
    }
    address {
        prefix: x
    }
    address {
        prefix: y
        name: why
    }
    log {
        module: ROUTER
        enable: debug+
    }`)!;
  const ids = [router, ...listeners, ...connectors, ...addresses, ...logs].map(({ identity, name }) => [
    identity,
    name,
  ]);
  expect(ids).toEqual([
    ['router/A', 'router/A'],
    ['listener/127.0.0.1:5672', 'listener/127.0.0.1:5672'],
    ['listener/127.0.0.1:amqp:client', 'client'],
    ['connector/127.0.0.1:amqp:up', 'up'],
    ['address/0', 'address/0'],
    ['address/1', 'why'],
    ['log/ROUTER', 'log/ROUTER'],
  ]);
});

test('a configuration of Dispatch for a standalone router starts, and what has no effect is told', () => {
  const text = `router {
    mode: standalone
    id: R
    workerThreads: 1
    saslConfigDir: .
    saslConfigName: qdrouterd
}
listener {
    host: 127.0.0.1
    port: 48112
    role: normal
    authenticatePeer: yes
    saslMechanisms: PLAIN
}
listener {
    host: 127.0.0.1
    port: 48113
    role: normal
    authenticatePeer: no
    saslMechanisms: ANONYMOUS PLAIN SCRAM-SHA-256
    maxFrameSize: 4096
}
address {
    prefix: unavail
    distribution: unavailable
}
`;
  expect(faultsOf(text)).toEqual([
    'f.conf:4:5: warning: workerThreads has no effect: a Weft router has one thread; to use more cores run more routers',
    'f.conf:5:5: warning: saslConfigDir has no effect: Weft does not use Cyrus SASL; PLAIN is checked against usersFile',
    'f.conf:13:21: warning: PLAIN is not offered: the router has no usersFile',
    'f.conf:20:21: warning: not carried out, and not offered: SCRAM-SHA-256',
  ]);
  const { configuration } = readConfiguration(text, 'f.conf');
  expect(configuration?.listeners[1]).toEqual(
    makeListener({
      host: '127.0.0.1',
      port: '48113',
      saslMechanisms: 'ANONYMOUS PLAIN SCRAM-SHA-256',
      maxFrameSize: 4096,
    }),
  );
});

test('configurations of Dispatch for networks are refused, with every place that asks for what is not there', () => {
  const text = `router {
    mode: interior
    id: B
}
listener {
    port: 48132
    role: edge
    saslMechanisms: ANONYMOUS
}
connector {
    port: 48332
    role: inter-router
}
connector {
    port: 48333
    role: route-container
    name: brk
}
address {
    prefix: wp
    waypoint: yes
}
linkRoute {
    pattern: pat.*.end
    direction: in
    connection: brk
}
autoLink {
    address: wp.queue
    dir: out
}
policy {
    maxConnections: 8
    enableVhostPolicy: true
    defaultVhost: $default
}
vhost {
    hostname: example.com
    groups: {
        # of everyone
        "$default": {
            "remoteHosts": "*",
            "sources": "ok, tmp*",
        },
    }
}
`;
  expect(faultsOf(text)).toEqual([
    'f.conf:23:1: error: linkRoute: link routes are not carried out yet, so these links would be routed by message',
    'f.conf:28:1: error: autoLink: auto links are not carried out yet, so the broker would get no links',
    'f.conf:30:5: warning: dir is a former name; write direction',
  ]);
});

const golden = [
  "3:8: error: mode cannot be 'standalon'; did you mean 'standalone'?",
  '4:6: error: id may hold no blank, no control character and no slash',
  "7:1: error: listener has no attribute 'prot'; did you mean 'port'?",
  "8:21: error: authenticatePeer is yes or no (or true, on, false, off), not 'maybe'",
  "9:16: error: maxFrameSize is a whole number from 512 to 4294967295, not '511'",
  '10:1: error: requireSsl needs an sslProfile',
  '12:1: error: an address has a prefix or a pattern, not both',
  '17:9: error: another address (line 12) has this pattern; each pattern stands once',
  "19:1: error: there is no section 'listner'; did you mean 'listener'?",
];

test('all faults of a .conf file are told at once, with line and column', () => {
  const text = `# line 1
router {
 mode: standalon
 id: a/b
}
listener {
prot: 5672
 authenticatePeer:  maybe
 maxFrameSize: 511  # comment
requireSsl: yes
}
address {
 prefix: x
 pattern: x
}
address {
prefix: .x/
}
listner {
}
`;
  expect(faultsOf(text)).toEqual(golden.map((line) => `f.conf:${line}`));
});

test('the same faults are found in .json and .yaml', () => {
  const json = `[["router", {"mode": "standalon", "id": "a/b"}],
["listener", {
  "prot": 5672,
  "authenticatePeer": "maybe", "maxFrameSize": 511,
  "requireSsl": true}],
["address", {"prefix": "x", "pattern": "x"}],
["address", {"prefix": ".x/"}],
["listner", {}]]`;
  const yaml = `router: { mode: standalon, id: a/b }
listeners:
  - prot: 5672
    authenticatePeer: maybe
    maxFrameSize: 511
    requireSsl: true
addresses:
  - { prefix: x, pattern: x }
  - prefix: .x/
listner: {}
`;
  const withoutPlace = (line: string) => line.replace(/^[^ ]*/, '').replace(/\(line \d+\)/, '');
  const expected = golden.map(withoutPlace);
  expect(faultsOf(json, 'f.json').map(withoutPlace)).toEqual(expected);
  expect(faultsOf(yaml, 'f.yaml').map(withoutPlace)).toEqual(expected);
  const places = (lines: string[]) => lines.map((line) => line.split(' ')[0]);
  expect(places(faultsOf(json, 'f.json'))).toEqual([
    'f.json:1:22:',
    'f.json:1:41:',
    'f.json:3:3:',
    'f.json:4:23:',
    'f.json:4:48:',
    'f.json:5:3:',
    'f.json:6:2:',
    'f.json:7:24:',
    'f.json:8:2:',
  ]);
  expect(places(faultsOf(yaml, 'f.yaml'))).toEqual([
    'f.yaml:1:17:',
    'f.yaml:1:32:',
    'f.yaml:3:5:',
    'f.yaml:4:23:',
    'f.yaml:5:19:',
    'f.yaml:6:5:',
    'f.yaml:8:5:',
    'f.yaml:9:13:',
    'f.yaml:10:1:',
  ]);
});

test('a password is in no message, whatever is wrong around it', () => {
  const secret = 'hunter2';
  const attempts = [
    [`connector {\nsaslPassword: ${secret}\nport: x y\n}`, 'f.conf'],
    [`connector {\nsaslPassword: "${secret}"\n}`, 'f.conf'],
    [`connector {\nsaslPassword = ${secret}\n}`, 'f.conf'],
    [`connector {\nsaslPassword: { ${secret}\n}`, 'f.conf'],
    [`connector {\nsaslPassword: a#${secret}\n}`, 'f.conf'],
    [`[["connector", {"saslPassword": ${secret}}]]`, 'f.json'],
    [`[["connector", {"saslPassword": "${secret}}]]`, 'f.json'],
    [`[["connector", {"saslPassword": {"x": "${secret}"}}]]`, 'f.json'],
    ...['*', '!', '&', '@', '%', '|', '"', "'", '{', '[', '`', '? ', '- ', 'x: '].map((sign) => [
      `connector:\n  saslPassword: ${sign}${secret}`,
      'f.yaml',
    ]),
  ];
  for (const [text, fileName] of attempts) {
    const faults = faultsOf(text, fileName);
    expect(faults.join('\n'), text).not.toContain(secret);
  }
});

test('whatever the text is, faults are told and nothing is thrown', () => {
  const piece = fc.constantFrom(
    ...[
      'router',
      'listener',
      'openProperties',
      'groups',
      'pattern',
      'host',
      'id',
      'x',
      '5',
      '"',
      '\\',
      '#',
      '*',
      '&a',
      '!',
    ],
    ...[
      ' {',
      ': {',
      '{',
      '}',
      '[',
      ']',
      ':',
      ': ',
      ',',
      '\n',
      '\n',
      '\n- ',
      '\n  ',
      ' ',
      '\t',
      '\r\n',
      'null',
      '\ufeff',
      '\u0000',
    ],
  );
  const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, fc.constantFrom('f.conf', 'f.json', 'f.yaml'), (body, fileName) => {
      const { configuration, faults } = readConfiguration(body, fileName);
      expect(configuration === null).toBe(faults.some(({ severity }) => severity === 'error'));
      const lines = body.split('\n').length;
      for (const fault of faults) {
        expect(fault.line).toBeGreaterThan(0);
        expect(fault.line).toBeLessThanOrEqual(lines);
        expect(fault.column).toBeGreaterThan(0);
      }
    }),
    { numRuns: 3000 },
  );
});

test('of very many faults the first hundred are told, errors before warnings', () => {
  const text = `router {\nworkerThreads: 9\n${'nothing: x\n'.repeat(150)}}`;
  const faults = faultsOf(text);
  expect(faults).toHaveLength(101);
  expect(faults.slice(0, 100).every((fault) => fault.includes('error'))).toBe(true);
  expect(faults[100]).toBe('f.conf:152:1: error: and 51 more faults');
});

test('a file that is too long is not read', () => {
  expect(faultsOf('#'.repeat(16 * 1024 * 1024 + 1))).toHaveLength(1);
});
