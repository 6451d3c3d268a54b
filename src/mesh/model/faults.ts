// What is wrong with a mesh: all of it at once, each with its place.
//
//   teams/shop.yaml:12:7 channels.shop.orders.distribution: the value is 'balance'; allowed are …; did you mean 'balanced'?
//   file            line column path                        what is wrong           what is allowed what to do
import { faultsShownMax } from '../limits.ts';

/** Names or indexes from the top of the file; the last one may be missing in it. */
export type Path = readonly (string | number)[];

/** Where something of the mesh is written. */
export interface Origin {
  readonly file: MeshSource;
  readonly path: Path;
}

/** A file whose values have places. Line and column count from 1. */
export interface MeshSource {
  readonly name: string;
  /** Of the value at `path`, or of its key; where it is missing, of what holds it. */
  placeOf(path: Path, of?: 'key' | 'value'): { readonly line: number; readonly column: number };
}

/** What kinds of faults there are; programs may rely on these words. */
export type FaultCode =
  | 'syntax'
  | 'form'
  | 'name'
  | 'reference'
  | 'duplicate'
  | 'not-yours'
  | 'overlap'
  | 'single-failure'
  | 'unreachable'
  | 'use-without-grant'
  | 'few-routers'
  | 'single-endpoint'
  | 'no-publisher'
  | 'no-consumer'
  | 'no-owner'
  | 'unused-grant'
  | 'read-differently';

export interface MeshFault {
  readonly severity: 'fault' | 'warning';
  readonly code: FaultCode;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `channels.shop.orders`, '' for the whole file. */
  readonly path: string;
  /** What is wrong; what is allowed; what to do. */
  readonly message: string;
}

/** `mesh.yaml:7:5 links[0].to: …`, the form that editors jump to. A warning says so. */
export function formatMeshFault({ file, line, column, path, severity, message }: MeshFault): string {
  const where = `${file}:${line}:${column}${path === '' ? '' : ` ${path}`}`;
  return `${where}: ${severity === 'warning' ? 'warning: ' : ''}${message}`;
}

/** `links[0].to` */
export function pathText(path: Path): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at > 0 ? '.' : ''}${step}`)).join('');
}

/** The place of something within what is at `origin`. */
export function below(origin: Origin, ...path: Path): Origin {
  return { file: origin.file, path: [...origin.path, ...path] };
}

/** Collects the faults of a mesh. Of several at one place with one message the first is kept. */
export class MeshFaults {
  readonly #mainFile: string;
  readonly #faults = new Map<string, MeshFault>();

  /** @param mainFile its faults come first */
  constructor(mainFile: string) {
    this.#mainFile = mainFile;
  }

  /** @param of where the key stands, for what is wrong with a name or a whole entry; else where the value stands */
  fault(code: FaultCode, origin: Origin, message: string, of: 'key' | 'value' = 'value'): void {
    this.#add('fault', code, origin, message, of);
  }

  warning(code: FaultCode, origin: Origin, message: string, of: 'key' | 'value' = 'value'): void {
    this.#add('warning', code, origin, message, of);
  }

  get hasFaults(): boolean {
    for (const { severity } of this.#faults.values()) if (severity === 'fault') return true;
    return false;
  }

  /** By file, then by place. */
  inOrder(): MeshFault[] {
    const file = (fault: MeshFault): string => (fault.file === this.#mainFile ? '' : fault.file);
    return [...this.#faults.values()].sort((a, b) => {
      if (file(a) !== file(b)) return file(a) < file(b) ? -1 : 1;
      return a.line - b.line || a.column - b.column || (a.path < b.path ? -1 : 1);
    });
  }

  #add(
    severity: MeshFault['severity'],
    code: FaultCode,
    { file, path }: Origin,
    message: string,
    of: 'key' | 'value',
  ): void {
    const { line, column } = file.placeOf(path, of);
    const key = `${file.name}:${line}:${column} ${message}`;
    if (this.#faults.has(key)) return;
    this.#faults.set(key, { severity, code, file: file.name, line, column, path: pathText(path), message });
  }
}

/** The faults that are told of many: warnings make way for faults. In their order. */
export function shownFaults(all: readonly MeshFault[]): readonly MeshFault[] {
  const serious = all.filter(({ severity }) => severity === 'fault');
  const told = new Set([...serious, ...all].slice(0, faultsShownMax));
  for (const one of all) if (told.size < faultsShownMax) told.add(one);
  return all.filter((one) => told.has(one));
}
