// A running mesh with all that looks after it: its files, its certificates, the routers that are to be lost on the way.
import type { WeftError } from '../host/errors.ts';
import type { Mesh } from '../mesh/model/mesh.ts';
import type { MeshFiles } from '../mesh/model/read-mesh.ts';
import { CertificateCare } from './certificate-care.ts';
import { applyFiles, type ChangeRules } from './changed-files.ts';
import { Losses, type LossPlan } from './losses.ts';
import { MeshWatch } from './mesh-watch.ts';
import { RunningMesh } from './running-mesh.ts';
import type { WorkFolder } from './work-folder.ts';

export interface AttendedMeshEvents {
  /** What was done, and what comes next: whole lines. */
  told(lines: readonly string[]): void;
  /** Something that should not be; the mesh goes on. */
  failed(reason: string): void;
  /** A router was killed on purpose. */
  lost(router: string): void;
  /** A router that was killed, or ended by itself, is operational again. */
  back(router: string): void;
}

export interface AttendedMeshOptions {
  readonly folder: WorkFolder;
  /** Of Weft. */
  readonly version: string;
  /** Reads the files again. Throws WeftError. */
  read(): MeshFiles;
  readonly rules: ChangeRules;
  readonly losses: LossPlan;
  readonly events: AttendedMeshEvents;
}

export class AttendedMesh {
  readonly running: RunningMesh;
  readonly losses: Losses;
  readonly #watch: MeshWatch;
  readonly #care: CertificateCare;

  private constructor(running: RunningMesh, losses: Losses, watch: MeshWatch, care: CertificateCare) {
    this.running = running;
    this.losses = losses;
    this.#watch = watch;
    this.#care = care;
  }

  /** @param files those of which `mesh` was made. Throws what {@link RunningMesh.start} throws. */
  static async start(mesh: Mesh, files: MeshFiles, options: AttendedMeshOptions): Promise<AttendedMesh> {
    const { folder, version, events, rules, read } = options;
    const running = await RunningMesh.start(mesh, { folder, version, events });
    try {
      const told = (line: string): void => events.told([line]);
      const care = await CertificateCare.start(running, { told, failed: events.failed });
      const losses = new Losses(running, options.losses, events.lost);
      const changed = async (found: MeshFiles | WeftError): Promise<void> => {
        events.told(await applyFiles(running, found, rules));
      };
      return new AttendedMesh(running, losses, new MeshWatch(read, files, changed), care);
    } catch (error) {
      await running.stop();
      throw error;
    }
  }

  /** Drains all, leaves nothing behind. Returns what went wrong. */
  async stop(): Promise<readonly string[]> {
    this.losses.close();
    this.#watch.close();
    const problems = await this.running.stop();
    await this.#care.close();
    return problems;
  }
}
