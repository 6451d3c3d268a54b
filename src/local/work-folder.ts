// Where a running mesh keeps what its routers read. Nobody else may look into it: it holds keys.
//
//   DIR/up.json            which mesh, by which process (null: by none now), at which ports
//   DIR/rotation.json      while the authority is replaced: which connections are older than that
//   DIR/pki/               authority and certificates, as `weft pki` keeps them
//   DIR/routers/ID.yaml    configurations; ID.log beside them when the folder is kept
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeSystemError, systemCode, WeftError } from '../host/errors.ts';
import type { Ports } from '../mesh/model/mesh.ts';
import type { PortPlan } from './free-ports.ts';

export interface UpFile {
  /** The platform's file, absolute. */
  readonly mesh: string;
  /** Null when it is not running. */
  readonly pid: number | null;
  readonly ports: PortPlan;
}

export class WorkFolder {
  readonly dir: string;
  readonly isKept: boolean;
  /** The ports of the last run here; none in a new folder. */
  readonly formerPorts: PortPlan;
  readonly #mesh: string;
  readonly #removeAtExit = (): void => rmSync(this.dir, { recursive: true, force: true });

  private constructor(dir: string, isKept: boolean, mesh: string, formerPorts: PortPlan) {
    this.dir = dir;
    this.isKept = isKept;
    this.formerPorts = formerPorts;
    this.#mesh = resolve(mesh);
    if (!isKept) process.once('exit', this.#removeAtExit);
  }

  /**
   * @param dir null: a new one that is gone at the end
   * @param mesh the platform's file
   * Throws WEFT_MESH_RUNNING, WEFT_MESH_UNWRITABLE.
   */
  static open(dir: string | null, mesh: string): WorkFolder {
    return orUnwritable(dir ?? tmpdir(), () => {
      if (dir === null) return new WorkFolder(mkdtempSync(join(tmpdir(), 'weft-up-')), false, mesh, {});
      const folder = resolve(dir);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const former = readUpFile(folder);
      if (former === null) checkEmpty(folder);
      else if (former.pid !== null && isAlive(former.pid)) throw running(folder, former.pid);
      if (!lstatSync(folder).isSymbolicLink()) chmodSync(folder, 0o700);
      return new WorkFolder(folder, true, mesh, former?.ports ?? {});
    });
  }

  get pki(): string {
    return join(this.dir, 'pki');
  }

  configurationOf(router: string): string {
    return join(this.dir, 'routers', `${router}.yaml`);
  }

  logOf(router: string): string | null {
    return this.isKept ? join(this.dir, 'routers', `${router}.log`) : null;
  }

  /** Tells other commands who runs here. */
  tell(ports: PortPlan, isRunning = true): void {
    const told: UpFile = { mesh: this.#mesh, pid: isRunning ? process.pid : null, ports };
    this.write(upFile, `${JSON.stringify(told, null, 2)}\n`);
  }

  /** As a whole: nobody reads half a file. */
  write(path: string, text: string): void {
    const file = join(this.dir, path);
    orUnwritable(file, () => {
      mkdirSync(join(this.dir, 'routers'), { recursive: true, mode: 0o700 });
      writeFileSync(`${file}.new`, text, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    });
  }

  /** False when the file has this text already. */
  writeConfiguration(router: string, text: string): boolean {
    if (readIfThere(this.configurationOf(router)) === text) return false;
    this.write(join('routers', `${router}.yaml`), text);
    return true;
  }

  remove(path: string): void {
    rmSync(join(this.dir, path), { force: true });
  }

  removeConfiguration(router: string): void {
    orUnwritable(this.dir, () => unlinkSync(this.configurationOf(router)));
  }

  /** The mesh has ended. */
  close(ports: PortPlan): void {
    if (this.isKept) return this.tell(ports, false);
    process.off('exit', this.#removeAtExit);
    orUnwritable(this.dir, this.#removeAtExit);
  }
}

const upFile = 'up.json';

/** What stands in a folder about the mesh that runs there, or has run; null when there is nothing. */
export function readUpFile(dir: string): UpFile | null {
  const text = readIfThere(join(dir, upFile));
  if (text === null) return null;
  try {
    const { mesh, pid, ports } = JSON.parse(text) as Partial<UpFile>;
    const isPid = Number.isSafeInteger(pid) && (pid as number) > 0;
    const isPlan = typeof ports === 'object' && ports !== null && Object.values(ports).every(arePorts);
    if (typeof mesh === 'string' && (isPid || pid === null) && isPlan) return { mesh, pid: pid ?? null, ports };
  } catch {
    // told below
  }
  const remedy = 'Name another folder with --dir, or remove that file.';
  throw new WeftError('WEFT_MESH_UNREADABLE', `${join(dir, upFile)} is not of \`weft up\``, remedy);
}

/** The process of the mesh that runs in a folder; null when none does. */
export function runningIn(dir: string): number | null {
  const pid = readUpFile(dir)?.pid ?? null;
  return pid !== null && isAlive(pid) ? pid : null;
}

function arePorts(value: unknown): value is Ports {
  if (typeof value !== 'object' || value === null) return false;
  const { interRouter, edge, applications, health } = value as Record<string, unknown>;
  return [interRouter, edge, applications, health].every(
    (port) => Number.isSafeInteger(port) && (port as number) > 0 && (port as number) < 65_536,
  );
}

/** Only what is of our making is written to. */
function checkEmpty(dir: string): void {
  if (readdirSync(dir).length === 0) return;
  const what = `${dir} holds something else than a mesh of \`weft up\``;
  throw new WeftError('WEFT_MESH_UNWRITABLE', what, 'Name another folder with --dir: a new or an empty one.');
}

function running(dir: string, pid: number): WeftError {
  const what = `a mesh runs in ${dir} already (process ${pid})`;
  return new WeftError(
    'WEFT_MESH_RUNNING',
    what,
    `End it, or name another folder with --dir. If that process is another: rm ${join(dir, upFile)}`,
  );
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false; // of a process that had our number
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return null;
    const what = `cannot read ${file}: ${describeSystemError(error)}`;
    throw new WeftError('WEFT_MESH_UNREADABLE', what, '', error);
  }
}

function orUnwritable<T>(place: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof WeftError) throw error;
    const what = `cannot write to ${place}: ${describeSystemError(error)}`;
    throw new WeftError('WEFT_MESH_UNWRITABLE', what, 'Make it writable, or name another folder with --dir.', error);
  }
}
