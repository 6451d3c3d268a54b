// A section of a YAML file made, changed or removed; see yaml-format.ts for the form. The library tells where the nodes stand;
// it does not write the text, since that would lay out anew what nobody asked to change.
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import type { PlainValue } from '../attribute.ts';
import { presentNameOf } from '../read-entity.ts';
import { sectionOfYamlKey, yamlKeysOf } from '../yaml-format.ts';
import { type AttributeEdits, NO_COMMENTS, type SectionEdit } from './section-edit.ts';
import {
  appendLines,
  insertLinesBehind,
  lineEnd,
  lineStart,
  nextLine,
  type Refusal,
  removeLines,
  type Splice,
} from './splice.ts';
import { yamlScalar } from './yaml-spelling.ts';

const BY_HAND = 'this part of the file is written in a way that only people can change; do so, and send SIGHUP';

/** `names` are those of the sections of this text, in order, which is only to be sure that the same ones are meant. */
export function editYaml(text: string, names: readonly string[], edit: SectionEdit): Splice[] | Refusal {
  const { contents } = parseDocument(text, { version: '1.2', schema: 'core' });
  if (contents !== null && !isMap(contents)) return { refusal: BY_HAND };
  const editor = new YamlEditor(text, contents);
  if (editor.sections.map(({ name }) => name).join() !== names.join()) return { refusal: BY_HAND };
  return editor.edit(edit);
}

interface YamlSection {
  readonly name: string;
  /** Its name in the file, with the map or list below it. */
  readonly pair: Pair;
  /** Null when an alias stands in its place. */
  readonly map: YAMLMap | null;
  /** The list it is an item of. */
  readonly list: YAMLSeq | null;
}

class YamlEditor {
  readonly sections: readonly YamlSection[];
  readonly #text: string;
  readonly #root: YAMLMap | null;

  constructor(text: string, root: YAMLMap | null) {
    this.#text = text;
    this.#root = root;
    this.sections = (root?.items ?? []).flatMap(sectionsOf);
  }

  edit(edit: SectionEdit): Splice[] | Refusal {
    if (edit.kind === 'create') return this.#create(edit.spec.section ?? '', edit.behind, edit.attributes);
    const section = this.sections[edit.at] as YamlSection;
    if (edit.kind === 'delete') return this.#delete(section);
    const { map } = section;
    if (map === null) return { refusal: BY_HAND };
    const splices: Splice[] = [];
    const added: string[] = [];
    for (const [name, value] of edit.attributes) {
      const pair = map.items.find(({ key }) => isScalar(key) && presentNameOf(edit.spec, String(key.value)) === name);
      if (pair === undefined) {
        if (value !== null) added.push(`${name}: ${yamlScalar(value)}`);
        continue;
      }
      const change = value === null ? this.#removePair(map, pair) : this.#replace(name, pair.value, value);
      if ('refusal' in change) return change;
      splices.push(change);
    }
    if (added.length > 0) splices.push(this.#addPairs(map, added));
    return splices;
  }

  // --- sections ----------------------------------------------------------------------------------------------------

  #create(section: string, behind: number, attributes: AttributeEdits): Splice[] | Refusal {
    const pairs = [...attributes].flatMap(([name, value]) => (value === null ? [] : [`${name}: ${yamlScalar(value)}`]));
    const before = this.sections[behind];
    if (before?.list != null) return this.#addItem(before.list, pairs);
    const used = (this.#root?.items ?? []).map(({ key }) => (isScalar(key) ? String(key.value) : ''));
    const key = yamlKeysOf(section).find((name) => !used.includes(name));
    if (key === undefined) return { refusal: BY_HAND };
    if (this.#root?.flow) return [this.#addPairs(this.#root, [`${key}: [{ ${pairs.join(', ')} }]`])];
    const [first = '{}', ...others] = pairs;
    return [appendLines(this.#text, [`${key}:`, `  - ${first}`, ...others.map((pair) => `    ${pair}`)])];
  }

  #addItem(list: YAMLSeq, pairs: readonly string[]): Splice[] | Refusal {
    const last = list.items.at(-1) as Node | undefined;
    if (last === undefined || list.flow) {
      const at = last === undefined ? startOf(list) + 1 : this.#endOf(last);
      return [{ start: at, end: at, text: `${last === undefined ? '' : ', '}{ ${pairs.join(', ')} }` }];
    }
    const dash = this.#dashOf(last);
    if (dash < 0) return { refusal: BY_HAND };
    const indent = this.#text.slice(lineStart(this.#text, dash), dash);
    if (indent.trim() !== '') return { refusal: BY_HAND };
    const [first = '{}', ...others] = pairs;
    const lines = [`${indent}- ${first}`, ...others.map((pair) => `${indent}  ${pair}`)];
    return [insertLinesBehind(this.#text, this.#lastOf(last), lines)];
  }

  #delete({ pair, map, list }: YamlSection): Splice[] | Refusal {
    if (list === null || list.items.length === 1) {
      return refusable(this.#removePair(this.#root as YAMLMap, pair));
    }
    if (map === null) return { refusal: BY_HAND };
    if (list.flow)
      return refusable(
        this.#removeFlow(list.items as Node[], list.items.indexOf(map), startOf, (item) => this.#endOf(item)),
      );
    const dash = this.#dashOf(map);
    if (dash < 0 || this.#text.slice(lineStart(this.#text, dash), dash).trim() !== '') return { refusal: BY_HAND };
    return [removeLines(this.#text, dash, this.#lastOf(map))];
  }

  /** The `-` in front of an item of a block list; -1 when something else stands there. */
  #dashOf(item: Node): number {
    const before = this.#text.slice(0, startOf(item)).trimEnd();
    return before.endsWith('-') ? before.length - 1 : -1;
  }

  // --- attributes --------------------------------------------------------------------------------------------------

  #replace(name: string, node: unknown, value: PlainValue): Splice | Refusal {
    const found = node as Node | null;
    if (!found?.range || isAlias(found) || found.anchor || found.tag) return { refusal: BY_HAND };
    const start = startOf(found);
    const end = this.#endOf(found);
    const before = this.#text.slice(start, end);
    if (!isScalar(found) && before.includes('#')) return { refusal: `${name}: ${NO_COMMENTS}` };
    return { start, end, text: yamlScalar(value) };
  }

  /** Behind the last pair: in lines of their own, or within the braces. */
  #addPairs(map: YAMLMap, pairs: readonly string[]): Splice {
    const last = map.items.at(-1);
    if (last === undefined) {
      const at = startOf(map) + 1;
      return { start: at, end: at, text: ` ${pairs.join(', ')} ` };
    }
    if (map.flow) {
      const at = this.#endOfPair(last);
      return { start: at, end: at, text: pairs.map((pair) => `, ${pair}`).join('') };
    }
    const first = startOf((map.items[0] as Pair).key as Node);
    const indent = ' '.repeat(first - lineStart(this.#text, first));
    return insertLinesBehind(
      this.#text,
      this.#lastOfPair(last),
      pairs.map((pair) => indent + pair),
    );
  }

  #removePair(map: YAMLMap, pair: Pair): Splice | Refusal {
    const index = map.items.indexOf(pair);
    const startOfPair = ({ key }: Pair): number => startOf(key as Node);
    if (map.flow) return this.#removeFlow(map.items, index, startOfPair, (item) => this.#endOfPair(item));
    const start = startOfPair(pair);
    const isAlone = this.#text.slice(lineStart(this.#text, start), start).trim() === '';
    if (isAlone && (map.items.length > 1 || map === this.#root))
      return removeLines(this.#text, start, this.#lastOfPair(pair));
    if (map.items.length === 1) return { start, end: this.#endOfPair(pair), text: '{}' };
    return this.#commentless(start, startOfPair(map.items[1] as Pair)); // the first one, behind a dash
  }

  #removeFlow<T>(
    items: readonly T[],
    index: number,
    startOfItem: (item: T) => number,
    endOfItem: (item: T) => number,
  ): Splice | Refusal {
    const item = items[index] as T;
    const next = items[index + 1];
    if (next !== undefined) return this.#commentless(startOfItem(item), startOfItem(next));
    const before = items[index - 1];
    return this.#commentless(before === undefined ? startOfItem(item) : endOfItem(before), endOfItem(item));
  }

  #commentless(start: number, end: number): Splice | Refusal {
    return this.#text.slice(start, end).includes('#') ? { refusal: NO_COMMENTS } : { start, end, text: '' };
  }

  // --- where things end --------------------------------------------------------------------------------------------

  #endOfPair({ key, value }: Pair): number {
    const node = value as Node | null;
    return node?.range ? this.#endOf(node) : nextLine(this.#text, startOf(key as Node));
  }

  /** Behind the last character of the node itself: what the library counts to a block, such as comments, is left out. */
  #endOf(node: Node): number {
    if (isMap(node) && !node.flow && node.items.length > 0) return this.#endOfPair(node.items.at(-1) as Pair);
    if (isSeq(node) && !node.flow && node.items.length > 0) return this.#endOf(node.items.at(-1) as Node);
    const end = node.range?.[1] ?? 0;
    return this.#text.slice(0, end).endsWith('\n') ? lineEnd(this.#text, end - 1) : end;
  }

  /** An offset in the last line of a node, or of a pair. */
  #lastOf(node: Node): number {
    return Math.max(this.#endOf(node) - 1, startOf(node));
  }

  #lastOfPair(pair: Pair): number {
    return Math.max(this.#endOfPair(pair) - 1, startOf(pair.key as Node));
  }
}

function sectionsOf(pair: Pair): YamlSection[] {
  const { key, value } = pair;
  const name = sectionOfYamlKey(isScalar(key) ? String(key.value) : '');
  if (isSeq(value)) {
    return value.items.map((item) => ({ name, pair, map: isMap(item) ? item : null, list: value }));
  }
  return [{ name, pair, map: isMap(value) ? value : null, list: null }];
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function refusable(change: Splice | Refusal): Splice[] | Refusal {
  return 'refusal' in change ? change : [change];
}
