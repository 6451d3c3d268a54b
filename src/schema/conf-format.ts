// The .conf form of a configuration, as Dispatch's parser takes it, line by line:
//
//     # comment
//     listener {                      opens a section
//         host: 0.0.0.0               the value goes to the end of the line, or to a #
//         pattern: a.#                but not for pattern, bindingKey and hostname: there it goes to the next blank
//         openProperties: {           openProperties and groups: JSON up to the brace that closes it
//             "key": "value",
//         }
//         some: {                     any other one: lines like those of a section
//             key: value
//         }
//     }
//
// Values are not quoted. (Dispatch puts them between quotes and has them read as JSON: so JSON's escapes work in them.)
// Unlike Dispatch we go on behind a fault, so that all are told at once.
import type { Faults, Place } from './faults.ts';
import { JsonError, readJson } from './json-text.ts';
import { LineMap, type RawEntry, type RawSection, type RawValue, withoutCommentLines } from './source.ts';

const SECTION = /^([\w-]+)[ \t]*\{$/;
const MAP = /^(\$*[\w-]+)[ \t]*:[ \t]*\{$/;
const ATTRIBUTE = /^(\$*[\w-]+)[ \t]*:[ \t]*([^ \t{].*)$/;
const HASH_ALLOWED = /^((?:pattern|bindingKey|binding[-_]key|hostname)[ \t]*:[ \t]*)(\S+)/;
const IN_JSON = /^(openProperties|open[-_]properties|groups)$/;

/** The sections in the text; what is wrong with its form goes to `faults`. */
export function readConfSections(text: string, faults: Faults): RawSection[] {
  return new ConfReader(text, faults).sections();
}

/** What a line without blanks around it says, its comment aside. */
export function confContentOf(line: string): string {
  const exempt = HASH_ALLOWED.exec(line);
  if (exempt) return exempt[0];
  const hash = line.indexOf('#');
  return hash < 0 ? line : line.slice(0, hash).trimEnd();
}

/** Whether a map of this name is JSON, not lines. */
export function isConfJson(key: string): boolean {
  return IN_JSON.test(key);
}

interface OpenMap {
  readonly key: string;
  readonly place: Place;
  readonly entries: RawEntry[];
}

class ConfReader {
  #text: string;
  #lines: LineMap;
  #faults: Faults;
  #sections: RawSection[] = [];
  /** The open section, then the maps open within it. */
  #open: OpenMap[] = [];

  constructor(text: string, faults: Faults) {
    this.#text = withoutCommentLines(text);
    this.#lines = new LineMap(this.#text);
    this.#faults = faults;
  }

  sections(): RawSection[] {
    let offset = 0;
    while (offset < this.#text.length) {
      const newline = this.#text.indexOf('\n', offset);
      const end = newline < 0 ? this.#text.length : newline;
      offset = Math.max(this.#line(offset, end), end) + 1;
    }
    const [section, ...maps] = this.#open;
    if (section) {
      for (const map of maps) this.#faults.error(map.place, `'${map.key}: {' has no closing brace`);
      this.#faults.error(section.place, `section ${section.key} has no closing brace`);
      this.#sections.push({ name: section.key, place: section.place, entries: section.entries });
    }
    return this.#sections;
  }

  /** Reads the line in [start, end). Returns the offset up to which the text is read: that of the last line of a JSON block. */
  #line(start: number, end: number): number {
    const raw = this.#text.slice(start, end);
    const begin = start + raw.length - raw.trimStart().length;
    const line = this.#withoutComment(raw.trim(), begin);
    const place = this.#lines.placeAt(begin);
    let found: RegExpExecArray | null;
    if (line === '') return end;
    if ((found = SECTION.exec(line))) this.#openSection(found[1], place);
    else if ((found = MAP.exec(line))) {
      if (!IN_JSON.test(found[1])) this.#openMap(found[1], place);
      else return this.#jsonBlock(found[1], place, begin + line.length - 1);
    } else if ((found = ATTRIBUTE.exec(line)))
      this.#attribute(found[1], found[2], begin + line.length - found[2].length, place);
    else if (line === '}') this.#close(place);
    else this.#faults.error(place, explain(line));
    return end;
  }

  #withoutComment(line: string, begin: number): string {
    const content = confContentOf(line);
    const hash = HASH_ALLOWED.test(line) ? -1 : line.indexOf('#');
    if (hash < 0) return content;
    if (line[hash - 1] !== ' ' && line[hash - 1] !== '\t' && ATTRIBUTE.test(line.slice(0, hash))) {
      const place = this.#lines.placeAt(begin + hash);
      this.#faults.warning(
        place,
        'the value ends here: # begins a comment, also within a word; .json and .yaml can hold it',
      );
    }
    return content;
  }

  #openSection(name: string, place: Place): void {
    const [section] = this.#open;
    if (section) {
      this.#faults.error(
        place,
        `section ${name} begins, but section ${section.key} of line ${section.place.line} is not closed`,
      );
      this.#open.length = 1;
      this.#close(place);
    }
    this.#open.push({ key: name, place, entries: [] });
  }

  #openMap(key: string, place: Place): void {
    if (this.#isInSection(key, place)) this.#open.push({ key, place, entries: [] });
  }

  #close(place: Place): void {
    const closed = this.#open.pop();
    if (!closed) {
      this.#faults.error(place, 'this brace closes nothing');
      return;
    }
    const around = this.#open[this.#open.length - 1];
    if (!around) this.#sections.push({ name: closed.key, place: closed.place, entries: closed.entries });
    else {
      const value: RawValue = { kind: 'map', entries: closed.entries, place: closed.place };
      around.entries.push({ key: closed.key, place: closed.place, value });
    }
  }

  #attribute(key: string, value: string, offset: number, place: Place): void {
    if (!this.#isInSection(key, place)) return;
    const valuePlace = this.#lines.placeAt(offset);
    const text = readEscapes(value);
    if (text === null) {
      const what = value.includes('"') ? 'values are not quoted; remove the quotes' : 'a backslash is written \\\\';
      this.#faults.error(valuePlace, `${key} cannot have this value: ${what}`);
      return;
    }
    this.#add({ key, place, value: { kind: 'scalar', text, value: text, place: valuePlace } });
  }

  #jsonBlock(key: string, place: Place, brace: number): number {
    this.#blankComment(brace + 1);
    if (!this.#isInSection(key, place)) return this.#behindBlock(brace);
    try {
      const { value, end } = readJson(this.#text, this.#lines, brace, true);
      const newline = this.#text.indexOf('\n', end);
      const lineEnd = newline < 0 ? this.#text.length : newline;
      const rest = this.#text.slice(end, lineEnd);
      if (!/^[ \t\r]*,?[ \t\r]*(#.*)?$/.test(rest)) {
        this.#faults.error(this.#lines.placeAt(end), `nothing may stand behind the brace that closes ${key}`);
      }
      this.#add({ key, place, value });
      return lineEnd;
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      this.#faults.error(error.place, `${key} holds no JSON: ${error.message}`);
      return this.#behindBlock(brace);
    }
  }

  /** A comment may follow the brace that opens a block; to JSON it would be a fault. */
  #blankComment(offset: number): void {
    const newline = this.#text.indexOf('\n', offset);
    const end = newline < 0 ? this.#text.length : newline;
    this.#text = this.#text.slice(0, offset) + ' '.repeat(end - offset) + this.#text.slice(end);
  }

  /** Where to go on when the JSON is wrong: behind the line in which the braces, however little they mean, come out even. */
  #behindBlock(brace: number): number {
    let depth = 0;
    for (let at = brace; at < this.#text.length; at++) {
      if (this.#text[at] === '{') depth += 1;
      if (this.#text[at] === '}' && --depth === 0) {
        const newline = this.#text.indexOf('\n', at);
        return newline < 0 ? this.#text.length : newline;
      }
    }
    return this.#text.length;
  }

  #isInSection(key: string, place: Place): boolean {
    if (this.#open.length > 0) return true;
    this.#faults.error(place, `${key} stands in no section; open one first, such as 'router {'`);
    return false;
  }

  #add(entry: RawEntry): void {
    this.#open[this.#open.length - 1].entries.push(entry);
  }
}

/** The value as JSON would read it between quotes, or null. */
function readEscapes(value: string): string | null {
  try {
    const text: unknown = JSON.parse(`"${value}"`);
    return typeof text === 'string' ? text : null;
  } catch {
    return null;
  }
}

function explain(line: string): string {
  const allowed = "a line is 'section {', 'attribute: value' or '}'";
  if (/^[\w$-]+[ \t]*:$/.test(line))
    return `${line.slice(0, -1).trim()} has no value; remove the line to have its default`;
  if (/^[\w-]+[ \t]*\{/.test(line)) return `nothing may stand behind the brace; ${allowed}`;
  if (/^[\w$-]+[ \t]*:[ \t]*\{/.test(line)) return `nothing may stand behind the brace; break the line there`;
  if (/^\{/.test(line)) return `the brace stands in the line of the section's name; ${allowed}`;
  if (/^\}/.test(line)) return `the closing brace stands alone in its line; ${allowed}`;
  if (/^[\w-]+[ \t]*=/.test(line)) return `write 'attribute: value', not 'attribute = value'`;
  return `this line cannot be understood; ${allowed}`;
}
