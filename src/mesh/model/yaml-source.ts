// A YAML file of the mesh: its value, and the place of everything in it.
//
// YAML 1.2, core schema: `no` and `off` are words, not booleans. Anchors and aliases work within a file.
import { type Document, isMap, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import { aliasesMax, fileLengthMax } from '../limits.ts';
import type { MeshFaults, MeshSource, Path } from './faults.ts';

/** A file of the mesh, as it was read. `name` is told in faults. */
export interface SourceText {
  readonly name: string;
  readonly text: string;
}

export class YamlSource implements MeshSource {
  readonly name: string;
  /** What the file says: maps, lists, texts, numbers, booleans, null. Null as well when it is no YAML; that is told. */
  readonly value: unknown;
  /** Whether it is YAML. */
  readonly isReadable: boolean;
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor({ name, text }: SourceText, faults: MeshFaults) {
    this.name = name;
    const isTooLong = text.length > fileLengthMax;
    this.#document = parseDocument(isTooLong ? '' : text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      version: '1.2',
      schema: 'core',
    });
    if (isTooLong) {
      faults.fault(
        'syntax',
        { file: this, path: [] },
        `the file has ${text.length} characters; ${fileLengthMax} are allowed`,
      );
    }
    const value = isTooLong ? undefined : this.#read(faults);
    this.isReadable = value !== undefined;
    this.value = value ?? null;
  }

  placeOf(path: Path, of: 'key' | 'value' = 'value'): { line: number; column: number } {
    for (let depth = path.length; depth >= 0; depth--) {
      // What is missing is looked for at the key of what should hold it.
      const isExact = depth === path.length;
      const node = this.#nodeAt(path.slice(0, depth), isExact ? of : 'key');
      if (node?.range) return this.#place(node.range[0]);
    }
    return { line: 1, column: 1 };
  }

  #nodeAt(path: Path, of: 'key' | 'value'): Node | null {
    const last = path.at(-1);
    if (of === 'key' && typeof last === 'string') {
      const parent = path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
      if (!isMap(parent)) return null;
      const pair = parent.items.find(({ key }) => String(key) === last);
      return isNode(pair?.key) ? pair.key : null;
    }
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    return isNode(node) ? node : null;
  }

  #place(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** Undefined when it is no YAML. */
  #read(faults: MeshFaults): unknown {
    const { errors, warnings } = this.#document;
    for (const { pos, message } of [...errors, ...warnings]) {
      const place = this.#place(pos[0]);
      const here: MeshSource = { name: this.name, placeOf: () => place };
      faults.fault(
        'syntax',
        { file: here, path: [] },
        `this is not YAML: ${lowerFirst(message)}; mend it and check again`,
      );
    }
    if (errors.length > 0 || warnings.length > 0) return undefined;
    try {
      return this.#document.toJS({ maxAliasCount: aliasesMax }) ?? null;
    } catch (error) {
      const what = error instanceof Error ? lowerFirst(error.message) : 'an alias cannot be resolved';
      faults.fault('syntax', { file: this, path: [] }, `${what}; write out what the aliases stand for`);
      return undefined;
    }
  }
}

function lowerFirst(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return line.charAt(0).toLowerCase() + line.slice(1).replace(/\.$/, '');
}
