// A section of a .json file made, changed or removed; see json-format.ts for the form.
import type { PlainMap, PlainValue } from '../attribute.ts';
import { readJson } from '../json-text.ts';
import { LineMap, type RawEntry, type RawSection, withoutCommentLines } from '../source.ts';
import { type AttributeEdits, entryOf, NO_COMMENTS, type SectionEdit } from './section-edit.ts';
import { indentAt, lineBreakOf, lineEnd, lineStart, nextLine, type Refusal, type Splice } from './splice.ts';

/** `sections` are those of this text, in order. */
export function editJson(text: string, sections: readonly RawSection[], edit: SectionEdit): Splice[] | Refusal {
  return new JsonEditor(text, sections).edit(edit);
}

/** Where something stands: [start, end). */
interface Span {
  readonly start: number;
  readonly end: number;
}

class JsonEditor {
  readonly #text: string;
  /** Without comments, of the same length. */
  readonly #blanked: string;
  readonly #sections: readonly RawSection[];
  readonly #lines: LineMap;

  constructor(text: string, sections: readonly RawSection[]) {
    this.#text = text;
    this.#blanked = withoutCommentLines(text);
    this.#sections = sections;
    this.#lines = new LineMap(this.#blanked);
  }

  edit(edit: SectionEdit): Splice[] | Refusal {
    if (edit.kind === 'create') return this.#create(edit.spec.section ?? '', edit.behind, edit.attributes);
    const section = this.#sections[edit.at] as RawSection;
    if (edit.kind === 'delete') return this.#remove(this.#itemOf(section));
    const splices: Splice[] = [];
    const added: [string, PlainValue][] = [];
    const removed = new Set<RawEntry>();
    for (const [name, value] of edit.attributes) {
      const entry = entryOf(section, edit.spec, name);
      if (entry === undefined && value !== null) added.push([name, value]);
      if (entry === undefined) continue;
      if (value === null) {
        removed.add(entry);
        splices.push(...this.#remove(this.#spanOf(entry)));
      } else {
        const { start, end } = this.#valueOf(entry);
        if (this.#hasComment(start, end)) return { refusal: `${name}: ${NO_COMMENTS}` };
        splices.push({ start, end, text: JSON.stringify(value) });
      }
    }
    const kept = section.entries.filter((entry) => !removed.has(entry));
    if (added.length > 0) splices.push(this.#addEntries(section, kept.at(-1), added));
    return splices;
  }

  #create(section: string, behind: number, attributes: AttributeEdits): Splice[] {
    const br = lineBreakOf(this.#text);
    const before = this.#sections[behind] ?? this.#sections.at(-1);
    const map: PlainMap = Object.fromEntries([...attributes].filter(([, value]) => value !== null));
    if (before === undefined) {
      const inside = this.#blanked.indexOf('[') + 1;
      return [{ start: inside, end: inside, text: `${br}  ${sectionText(section, map, '  ', false, br)}${br}` }];
    }
    const { start, end } = this.#itemOf(before);
    const indent = indentAt(this.#text, start);
    const isInLines = this.#text.slice(start, end).includes('\n');
    const standsAlone = this.#text.slice(lineStart(this.#text, start), start).trim() === '';
    const gap = standsAlone ? br + indent : ' ';
    return [{ start: end, end, text: `,${gap}${sectionText(section, map, indent, isInLines, br)}` }];
  }

  /** Behind `last`, in a line of their own each if it has one. */
  #addEntries(section: RawSection, last: RawEntry | undefined, added: readonly [string, PlainValue][]): Splice {
    const texts = added.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
    if (last === undefined) {
      const { start, end } = this.#attributesOf(section);
      const at = this.#hasComment(start, end) ? end - 1 : start + 1;
      return { start: at, end: at, text: texts.join(', ') };
    }
    const { start, end } = this.#spanOf(last);
    const standsAlone = this.#text.slice(lineStart(this.#text, start), start).trim() === '';
    const gap = standsAlone ? `,${lineBreakOf(this.#text)}${indentAt(this.#text, start)}` : ', ';
    return { start: end, end, text: texts.map((text) => gap + text).join('') };
  }

  #valueOf({ value }: RawEntry): Span {
    const start = this.#lines.offsetAt(value.place);
    return { start, end: readJson(this.#blanked, this.#lines, start, false).end };
  }

  #spanOf(entry: RawEntry): Span {
    return { start: this.#lines.offsetAt(entry.place), end: this.#valueOf(entry).end };
  }

  /** The list of two that a section is. */
  #itemOf(section: RawSection): Span {
    const start = this.#blanked.lastIndexOf('[', this.#lines.offsetAt(section.place));
    return { start, end: readJson(this.#blanked, this.#lines, start, false).end };
  }

  /** The map of its attributes. */
  #attributesOf(section: RawSection): Span {
    const { end } = this.#itemOf(section);
    const name = this.#lines.offsetAt(section.place);
    const start = this.#blanked.indexOf('{', readJson(this.#blanked, this.#lines, name, false).end);
    return { start, end: this.#blanked.lastIndexOf('}', end) + 1 };
  }

  /** An item of a list or map, its comma with it: that behind it, or else that before it. Comments around it stay. */
  #remove({ start, end }: Span): Splice[] {
    const behind = /^\s*,/.exec(this.#blanked.slice(end))?.[0].length ?? 0;
    if (behind > 0)
      return this.#cut([
        { start, end },
        { start: end + behind - 1, end: end + behind },
      ]);
    const before = this.#blanked.slice(0, start).trimEnd().length - 1;
    if (this.#blanked[before] === ',')
      return this.#cut([
        { start: before, end: before + 1 },
        { start, end },
      ]);
    return this.#cut([{ start, end }]);
  }

  /** Takes these out; where a line would then hold nothing it goes, and else the blanks behind them do. */
  #cut(spans: readonly Span[]): Splice[] {
    const kept = spans.reduceRight(
      (text, { start, end }) => text.slice(0, start) + '\0'.repeat(end - start) + text.slice(end),
      this.#text,
    );
    return spans.map(({ start, end }) => {
      const first = lineStart(kept, start);
      const last = lineEnd(kept, end);
      const isEmpty = /^[\s\0]*$/.test(kept.slice(first, last));
      if (isEmpty) return { start: first, end: nextLine(kept, end), text: '' };
      const blanks = /^[ \t]*/.exec(kept.slice(end))?.[0].length ?? 0;
      return { start, end: end + blanks, text: '' };
    });
  }

  #hasComment(start: number, end: number): boolean {
    return this.#text.slice(start, end) !== this.#blanked.slice(start, end);
  }
}

/** `["listener", {"port": "5673"}]`, in lines if its neighbour is. */
function sectionText(section: string, map: PlainMap, indent: string, isInLines: boolean, br: string): string {
  const entries = Object.entries(map).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  const name = JSON.stringify(section);
  if (!isInLines) return `[${name}, { ${entries.join(', ')} }]`;
  const inner = `${br}${indent}  `;
  return `[${name}, {${entries.map((entry) => inner + entry).join(',')}${br}${indent}}]`;
}
