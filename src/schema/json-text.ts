// JSON (RFC 8259) with the place of every value. JSON.parse tells neither where a value stands nor, in a way that holds
// on every version of Node, where the text is wrong; and `openProperties` of a .conf file is JSON within another format.
import type { Place } from './faults.ts';
import { MAX_NESTING_DEPTH } from './limits.ts';
import type { LineMap, RawEntry, RawScalar, RawValue } from './source.ts';

export interface JsonResult {
  readonly value: RawValue;
  /** Offset behind the value. */
  readonly end: number;
}

/** The text is not JSON. Thrown within the schema room only; the formats turn it into a fault. */
export class JsonError extends Error {
  override name = 'JsonError';
  readonly place: Place;

  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }
}

/**
 * Reads the one value at `offset`.
 * @param spareCommas whether a comma may stand before a closing bracket, as in .conf files
 * @throws JsonError
 */
export function readJson(text: string, lines: LineMap, offset: number, spareCommas: boolean): JsonResult {
  const reader = new JsonReader(text, lines, offset, spareCommas);
  return { value: reader.value(0), end: reader.offset };
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings may not hold them
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\r\n]*/y;
const WORDS = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class JsonReader {
  offset: number;
  #text: string;
  #lines: LineMap;
  #spareCommas: boolean;

  constructor(text: string, lines: LineMap, offset: number, spareCommas: boolean) {
    this.#text = text;
    this.#lines = lines;
    this.offset = offset;
    this.#spareCommas = spareCommas;
  }

  value(depth: number): RawValue {
    if (depth > MAX_NESTING_DEPTH) throw this.#error(`values are nested more than ${MAX_NESTING_DEPTH} deep`);
    const place = this.#skipSpace();
    switch (this.#text[this.offset]) {
      case '{':
        return { kind: 'map', entries: this.#items('}', () => this.#entry(depth)), place };
      case '[':
        return { kind: 'list', items: this.#items(']', () => this.value(depth + 1)), place };
      case '"':
        return this.#string();
      default:
        return this.#word(place);
    }
  }

  #entry(depth: number): RawEntry {
    this.#skipSpace();
    if (this.#text[this.offset] !== '"') throw this.#error('a name in double quotes is expected');
    const key = this.#string();
    this.#skipSpace();
    if (this.#text[this.offset] !== ':') throw this.#error(`a colon is expected behind the name "${key.text}"`);
    this.offset += 1;
    return { key: key.text, place: key.place, value: this.value(depth + 1) };
  }

  /** What stands between brackets, the first of which is at the offset. */
  #items<T>(close: '}' | ']', item: () => T): T[] {
    const opened = this.#lines.placeAt(this.offset);
    this.offset += 1;
    const items: T[] = [];
    for (;;) {
      this.#skipSpace();
      if (this.#text[this.offset] === close && (items.length === 0 || this.#spareCommas)) break;
      items.push(item());
      this.#skipSpace();
      if (this.#text[this.offset] === close) break;
      if (this.#text[this.offset] !== ',') {
        throw this.#error(`a comma or ${close} is expected (the bracket opened in line ${opened.line})`);
      }
      this.offset += 1;
    }
    this.offset += 1;
    return items;
  }

  #string(): RawScalar {
    const place = this.#lines.placeAt(this.offset);
    const literal = this.#take(STRING);
    if (literal === null) throw this.#error('a string does not end, or holds a control character or a wrong escape');
    const text = JSON.parse(literal) as string;
    return { kind: 'scalar', text, value: text, place };
  }

  #word(place: Place): RawScalar {
    const number = this.#take(NUMBER);
    if (number !== null) return { kind: 'scalar', text: number, value: Number(number), place };
    const word = /^[a-z]+/i.exec(this.#text.slice(this.offset, this.offset + 40))?.[0] ?? '';
    if (WORDS.has(word)) {
      this.offset += word.length;
      return { kind: 'scalar', text: word, value: WORDS.get(word) ?? null, place };
    }
    if (this.offset >= this.#text.length) throw this.#error('the text ends where a value is expected');
    // The word itself is not told: it may be a password without its quotes.
    throw this.#error(word ? 'a value is expected; strings stand in double quotes' : 'a value is expected');
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.offset = pattern.lastIndex;
    return found[0];
  }

  #skipSpace(): Place {
    this.#take(SPACE);
    return this.#lines.placeAt(this.offset);
  }

  #error(message: string): JsonError {
    return new JsonError(this.#lines.placeAt(Math.min(this.offset, this.#text.length)), message);
  }
}
