// A section of a .conf file made, changed or removed, line by line; see conf-format.ts for the form.
import type { PlainValue } from '../attribute.ts';
import { confContentOf, isConfJson } from '../conf-format.ts';
import { readJson } from '../json-text.ts';
import { LineMap, type RawEntry, type RawSection, withoutCommentLines } from '../source.ts';
import { confLines, confScalar } from './conf-spelling.ts';
import { type AttributeEdits, entryOf, NO_COMMENTS, type SectionEdit } from './section-edit.ts';
import {
  appendLines,
  indentAt,
  insertLinesBehind,
  lineBreakOf,
  lineEnd,
  nextLine,
  type Refusal,
  removeLines,
  type Splice,
} from './splice.ts';

const INDENT = '    ';

/** `sections` are those of this text, in order. */
export function editConf(text: string, sections: readonly RawSection[], edit: SectionEdit): Splice[] | Refusal {
  return new ConfEditor(text, sections).edit(edit);
}

class ConfEditor {
  readonly #text: string;
  readonly #sections: readonly RawSection[];
  readonly #lines: LineMap;

  constructor(text: string, sections: readonly RawSection[]) {
    this.#text = text;
    this.#sections = sections;
    this.#lines = new LineMap(text);
  }

  edit(edit: SectionEdit): Splice[] | Refusal {
    if (edit.kind === 'create') return this.#create(edit.spec.section ?? '', edit.behind, edit.attributes);
    const section = this.#sections[edit.at] as RawSection;
    if (edit.kind === 'delete') return [removeLines(this.#text, this.#headOf(section), this.#endOf(section))];
    const splices: Splice[] = [];
    const added: string[] = [];
    const indent = this.#indentOf(section);
    for (const [name, value] of edit.attributes) {
      const entry = entryOf(section, edit.spec, name);
      if (entry !== undefined) {
        const change = this.#change(entry, name, value, indent);
        if ('refusal' in change) return change;
        splices.push(change);
      } else if (!isAbsent(value)) {
        const lines = confLines(name, value, indent);
        if (lines === null) return cannotHold(name);
        added.push(indent + lines[0], ...lines.slice(1));
      }
    }
    if (added.length > 0) splices.push(insertLinesBehind(this.#text, this.#lastLineOf(section), added));
    return splices;
  }

  #create(section: string, behind: number, attributes: AttributeEdits): Splice[] | Refusal {
    const before = this.#sections[behind];
    const indent = before === undefined ? INDENT : this.#indentOf(before);
    const lines = [`${section} {`];
    for (const [name, value] of attributes) {
      if (isAbsent(value)) continue;
      const spelled = confLines(name, value, indent);
      if (spelled === null) return cannotHold(name);
      lines.push(indent + spelled[0], ...spelled.slice(1));
    }
    lines.push('}');
    if (before === undefined) return [appendLines(this.#text, lines)];
    return [insertLinesBehind(this.#text, this.#endOf(before), ['', ...lines])];
  }

  #change(entry: RawEntry, name: string, value: PlainValue, indent: string): Splice | Refusal {
    const start = this.#lines.offsetAt(entry.place);
    const end = this.#endOfEntry(entry);
    if (isAbsent(value)) {
      const behind = nextLine(this.#text, end);
      return { start: start - indentAt(this.#text, start).length, end: behind, text: '' };
    }
    if (entry.value.kind === 'map') {
      if (/^[ \t]*#/m.test(this.#text.slice(start, end))) return { refusal: `${name}: ${NO_COMMENTS}` };
      const lines = confLines(entry.key, value, indent);
      return lines === null ? cannotHold(name) : { start, end, text: lines.join(lineBreakOf(this.#text)) };
    }
    const spelled = confScalar(entry.key, value);
    return spelled === null ? cannotHold(name) : { start: this.#lines.offsetAt(entry.value.place), end, text: spelled };
  }

  #headOf(section: RawSection): number {
    return this.#lines.offsetAt(section.place);
  }

  #indentOf(section: RawSection): string {
    const [entry] = section.entries;
    return entry === undefined ? INDENT : indentAt(this.#text, this.#lines.offsetAt(entry.place));
  }

  /** An offset in the last line that says something of the section, the brace that closes it aside. */
  #lastLineOf(section: RawSection): number {
    const last = section.entries.at(-1);
    return last === undefined ? this.#headOf(section) : this.#endOfEntry(last);
  }

  /** Behind the value; what follows in its line is a comment. */
  #endOfEntry({ key, place, value }: RawEntry): number {
    const start = this.#lines.offsetAt(place);
    if (value.kind === 'map' && isConfJson(key)) {
      return this.#endOfJson(this.#lines.offsetAt(value.place));
    }
    if (value.kind === 'map') return this.#closingBrace(nextLine(this.#text, start)); // lines like those of a section
    return start + confContentOf(this.#text.slice(start, lineEnd(this.#text, start)).trimEnd()).length;
  }

  /** A comment may stand behind the brace that opens the block, and in lines of its own. */
  #endOfJson(brace: number): number {
    const end = lineEnd(this.#text, brace);
    const blanked = `${this.#text.slice(0, brace + 1)}${' '.repeat(end - brace - 1)}${this.#text.slice(end)}`;
    return readJson(withoutCommentLines(blanked), this.#lines, brace, true).end;
  }

  /** The brace that closes the section. */
  #endOf(section: RawSection): number {
    return this.#closingBrace(nextLine(this.#text, this.#lastLineOf(section)));
  }

  /** The brace alone in its line that closes what is open at the start of this line. */
  #closingBrace(offset: number): number {
    let depth = 1;
    for (let at = offset; at < this.#text.length; at = nextLine(this.#text, at)) {
      const line = confContentOf(this.#text.slice(at, lineEnd(this.#text, at)).trim());
      if (/^\S+[ \t]*:[ \t]*\{$/.test(line)) depth += 1;
      if (line === '}' && --depth === 0) return at;
    }
    return this.#text.length;
  }
}

function isAbsent(value: PlainValue): boolean {
  return value === null || value === '';
}

function cannotHold(name: string): Refusal {
  return { refusal: `a .conf file cannot hold this value of ${name}; use the .json or .yaml form` };
}
