// The YAML form of a configuration: a map from the names of sections, in the singular or plural, to one entity or a list.
//
//     router: { mode: standalone, id: a }      # comments may stand anywhere
//     listeners:
//       - port: 5672
//         authenticatePeer: no
//     address:
//       prefix: queue
//       distribution: closest
//
// YAML 1.2, core schema: `no` is a string, which a boolean attribute takes as Dispatch does. Anchors and aliases work.
import {
  type Alias,
  type ErrorCode,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import { SECTIONS } from './entities.ts';
import type { Faults, Place } from './faults.ts';
import { MAX_NESTING_DEPTH, MAX_VALUES } from './limits.ts';
import type { RawEntry, RawScalar, RawSection, RawValue } from './source.ts';

const NO_ANCHOR =
  'a value that begins with * refers to an anchor, and there is none of this name; put the value in quotes';

/** By the library's code. Its own messages quote the file, and what they quote may be a password. */
const ERRORS: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: NO_ANCHOR,
  BAD_DQ_ESCAPE: 'a string in double quotes holds a wrong escape; a backslash is written \\\\',
  BAD_INDENT: 'the line is indented by too little or too much',
  BAD_SCALAR_START: 'a value cannot begin with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a colon too many, or a value that belongs into a line of its own',
  DUPLICATE_KEY: 'this name stands twice; write a list to have several of one kind',
  MISSING_CHAR: 'a quote, a bracket, a comma or a blank behind a colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a name stands in one line with its colon',
  MULTIPLE_DOCS: 'a configuration is one document',
  TAB_AS_INDENT: 'lines are indented with blanks, not tabs',
  TAG_RESOLVE_FAILED: 'a value that begins with ! is a tag, and no such tag is known; put the value in quotes',
  UNEXPECTED_TOKEN: 'this cannot stand here',
};

const FORM = 'write the names of sections with their attributes below them';

/** `listeners` → `listener`, `addresses` → `address`; every other name stays. */
const singular = new Map(SECTIONS.map((name) => [name.endsWith('s') ? `${name}es` : `${name}s`, name]));

/** The section that a name in a YAML file means: `listeners` is `listener`. Names that nobody knows stay. */
export function sectionOfYamlKey(key: string): string {
  return singular.get(key) ?? key;
}

/** The names by which a YAML file may call a section, the plural first. */
export function yamlKeysOf(section: string): string[] {
  return [...[...singular].filter(([, one]) => one === section).map(([many]) => many), section];
}

/** The sections in the text; what is wrong with its form goes to `faults`. */
export function readYamlSections(text: string, faults: Faults): RawSection[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, version: '1.2', schema: 'core' });
  const placeAt = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = [...document.errors, ...document.warnings];
  for (const { pos, code } of problems) faults.error(placeAt(pos[0]), ERRORS[code] ?? `this is not YAML (${code})`);
  if (problems.length > 0 || document.contents === null) return [];
  const walker = new YamlWalker(placeAt, faults);
  return sectionsOf(walker.valueOf(document.contents, 0), faults);
}

class YamlWalker {
  #placeAt: (offset: number) => Place;
  #faults: Faults;
  #values = 0;
  /** By name, the last node so marked up to here. Looked up by us, since the library searches the whole document each time. */
  #anchors = new Map<string, Node>();
  #aliasesAround = 0;

  constructor(placeAt: (offset: number) => Place, faults: Faults) {
    this.#placeAt = placeAt;
    this.#faults = faults;
  }

  /** A node without a value of ours is told, and read as null. */
  valueOf(node: unknown, depth: number, fallback: Place = { line: 1, column: 1 }): RawValue {
    const place = this.#placeOf(node, fallback);
    if (depth > MAX_NESTING_DEPTH || ++this.#values > MAX_VALUES) {
      // An alias within its own anchor is endless; so is, for our purposes, an alias of aliases of aliases.
      return this.#nothing(place, 'the values are nested too deep, or too many');
    }
    if (isAlias(node)) return this.#aliasOf(node, depth, place);
    if (isNode(node) && node.anchor && this.#aliasesAround === 0) this.#anchors.set(node.anchor, node);
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }) => this.#entry(key, value, depth, place));
      return { kind: 'map', entries: entries.filter((entry) => entry !== null), place };
    }
    if (isSeq(node)) {
      return { kind: 'list', items: node.items.map((item) => this.valueOf(item, depth + 1, place)), place };
    }
    const value: unknown = isScalar(node) ? node.value : null;
    if (value === null) return { kind: 'scalar', text: '', value, place };
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      const source = isScalar(node) && typeof value !== 'string' ? node.source : undefined;
      return { kind: 'scalar', text: source ?? String(value), value, place };
    }
    return this.#nothing(place, 'this kind of value is not known here');
  }

  #aliasOf(alias: Alias, depth: number, place: Place): RawValue {
    const node = this.#anchors.get(alias.source);
    if (node === undefined) return this.#nothing(place, NO_ANCHOR);
    this.#aliasesAround += 1;
    const value = this.valueOf(node, depth + 1, place);
    this.#aliasesAround -= 1;
    return value;
  }

  #entry(key: unknown, value: unknown, depth: number, around: Place): RawEntry | null {
    const place = this.#placeOf(key, around);
    if (!isScalar(key) || key.value === null) {
      this.#faults.error(place, 'a name is expected here');
      return null;
    }
    return { key: key.source ?? String(key.value), place, value: this.valueOf(value, depth + 1, place) };
  }

  #nothing(place: Place, fault: string): RawScalar {
    this.#faults.error(place, fault);
    return { kind: 'scalar', text: '', value: null, place };
  }

  #placeOf(node: unknown, fallback: Place): Place {
    const range = (node as Node | null | undefined)?.range;
    return range ? this.#placeAt(range[0]) : fallback;
  }
}

function sectionsOf(contents: RawValue, faults: Faults): RawSection[] {
  if (contents.kind === 'scalar' && contents.value === null) return [];
  if (contents.kind !== 'map') {
    faults.error(contents.place, `a configuration is a map; ${FORM}`);
    return [];
  }
  const sections: RawSection[] = [];
  for (const { key, place, value } of contents.entries) {
    const name = sectionOfYamlKey(key);
    if (value.kind === 'map') sections.push({ name, place, entries: value.entries });
    for (const one of value.kind === 'list' ? value.items : []) {
      if (one.kind === 'map') sections.push({ name, place: one.place, entries: one.entries });
      else faults.error(one.place, `${name} is a list of maps of attributes`);
    }
    if (value.kind === 'scalar') {
      faults.error(
        value.place,
        `${name} is a map of attributes, or a list of maps; write {} for one with all defaults`,
      );
    }
  }
  return sections;
}
