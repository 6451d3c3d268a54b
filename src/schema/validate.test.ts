import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalisePattern } from '../address/pattern-tree.ts';
import { literalWildcards, readPattern } from './address-pattern.ts';
import { readConfSections } from './conf-format.ts';
import { parseFailoverUrls } from './failover-urls.ts';
import { Faults } from './faults.ts';
import { camelCase, suggestion } from './names.ts';
import { readConfiguration } from './read-configuration.ts';
import { readEntity } from './read-entity.ts';
import { validate } from './validate.ts';

/** The messages about a file with these sections. */
function messagesOf(...sections: [string, object][]): string[] {
  return readConfiguration(JSON.stringify(sections), 'f.json').faults.map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
}

describe('roles and modes', () => {
  /** What `validate` alone says: the roles of networks are refused as a whole, for now, before anybody hears of these. */
  function rules(mode: string, entity: string, role: string): string[] {
    const faults = new Faults('f');
    const sections = readConfSections(`router {\nmode: ${mode}\n}\n${entity} {\nrole: ${role}\n}`, faults);
    validate(
      sections.map((section) => readEntity(section, faults)!),
      faults,
    );
    return faults.inOrder().map(({ message }) => message.split(/[,;]/)[0]);
  }

  test.each([
    ['standalone', 'listener', 'inter-router', ['role inter-router connects routers']],
    ['standalone', 'listener', 'edge', ['role edge connects routers']],
    ['standalone', 'connector', 'inter-router', ['role inter-router connects routers']],
    ['standalone', 'connector', 'edge', ['role edge connects routers']],
    ['standalone', 'connector', 'route-container', []],
    ['edge', 'connector', 'inter-router', ['role inter-router is for routers of mode interior']],
    ['edge', 'listener', 'edge', ['an edge router has connectors of role edge']],
    ['edge', 'connector', 'edge', []],
    ['interior', 'listener', 'edge', []],
    ['interior', 'listener', 'inter-router', []],
    ['interior', 'connector', 'inter-router', []],
  ])('in mode %s a %s of role %s: %j', (mode, entity, role, expected) => {
    expect(rules(mode, entity, role)).toEqual(expected);
  });
});

describe('the router id', () => {
  test.each(['a b', 'a\tb', 'a/b', 'a\u0000', '\u0085', 'x'.repeat(128)])('cannot be %j', (id) => {
    expect(messagesOf(['router', { id }])).toHaveLength(1);
  });

  test.each(['x'.repeat(127), 'QDR.A', 'köln-1', ''])('can be %j', (id) => {
    expect(messagesOf(['router', { id }])).toEqual([]);
  });
});

describe('a listener', () => {
  const listener = (attributes: object) => messagesOf(['listener', attributes]);

  test.each(['0', '65535', 'amqp', 'amqps', 5672])('can have port %j', (port) => {
    expect(listener({ port })).toEqual([]);
  });

  test.each(['65536', '-1', '5672x ', '', 'a b', 5.5, '123456'])('cannot have port %j', (port) => {
    expect(listener({ port })).toHaveLength(1);
  });

  test.each(['', 'localhost', '0.0.0.0', '::', '::1', 'fe80::1%eth0', 'unix:/run/weft.sock'])(
    'can have host %j',
    (host) => {
      expect(listener({ host })).toEqual([]);
    },
  );

  test.each(['localhost:5672', '[::1]', 'a b', 'unix:'])('cannot have host %j', (host) => {
    expect(listener({ host })).toHaveLength(1);
  });

  test('offers a mechanism that there is', () => {
    expect(listener({ saslMechanisms: 'SCRAM-SHA-256 GSSAPI' })).toEqual([
      'error: none of these mechanisms is carried out; there are ANONYMOUS, PLAIN, EXTERNAL',
    ]);
    expect(listener({ saslMechanisms: 'ANONYMOUS GSSAPI' })).toEqual([
      'warning: not carried out, and not offered: GSSAPI',
    ]);
    expect(listener({ saslMechanisms: 'ANONYMOUS EXTERNAL' })).toEqual([
      'warning: EXTERNAL is not offered: the listener has no sslProfile',
    ]);
  });

  test('offers PLAIN only with a file of users', () => {
    const plain: [string, object] = ['listener', { saslMechanisms: 'PLAIN' }];
    expect(messagesOf(plain)).toEqual(['warning: PLAIN is not offered: the router has no usersFile']);
    expect(messagesOf(['router', { usersFile: 'users' }], plain)).toEqual([]);
  });

  test('shows parts of messages that there are', () => {
    const ignored = 'warning: messageLoggingComponents has no effect: Weft does not log messages yet';
    expect(listener({ messageLoggingComponents: 'to, subject,app-properties' })).toEqual([ignored]);
    expect(listener({ messageLoggingComponents: 'too' })).toContain(
      "error: messages have no part 'too'; did you mean 'to'?",
    );
  });

  test('adds no properties to its open that the router sets itself', () => {
    expect(listener({ openProperties: { product: 1, fine: 2, 'qd.x': 3, 'x-opt-qd.y': 4 } })[0]).toMatch('product');
    expect(listener({ openProperties: { hostname: 'a' } })).toHaveLength(1);
    expect(listener({ openProperties: { schlüssel: 1 } })).toHaveLength(1);
    expect(listener({ openProperties: { '': 1 } })).toHaveLength(1);
    expect(listener({ openProperties: { a: { b: [1, null, true] } } })).toEqual([]);
  });
});

describe('a connector', () => {
  const connector = (attributes: object) => messagesOf(['connector', attributes]);

  test('needs somewhere to connect to', () => {
    expect(connector({ port: 0 })).toEqual(['error: port 0 is nowhere to connect to']);
  });

  test('is warned of a password in clear, and not of one kept elsewhere', () => {
    for (const form of ['secret', 'pass:secret', 'literal:secret']) {
      expect(connector({ saslPassword: form })).toEqual([
        'warning: the password stands in clear in this file; write env:NAME or file:/path to keep it elsewhere',
      ]);
    }
    expect(connector({ saslPassword: 'env:PASSWORD' })).toEqual([]);
    expect(connector({ saslPassword: 'file:/run/secret' })).toEqual([]);
  });
});

describe('an address', () => {
  const address = (attributes: object) => messagesOf(['address', attributes]);

  test('has a prefix or a pattern', () => {
    expect(address({})).toEqual(['error: an address has a prefix or a pattern, and this address has neither']);
    expect(address({ prefix: 'a', pattern: 'b' })).toEqual(['error: an address has a prefix or a pattern, not both']);
  });

  test.each([{ prefix: '' }, { prefix: './/' }, { pattern: '.' }, { pattern: `${'a.'.repeat(128)}b` }])(
    'is not %j',
    (it) => {
      expect(address(it)).toHaveLength(1);
    },
  );

  test('has both phases or none, from 0 to 9', () => {
    expect(address({ prefix: 'a', ingressPhase: 1 })).toHaveLength(1);
    expect(address({ prefix: 'a', egressPhase: 1 })).toHaveLength(1);
    expect(address({ prefix: 'a', ingressPhase: 1, egressPhase: 10 })).toHaveLength(1);
    expect(address({ prefix: 'a', ingressPhase: 0, egressPhase: 9 })).toEqual([]);
  });

  test.each([-1, 0, 9])('can have priority %d', (priority) => {
    expect(address({ prefix: 'a', priority })).toEqual([]);
  });

  test.each([-2, 10])('cannot have priority %d', (priority) => {
    expect(address({ prefix: 'a', priority })).toHaveLength(1);
  });

  test('with a fallback is no waypoint, and has no phase but 0', () => {
    const rule = 'error: an address with a fallback can be no waypoint and have no phase but 0';
    const fallback = { prefix: 'a', enableFallback: true };
    expect(address({ ...fallback, waypoint: true })).toContain(rule);
    expect(address({ ...fallback, ingressPhase: 0, egressPhase: 1 })).toContain(rule);
    expect(address({ ...fallback, ingressPhase: 0, egressPhase: 0 })).toEqual([
      'error: enableFallback is refused: fallback addresses are not carried out yet',
    ]);
  });

  test('whose wildcard is only part of a word is warned', () => {
    expect(address({ pattern: 'a*.b' })).toEqual([
      "warning: in 'a*' the * or # is no wildcard: that it is only as a whole word",
    ]);
    expect(literalWildcards('*.#.a#.*b.c')).toEqual(['a#', '*b']);
  });

  test.each([
    [{ prefix: 'a' }, { prefix: '/a.' }],
    [{ prefix: 'a' }, { pattern: 'a/#' }],
    [{ pattern: 'a.#.*.#' }, { pattern: 'a/*/#' }],
  ])('%j means the same as %j, and cannot stand beside it', (one, other) => {
    expect(messagesOf(['address', one], ['address', other])).toEqual([
      'error: another address (line 1) has this pattern; each pattern stands once',
    ]);
  });
});

test('this room and the address room hold the same patterns for equal', () => {
  const token = fc.constantFrom('a', 'b', '*', '#');
  fc.assert(
    fc.property(fc.array(token, { minLength: 1, maxLength: 7 }), fc.boolean(), (tokens, isPrefix) => {
      const pattern = readPattern(isPrefix ? 'prefix' : 'pattern', tokens.join('.'));
      const full = isPrefix ? [...tokens, '#'] : tokens;
      expect(pattern).toMatchObject({ normal: normalisePattern(full.join('/')).join('/') });
    }),
  );
});

describe('what may stand only once', () => {
  test('is the router and the policy', () => {
    expect(messagesOf(['router', {}], ['policy', {}], ['router', {}], ['policy', {}])).toEqual([
      'error: there can be only one section router; the first is in line 1',
      'error: there can be only one section policy; the first is in line 1',
    ]);
  });

  test('is a name within its type', () => {
    expect(messagesOf(['listener', { name: 'a' }], ['connector', { name: 'a' }])).toEqual([]);
    expect(messagesOf(['listener', { name: 'a' }], ['listener', { name: 'a', port: 1 }])).toEqual([
      'error: another listener (line 1) has this name; names are unique',
    ]);
  });

  test('is a place to listen on, unless the listeners have names', () => {
    expect(messagesOf(['listener', {}], ['listener', { port: 'amqp', host: '' }])).toEqual([
      'error: another listener (line 1) has this host and port; give one of them a name',
    ]);
    expect(messagesOf(['listener', { host: 'unix:/a' }], ['listener', { host: 'unix:/a', port: 1 }])).toHaveLength(1);
    expect(messagesOf(['listener', { port: 0, name: 'a' }], ['listener', { port: 0, name: 'b' }])).toEqual([]);
    expect(messagesOf(['listener', { port: 1 }], ['connector', { host: '', port: 1 }])).toEqual([]);
  });

  test('is a log module', () => {
    expect(messagesOf(['log', { module: 'ROUTER' }], ['log', { module: 'ROUTER' }])).toEqual([
      'error: another log (line 1) has this module; write one section a module',
    ]);
  });
});

test('a log needs its module, and levels that there are', () => {
  expect(messagesOf(['log', { enable: 'loud+' }])).toEqual([
    expect.stringMatching('this log needs module: ROUTER or ROUTER_CORE'),
    expect.stringMatching("there is no log level 'loud\\+'; allowed are trace, debug"),
  ]);
});

test('syslog is told, and becomes stderr', () => {
  const { configuration, faults } = readConfiguration('log {\nmodule: DEFAULT\noutputFile: syslog\n}', 'f.conf');
  expect(faults).toMatchObject([{ severity: 'warning', line: 3, column: 13 }]);
  expect(configuration?.logs[0].outputFile).toBe('stderr');
});

describe('failover URLs', () => {
  test('have defaults for scheme and port, and no blanks', () => {
    expect(parseFailoverUrls(' a , amqps://b:5671,[::1]:5, c:amqp ')).toEqual({
      faults: [],
      urls: [
        { scheme: '', host: 'a', port: '5672' },
        { scheme: 'amqps', host: 'b', port: '5671' },
        { scheme: '', host: '::1', port: '5' },
        { scheme: '', host: 'c', port: 'amqp' },
      ],
    });
    expect(parseFailoverUrls('')).toEqual({ urls: [], faults: [] });
  });

  test.each(['a,', 'amqp://', ':5672', 'a:b:c', 'a:65536', 'http://a', 'a/b', '::1'])('%j is wrong', (text) => {
    expect(parseFailoverUrls(text).faults).toHaveLength(1);
    expect(messagesOf(['listener', { failoverUrls: text }])).toHaveLength(1);
  });
});

test('names are read in camel case', () => {
  const names = ['link-route', 'link_route', 'link route', 'link.route', 'linkRoute', 'ssl--profile', '', '-'];
  expect(names.map(camelCase)).toEqual([...Array(5).fill('linkRoute'), 'sslProfile', '', '']);
});

test('the nearest name is suggested, and all of them when none is near', () => {
  const known = ['host', 'port', 'maxFrameSize'];
  expect(suggestion('prot', known)).toBe("; did you mean 'port'?");
  expect(suggestion('maxFramesize', known)).toBe("; did you mean 'maxFrameSize'?");
  expect(suggestion('zzzzzz', known)).toBe('; known are host, port, maxFrameSize');
  expect(suggestion('x'.repeat(100_000), known)).toBe('; known are host, port, maxFrameSize');
});
