import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Faults } from './faults.ts';
import { readJsonSections } from './json-format.ts';
import { readJson } from './json-text.ts';
import { LineMap, type RawSection, type RawValue } from './source.ts';
import { readYamlSections } from './yaml-format.ts';

function plain(value: RawValue): unknown {
  if (value.kind === 'scalar') return value.value;
  if (value.kind === 'list') return value.items.map(plain);
  return Object.fromEntries(value.entries.map((entry) => [entry.key, plain(entry.value)]));
}

function read(reader: (text: string, faults: Faults) => RawSection[], text: string) {
  const faults = new Faults('f');
  const sections = reader(text, faults);
  return {
    sections: sections.map(({ name, entries }) => [
      name,
      Object.fromEntries(entries.map((e) => [e.key, plain(e.value)])),
    ]),
    places: sections.map(({ place }) => `${place.line}:${place.column}`),
    faults: faults.inOrder().map(({ line, column, message }) => `${line}:${column} ${message}`),
  };
}

test('whatever JSON.stringify writes is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
      const text = JSON.stringify(value, null, space);
      const { value: read, end } = readJson(text, new LineMap(text), 0, false);
      expect(end).toBe(text.length);
      expect(plain(read)).toEqual(JSON.parse(text));
    }),
  );
});

function accepts(parse: () => void): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

test('of texts that are nearly JSON it refuses what JSON.parse refuses, and takes what that takes', () => {
  const piece = fc.constantFrom(...',:{}[]"\\-.+e0 \n\t\u0000', 'true', 'nul', '\\u12', '1', '"a"');
  const inner = fc.jsonValue({ maxDepth: 1, stringUnit: fc.constantFrom('a', '"', '\\', '\n') });
  const value = fc.oneof(fc.array(inner, { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'b'), inner));
  fc.assert(
    fc.property(value, fc.noBias(fc.nat()), fc.nat(2), fc.option(piece), (json, position, removed, inserted) => {
      const whole = JSON.stringify(json);
      const at = position % (whole.length + 1);
      const text = whole.slice(0, at) + (inserted ?? '') + whole.slice(at + removed);
      const ours = accepts(() => {
        const { end } = readJson(text, new LineMap(text), 0, false);
        if (/[^ \t\r\n]/.test(text.slice(end))) throw new Error('rest');
      });
      expect(ours, text).toBe(accepts(() => JSON.parse(text)));
    }),
    { numRuns: 5000 },
  );
});

describe('the .json form', () => {
  test('is a list of pairs, with comment lines', () => {
    expect(
      read(readJsonSections, '# a comment "\n[["router", {"id": "a"}],\n # another\n ["listener", {}]]\n'),
    ).toEqual({
      sections: [
        ['router', { id: 'a' }],
        ['listener', {}],
      ],
      places: ['2:3', '4:3'],
      faults: [],
    });
  });

  test.each([
    ['{"router": {}}', '1:1 a configuration is a list of sections; write [["router", {…}], ["listener", {…}]]'],
    [
      '[{"a": 1}]',
      '1:2 a section is a list of its name and a map of its attributes; write [["router", {…}], ["listener", {…}]]',
    ],
    [
      '[["router"]]',
      '1:2 a section is a list of its name and a map of its attributes; write [["router", {…}], ["listener", {…}]]',
    ],
    ['[["router", {},]]', '1:16 this is not JSON: a value is expected'],
    ['[] x', '1:4 nothing may stand behind the list of sections'],
    ['', '1:1 this is not JSON: the text ends where a value is expected'],
  ])('%j is told', (text, fault) => {
    expect(read(readJsonSections, text).faults).toEqual([fault]);
  });
});

describe('the YAML form', () => {
  test('takes one entity or a list, in the singular or plural', () => {
    const text = `
router: {id: a}
listener:
  port: 1
listeners:
  - port: 2
  - port: 3
addresses: []
sslProfiles: [{name: x}]
`;
    expect(read(readYamlSections, text)).toEqual({
      sections: [
        ['router', { id: 'a' }],
        ['listener', { port: 1 }],
        ['listener', { port: 2 }],
        ['listener', { port: 3 }],
        ['sslProfile', { name: 'x' }],
      ],
      places: ['2:1', '3:1', '6:5', '7:5', '9:15'],
      faults: [],
    });
  });

  test('takes anchors and aliases', () => {
    const text =
      'listeners:\n  - &base { port: 1, openProperties: &p {a: 1} }\nlistener: *base\nconnector: {openProperties: *p}';
    expect(read(readYamlSections, text).sections).toEqual([
      ['listener', { port: 1, openProperties: { a: 1 } }],
      ['listener', { port: 1, openProperties: { a: 1 } }],
      ['connector', { openProperties: { a: 1 } }],
    ]);
  });

  test('is not caught in an alias of itself, or in a bomb of them', () => {
    expect(read(readYamlSections, 'listener: &a { openProperties: *a }').faults).toHaveLength(1);
    const bomb = ['a: &a0 {x: 1}'];
    for (let i = 1; i < 40; i++) bomb.push(`b${i}: &a${i} {x: *a${i - 1}, y: *a${i - 1}, z: *a${i - 1}}`);
    expect(read(readYamlSections, bomb.join('\n')).faults).not.toEqual([]);
  });

  test.each([
    ['- router', '1:1 a configuration is a map; write the names of sections with their attributes below them'],
    ['listener:', '1:10 listener is a map of attributes, or a list of maps; write {} for one with all defaults'],
    ['listeners: [x]', '1:13 listener is a list of maps of attributes'],
    ['router: {}\nrouter: {}', '2:1 this name stands twice; write a list to have several of one kind'],
    ['router: {a: 1, a: 2}', '1:16 this name stands twice; write a list to have several of one kind'],
    ['router:\n\tid: a', '2:1 lines are indented with blanks, not tabs'],
    [
      'router: {id: *none}',
      '1:14 a value that begins with * refers to an anchor, and there is none of this name; put the value in quotes',
    ],
    ['router: {}\n---\nrouter: {}', '2:1 a configuration is one document'],
    [
      'router: {id: !secret x}',
      '1:14 a value that begins with ! is a tag, and no such tag is known; put the value in quotes',
    ],
    ['router: {id: "a}', '1:17 a quote, a bracket, a comma or a blank behind a colon is missing'],
    ['? [a]\n: b', '1:3 a name is expected here'],
  ])('%j is told', (text, fault) => {
    expect(read(readYamlSections, text).faults).toContain(fault);
  });
});
