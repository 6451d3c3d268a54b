// The folder that a mesh is rendered to. A manifest in it says which files are ours, by the hashes of what was written: no other file
// is ever overwritten or removed, nor one of ours that somebody has changed since.
//
//   .weft/rendered.json   { target, engine, image, files: { "routers/aws-1.yaml": ["sha256 …"] } }
//   .weft/mesh.json       the mesh that was rendered, for the next plan
//
// The manifest is written before the files, with old and new hashes, and after them with the new ones: a run that is cut short can be
// run again.
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeSystemError, systemCode, WeftError } from '../host/errors.ts';
import type { Mesh } from '../mesh/model/mesh.ts';
import { meshFromJson } from '../mesh/plan/mesh-json.ts';
import type { Engine, Target } from '../mesh/render/rendering.ts';

const manifestFile = '.weft/rendered.json';
const meshFile = '.weft/mesh.json';
/** Files in conflict that are named; the rest is counted. */
const namedMax = 10;

/** What the folder was rendered with. */
export interface RenderSettings {
  readonly target: Target;
  readonly engine: Engine;
  readonly image: string;
}

interface Manifest extends RenderSettings {
  readonly form: 1;
  readonly files: Readonly<Record<string, readonly string[]>>;
}

/** Paths, sorted. */
export interface FileChanges {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly same: readonly string[];
}

export class RenderedFolder {
  readonly folder: string;
  /** Null when nothing was rendered here. */
  readonly manifest: Manifest | null;
  /** Folders that are there. */
  readonly #made = new Set<string>();

  /** Throws WeftError when there is a manifest that cannot be read. */
  constructor(folder: string) {
    this.folder = folder;
    const text = this.#read(manifestFile);
    this.manifest = text === null ? null : parseManifest(join(folder, manifestFile), text.toString('utf8'));
  }

  /** The mesh that was rendered here; null when there is none, or of another version of Weft. */
  mesh(): Mesh | null {
    const text = this.#read(meshFile);
    return text === null ? null : meshFromJson(text.toString('utf8'));
  }

  /** What writing these files would do. Throws WeftError when one of them is not ours. */
  compare(files: ReadonlyMap<string, string>): FileChanges {
    const changes = { created: [] as string[], changed: [] as string[], removed: [] as string[], same: [] as string[] };
    const foreign: string[] = [];
    for (const [path, text] of files) {
      const content = this.#onDisk(path);
      if (content === null) changes.created.push(path);
      else if (content !== 'no file' && content.equals(Buffer.from(text))) changes.same.push(path);
      else if (this.#isOurs(path, content)) changes.changed.push(path);
      else foreign.push(path);
    }
    for (const path of Object.keys(this.manifest?.files ?? {})) {
      if (files.has(path)) continue;
      const content = this.#onDisk(path);
      if (content === null) continue;
      if (this.#isOurs(path, content)) changes.removed.push(path);
      else foreign.push(path);
    }
    if (foreign.length > 0) throw this.#refusal(foreign);
    return changes;
  }

  /** Writes what differs, removes what is no longer there. Throws WeftError, before anything is written, when a file is not ours. */
  write(files: ReadonlyMap<string, string>, mesh: string, settings: RenderSettings): FileChanges {
    const changes = this.compare(files);
    const hashes = Object.fromEntries([...files].map(([path, text]) => [path, [hashOf(text)]]));
    const both = { ...this.manifest?.files };
    for (const [path, own] of Object.entries(hashes)) both[path] = [...(both[path] ?? []), ...own];
    try {
      this.#put(manifestFile, manifestText(settings, both));
      for (const path of [...changes.created, ...changes.changed]) this.#put(path, files.get(path) as string);
      for (const path of changes.removed) this.#remove(path);
      this.#put(meshFile, mesh);
      this.#put(manifestFile, manifestText(settings, hashes));
    } catch (error) {
      const what = `cannot write to ${this.folder}: ${describeSystemError(error)}`;
      throw new WeftError('WEFT_MESH_UNWRITABLE', what, 'Mend that, and render again: it goes on where it was.', error);
    }
    return changes;
  }

  /** What is no plain file never is. */
  #isOurs(path: string, content: Buffer | 'no file'): boolean {
    return content !== 'no file' && this.manifest?.files[path]?.includes(hashOf(content)) === true;
  }

  #refusal(foreign: readonly string[]): WeftError {
    const named = foreign.slice(0, namedMax).map((path) => join(this.folder, path));
    const more = foreign.length > namedMax ? ` and ${foreign.length - namedMax} more` : '';
    const what = `not written by weft mesh render, or changed since: ${named.join(', ')}${more}; nothing was written`;
    return new WeftError('WEFT_MESH_UNWRITABLE', what, 'Move these files away, or name another folder with --out.');
  }

  /** Null when there is nothing. */
  #onDisk(path: string): Buffer | 'no file' | null {
    const stat = lstatSync(join(this.folder, path), { throwIfNoEntry: false });
    if (stat === undefined) return null;
    return stat.isFile() ? this.#read(path) : 'no file';
  }

  #read(path: string): Buffer | null {
    try {
      return readFileSync(join(this.folder, path));
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return null;
      const what = `cannot read ${join(this.folder, path)}: ${describeSystemError(error)}`;
      throw new WeftError('WEFT_MESH_UNREADABLE', what, '', error);
    }
  }

  /** As a whole: nobody reads half a file. */
  #put(path: string, text: string): void {
    const file = join(this.folder, path);
    const parent = dirname(file);
    if (!this.#made.has(parent)) mkdirSync(parent, { recursive: true });
    this.#made.add(parent);
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
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
}

export function hashOf(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

function manifestText(settings: RenderSettings, files: Manifest['files']): string {
  const { target, engine, image } = settings;
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ form: 1, target, engine, image, files: sorted }, null, 1)}\n`;
}

function parseManifest(file: string, text: string): Manifest {
  let manifest: Partial<Manifest> | null = null;
  try {
    manifest = JSON.parse(text) as Partial<Manifest> | null;
  } catch {
    // told below
  }
  if (manifest?.form === 1 && typeof manifest.files === 'object') return manifest as Manifest;
  throw new WeftError(
    'WEFT_MESH_UNREADABLE',
    `${file} is not a list of what was rendered`,
    'Render to another folder.',
  );
}
