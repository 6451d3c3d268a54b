import { describe, expect, test } from 'vitest';
import { readConfSections } from './conf-format.ts';
import { Faults } from './faults.ts';
import type { RawValue } from './source.ts';

function plain(value: RawValue): unknown {
  if (value.kind === 'scalar') return value.value;
  if (value.kind === 'list') return value.items.map(plain);
  return Object.fromEntries(value.entries.map((entry) => [entry.key, plain(entry.value)]));
}

function read(text: string) {
  const faults = new Faults('f');
  const sections = readConfSections(text, faults);
  return {
    sections: sections.map(({ name, entries }) => [
      name,
      Object.fromEntries(entries.map((e) => [e.key, plain(e.value)])),
    ]),
    places: sections.flatMap(({ place, entries }) => [place, ...entries.flatMap((e) => [e.place, e.value.place])]),
    faults: faults.inOrder().map(({ line, column, severity, message }) => `${line}:${column} ${severity}: ${message}`),
  };
}

/** The attributes of a section with these lines, which must be in order. */
function attributes(...lines: string[]): unknown {
  const { sections, faults } = read(`s {\n${lines.join('\n')}\n}\n`);
  expect(faults).toEqual([]);
  return sections[0][1];
}

function faultsIn(...lines: string[]): string[] {
  return read(['s {', ...lines, '}'].join('\n')).faults;
}

test('sections and attributes have their places', () => {
  const { sections, places, faults } = read('\n  listener {\r\n\thost:  a b  \r\n}\n');
  expect(faults).toEqual([]);
  expect(sections).toEqual([['listener', { host: 'a b' }]]);
  expect(places).toEqual([
    { line: 2, column: 3 },
    { line: 3, column: 2 },
    { line: 3, column: 9 },
  ]);
});

test('a section may stand several times, be empty, and be followed by a comment', () => {
  expect(read('a { # one\n}\na{\n} # two\n# three').sections).toEqual([
    ['a', {}],
    ['a', {}],
  ]);
});

test('a value goes to the end of the line, or to a #', () => {
  expect(attributes('a: x y  z # comment', 'b:x', 'c : ANONYMOUS PLAIN', 'd: a:b:c')).toEqual({
    a: 'x y  z',
    b: 'x',
    c: 'ANONYMOUS PLAIN',
    d: 'a:b:c',
  });
});

test('pattern, bindingKey and hostname may hold a #, and end at the next blank', () => {
  expect(attributes('pattern: a.#.b # comment', 'bindingKey: # x', 'hostname: #.example.com', 'other: a #.b')).toEqual({
    pattern: 'a.#.b',
    bindingKey: '#',
    hostname: '#.example.com',
    other: 'a',
  });
});

test('a # within a word is told, because it silently shortens passwords', () => {
  expect(faultsIn('  password: a#b')).toEqual([
    '2:14 warning: the value ends here: # begins a comment, also within a word; .json and .yaml can hold it',
  ]);
  expect(faultsIn('a: b#', 'x {#')).not.toEqual([]);
});

test("JSON's escapes work in values, because Dispatch reads them as JSON", () => {
  expect(attributes('a: x\\\\y', 'b: \\u0041\\"')).toEqual({ a: 'x\\y', b: 'A"' });
  expect(faultsIn('a: C:\\path', 'b: "x"')).toEqual([
    '2:4 error: a cannot have this value: a backslash is written \\\\',
    '3:4 error: b cannot have this value: values are not quoted; remove the quotes',
  ]);
});

test('openProperties and groups are JSON with spare commas and comment lines', () => {
  const text = `s {
    groups: {
        # who
        "$default": {
            "sources": "a, b", "n": 3, "deep": [1, {"x": null},],
            "brace": "}",
        }, "second": {}
    }
    openProperties: {
    }
    after: 1
}`;
  expect(read(text)).toMatchObject({
    faults: [],
    sections: [
      [
        's',
        {
          groups: { $default: { sources: 'a, b', n: 3, deep: [1, { x: null }], brace: '}' }, second: {} },
          openProperties: {},
          after: '1',
        },
      ],
    ],
  });
});

test('a comment may follow the brace that opens a block', () => {
  expect(attributes('groups: { # who', '"a": 1', '} # done', 'a: { # what', '} # done')).toEqual({
    groups: { a: 1 },
    a: {},
  });
});

test('other maps are lines like those of a section', () => {
  expect(attributes('a: {', 'b: 1', '$c: {', 'd: e', '}', '}', 'f: g')).toEqual({
    a: { b: '1', $c: { d: 'e' } },
    f: 'g',
  });
});

describe('a fault in JSON', () => {
  test('has its own place, and reading goes on behind the block', () => {
    const text = 's {\n  openProperties: {\n    "a": 1,\n    b: 2\n  }\n  c: 3\n}\nt {\n}';
    expect(read(text)).toMatchObject({
      sections: [
        ['s', { c: '3' }],
        ['t', {}],
      ],
      faults: ['4:5 error: openProperties holds no JSON: a name in double quotes is expected'],
    });
  });

  test.each([
    ['"a" 1', 'a colon is expected behind the name "a"'],
    ['"a": 1 "b": 2', 'a comma or } is expected (the bracket opened in line 2)'],
    ['"a": "x', 'a string does not end, or holds a control character or a wrong escape'],
    ['"a": "\\x"', 'a string does not end, or holds a control character or a wrong escape'],
    ['"a": yes', 'a value is expected; strings stand in double quotes'],
    ['"a": 01', 'a comma or } is expected (the bracket opened in line 2)'],
    ['"a": ,', 'a value is expected'],
    [`"a": ${'['.repeat(40)}`, 'values are nested more than 32 deep'],
  ])('%s is told', (json, message) => {
    expect(faultsIn('groups: {', json, '}')[0]).toMatch(`error: groups holds no JSON: ${message}`);
  });

  test('that lacks its end is told at the end', () => {
    expect(read('s {\ngroups: {\n"a": 1').faults).toEqual([
      '1:1 error: section s has no closing brace',
      '3:7 error: groups holds no JSON: a comma or } is expected (the bracket opened in line 2)',
    ]);
  });

  test('and what stands behind the closing brace is told', () => {
    expect(faultsIn('groups: {', '}, # fine', 'openProperties: {', '} x: 1')).toEqual([
      '5:2 error: nothing may stand behind the brace that closes openProperties',
    ]);
  });
});

const allowed = "a line is 'section {', 'attribute: value' or '}'";

test.each([
  ['host:', 'host has no value; remove the line to have its default'],
  ['host = x', "write 'attribute: value', not 'attribute = value'"],
  ['a: { b: c }', 'nothing may stand behind the brace; break the line there'],
  ['{', `the brace stands in the line of the section's name; ${allowed}`],
  ['}}', `the closing brace stands alone in its line; ${allowed}`],
  ['host', `this line cannot be understood; ${allowed}`],
])('within a section the line %j is told', (line, message) => {
  expect(faultsIn(`  ${line}`)).toContain(`2:3 error: ${message}`);
});

test.each([
  ['host: x', "1:1 error: host stands in no section; open one first, such as 'router {'"],
  ['groups: {\n"a": 1\n}', "1:1 error: groups stands in no section; open one first, such as 'router {'"],
  ['}', '1:1 error: this brace closes nothing'],
  ['a { b: c }', `1:1 error: nothing may stand behind the brace; ${allowed}`],
  ['a {', '1:1 error: section a has no closing brace'],
  ['a {\nb {\n}', '2:1 error: section b begins, but section a of line 1 is not closed'],
  ['a {\nb: {\n}', '1:1 error: section a has no closing brace'],
  ['a {\nb: {', "2:1 error: 'b: {' has no closing brace"],
])('the text %j is told', (text, fault) => {
  expect(read(text).faults).toContain(fault);
});

test('a section that is not closed does not swallow the next one', () => {
  expect(read('a {\nx: 1\nb {\ny: 2\n}').sections).toEqual([
    ['a', { x: '1' }],
    ['b', { y: '2' }],
  ]);
});
