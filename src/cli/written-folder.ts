// A folder that a command writes. A manifest in it says which files are of the command's making, by the hashes of what was written: no
// other file is ever overwritten or removed, nor one of ours that somebody has changed since.
//
//   .weft/NAME.json   { form, …settings, files: { "routers/aws-1.yaml": ["sha256 …"] } }
//
// The manifest is written before the files, with old and new hashes, and after them with the new ones: a run that is cut short can be
// run again.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describeSystemError, systemCode, WeftError } from '../host/errors.ts';

/** Files in conflict that are named; the rest is counted. */
const namedMax = 10;

/** Who writes the folder, and how. */
export interface FolderKind {
  /** `weft mesh render` */
  readonly command: string;
  /** The manifest: `.weft/rendered.json` */
  readonly manifest: string;
  /** Nobody else may read it: files 0600, folders 0700. */
  readonly isPrivate: boolean;
  /** Of a file that is not ours, or was changed: whether it is left as it is, instead of being refused. */
  mayLeave(path: string): boolean;
}

type Hashes = Readonly<Record<string, readonly string[]>>;
type Manifest<Settings> = Settings & { readonly form: 1; readonly files: Hashes };

/** Paths, sorted. */
export interface FileChanges {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly same: readonly string[];
  /** Not ours, or changed since, and left so. */
  readonly left: readonly string[];
}

export class WrittenFolder<Settings extends object> {
  readonly folder: string;
  /** Null when nothing was written here. */
  readonly manifest: Manifest<Settings> | null;
  readonly #kind: FolderKind;
  /** Folders that are there. */
  readonly #made = new Set<string>();

  /** Throws WeftError when there is a manifest that cannot be read. */
  constructor(folder: string, kind: FolderKind) {
    this.folder = folder;
    this.#kind = kind;
    const text = this.read(kind.manifest);
    this.manifest = text === null ? null : this.#parse(text.toString('utf8'));
  }

  /** What writing these files would do. Throws WeftError when one of them is not ours. */
  compare(files: ReadonlyMap<string, string>): FileChanges {
    const created: string[] = [];
    const changed: string[] = [];
    const removed: string[] = [];
    const same: string[] = [];
    const foreign: string[] = [];
    for (const [path, text] of files) {
      const content = this.#onDisk(path);
      if (content === null) created.push(path);
      else if (content !== 'no file' && content.equals(Buffer.from(text))) same.push(path);
      else if (this.#isOurs(path, content)) changed.push(path);
      else foreign.push(path);
    }
    for (const path of Object.keys(this.manifest?.files ?? {})) {
      if (files.has(path)) continue;
      const content = this.#onDisk(path);
      if (content === null) continue;
      if (this.#isOurs(path, content)) removed.push(path);
      else foreign.push(path);
    }
    const refused = foreign.filter((path) => !this.#kind.mayLeave(path));
    if (refused.length > 0) throw this.#refusal(refused);
    return { created, changed, removed, same, left: foreign };
  }

  /**
   * Writes what differs, removes what is no longer there.
   * @param beside files of ours that are written whatever is there, such as notes in .weft/
   *
   * Throws WeftError, before anything is written, when a file is not ours.
   */
  writeAll(
    files: ReadonlyMap<string, string>,
    settings: Settings,
    beside: readonly [string, string][] = [],
  ): FileChanges {
    const changes = this.compare(files);
    // What is left is not of our making: it stays out of the manifest, but for what it was when it was ours.
    const left = new Set(changes.left);
    const before: Hashes = this.manifest?.files ?? {};
    const after: Record<string, readonly string[]> = {};
    for (const [path, text] of files) if (!left.has(path)) after[path] = [hashOf(text)];
    for (const path of left) if (before[path] !== undefined) after[path] = before[path];
    const both: Record<string, readonly string[]> = { ...before };
    for (const [path, own] of Object.entries(after)) both[path] = [...new Set([...(both[path] ?? []), ...own])];
    try {
      this.#put(this.#kind.manifest, manifestText(settings, both));
      for (const path of [...changes.created, ...changes.changed]) this.#put(path, files.get(path) as string);
      for (const path of changes.removed) this.#remove(path);
      for (const [path, text] of beside) this.#put(path, text);
      this.#put(this.#kind.manifest, manifestText(settings, after));
    } catch (error) {
      const what = `cannot write to ${this.folder}: ${describeSystemError(error)}`;
      const remedy = `Mend that, and run ${this.#kind.command} again: it goes on where it was.`;
      throw new WeftError('WEFT_MESH_UNWRITABLE', what, remedy, error);
    }
    return changes;
  }

  /** Null when there is no such file. Throws WeftError when it cannot be read. */
  read(path: string): Buffer | null {
    try {
      return readFileSync(join(this.folder, path));
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return null;
      const what = `cannot read ${join(this.folder, path)}: ${describeSystemError(error)}`;
      throw new WeftError('WEFT_MESH_UNREADABLE', what, '', error);
    }
  }

  /** What is no plain file never is. */
  #isOurs(path: string, content: Buffer | 'no file'): boolean {
    return content !== 'no file' && this.manifest?.files[path]?.includes(hashOf(content)) === true;
  }

  #refusal(foreign: readonly string[]): WeftError {
    const named = foreign.slice(0, namedMax).map((path) => join(this.folder, path));
    const more = foreign.length > namedMax ? ` and ${foreign.length - namedMax} more` : '';
    const what = `not written by ${this.#kind.command}, or changed since: ${named.join(', ')}${more}; nothing was written`;
    return new WeftError('WEFT_MESH_UNWRITABLE', what, 'Move these files away, or name another folder with --out.');
  }

  /** Null when there is nothing. */
  #onDisk(path: string): Buffer | 'no file' | null {
    const stat = lstatSync(join(this.folder, path), { throwIfNoEntry: false });
    if (stat === undefined) return null;
    return stat.isFile() ? this.read(path) : 'no file';
  }

  /** As a whole: nobody reads half a file. */
  #put(path: string, text: string): void {
    const file = join(this.folder, path);
    this.#makeFolder(dirname(file));
    writeFileSync(`${file}.new`, text, this.#kind.isPrivate ? { mode: 0o600 } : {});
    renameSync(`${file}.new`, file);
  }

  #makeFolder(folder: string): void {
    if (this.#made.has(folder)) return;
    this.#made.add(folder);
    mkdirSync(folder, this.#kind.isPrivate ? { recursive: true, mode: 0o700 } : { recursive: true });
    // One that was there before may be open to others.
    if (this.#kind.isPrivate) chmodSync(folder, 0o700);
  }

  /** With the folders that are empty then. */
  #remove(path: string): void {
    unlinkSync(join(this.folder, path));
    for (let at = dirname(path); at !== '.'; at = dirname(at)) {
      try {
        rmdirSync(join(this.folder, at));
      } catch {
        return; // not empty
      }
    }
  }

  #parse(text: string): Manifest<Settings> {
    let manifest: Partial<Manifest<Settings>> | null = null;
    try {
      manifest = JSON.parse(text) as Partial<Manifest<Settings>> | null;
    } catch {
      // told below
    }
    if (manifest?.form === 1 && typeof manifest.files === 'object') return manifest as Manifest<Settings>;
    const what = `${join(this.folder, this.#kind.manifest)} is not a list of what ${this.#kind.command} wrote`;
    throw new WeftError('WEFT_MESH_UNREADABLE', what, 'Name another folder with --out.');
  }
}

export function hashOf(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

function manifestText(settings: object, files: Hashes): string {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ form: 1, ...settings, files: sorted }, null, 1)}\n`;
}
