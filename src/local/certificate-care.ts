// Sees to the certificates of a running mesh. `weft pki rotate` changes the folder; here is what its routers do of it:
//
//   authority trusted     all routers read ca.pem at once
//   certificates anew     every connection is made anew: routers are drained and started again, one at a time
//   authority retired     all routers read ca.pem at once: from then on its certificates are refused
//
// And what nears its end is renewed, as `weft pki issue due` does.
import { WeftError } from '../host/errors.ts';
import { stampOf } from '../host/file-stamp.ts';
import { PkiError } from '../pki/errors.ts';
import { issueDue } from '../pki/renew.ts';
import { stateFile } from '../pki/state.ts';
import { type PkiStatus, type RotationStatus, readStatus } from '../pki/status.ts';
import { limits } from './limits.ts';
import { connectionsBefore, forgetRotation, noConnections, writeRotation } from './older-connections.ts';
import type { RunningMesh } from './running-mesh.ts';

export interface CareEvents {
  told(line: string): void;
  /** Something is wrong, and stays so until a person mends it. */
  failed(reason: string): void;
}

export class CertificateCare {
  readonly #running: RunningMesh;
  readonly #events: CareEvents;
  readonly #dir: string;
  #stamp = '';
  /** Where the rotation stood at the last look. */
  #step: RotationStatus['step'] | 'none' = 'none';
  /** The authority since whose certificates all connections were made anew; 0 for none: no rotation is under way. */
  #madeAnewFor = 0;
  #nextRenewalAt = performance.now() + limits.renewalMs;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #lastFailure = '';

  private constructor(running: RunningMesh, events: CareEvents) {
    this.#running = running;
    this.#events = events;
    this.#dir = running.folder.pki;
  }

  /** Of a mesh that has just been started: no connection in it is older than that. */
  static async start(running: RunningMesh, events: CareEvents): Promise<CertificateCare> {
    const care = new CertificateCare(running, events);
    care.#stamp = await stampOf(stateFile(care.#dir));
    const { rotation } = await readStatus(care.#dir);
    care.#step = rotation?.step ?? 'none';
    if (rotation?.step === 'issued') {
      care.#madeAnewFor = rotation.to;
      writeRotation(running.folder, rotation.to, noConnections);
    } else forgetRotation(running.folder);
    care.#schedule();
    return care;
  }

  /** Resolves when it does nothing any more; a mesh that is stopping ends what is under way. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#looking;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => {
        if (this.#timer !== undefined && !this.#running.isStopping) this.#schedule();
      });
    }, limits.certificatesPollMs);
  }

  async #look(): Promise<void> {
    try {
      if (performance.now() >= this.#nextRenewalAt) await this.#renewDue();
      const stamp = await stampOf(stateFile(this.#dir));
      // While certificates are made anew one after the other, the state stays as it is.
      if (stamp === this.#stamp && this.#step !== 'issuing') return;
      await this.#follow(await readStatus(this.#dir));
      this.#stamp = stamp;
      this.#lastFailure = '';
    } catch (error) {
      if (!(error instanceof PkiError || error instanceof WeftError)) throw error;
      this.#fail(`${error.message}\n${error.remedy}`); // looked at again
    }
  }

  /** The same failure is told once. */
  #fail(reason: string): void {
    if (reason !== this.#lastFailure) this.#events.failed(reason);
    this.#lastFailure = reason;
  }

  async #follow({ rotation, authorities }: PkiStatus): Promise<void> {
    const step = rotation?.step ?? 'none';
    const former = this.#step;
    this.#step = step;
    if (rotation !== null && step === 'issued') return this.#makeAnew(rotation);
    if (step === former) return;
    await this.#reread();
    const command = `weft pki rotate --dir ${this.#dir}`;
    if (step === 'trusted')
      this.#events.told(`all routers trust authority ${rotation?.to} now; next: ${command} --issue`);
    if (step !== 'none') return;
    this.#madeAnewFor = 0;
    forgetRotation(this.#running.folder);
    const issuing = authorities.find(({ role }) => role === 'issuing')?.number;
    this.#events.told(`all routers trust authority ${issuing} only; what another one signed is refused`);
  }

  /** All routers read their files now, not within seconds. */
  async #reread(): Promise<void> {
    const { fleet } = this.#running;
    const failures = await this.#running.inTurn(() => fleet.reload(fleet.ids), []);
    for (const failure of failures) this.#fail(failure);
  }

  async #renewDue(): Promise<void> {
    this.#nextRenewalAt = performance.now() + limits.renewalMs;
    const issued = await issueDue(this.#dir);
    const names = issued.filter(({ outcome }) => outcome === 'renewed').map(({ name }) => name);
    if (names.length === 0) return;
    this.#events.told(`certificates renewed: ${names.join(', ')}; new connections use them`);
    await this.#reread();
  }

  // --- every connection anew -----------------------------------------------------------------------------------------

  async #makeAnew({ to }: RotationStatus): Promise<void> {
    if (to === this.#madeAnewFor) return;
    await this.#reread();
    const sinceMs = performance.now(); // what is younger was made with the files as they are now
    this.#events.told(`certificates are of authority ${to} now: every connection is made anew, one router at a time`);
    const ids = [...this.#running.mesh.routers.keys()];
    for (const [at, id] of ids.entries()) {
      if (!(await this.#renewRouter(id, sinceMs))) return; // the mesh has ended
      const old = await connectionsBefore(this.#running.fleet, sinceMs);
      writeRotation(this.#running.folder, to, old);
      this.#events.told(`${at + 1} of ${ids.length}: ${id} is back; ${old.count} connections are older`);
    }
    this.#madeAnewFor = to;
    this.#events.told(`every connection was made anew; next: weft pki rotate --dir ${this.#dir} --retire`);
  }

  /** True when the mesh is whole again, with the router or without; false when it has ended. */
  async #renewRouter(id: string, sinceMs: number): Promise<boolean> {
    const running = this.#running;
    await running.inTurn(async () => {
      const router = running.fleet.get(id);
      // One that has left the mesh, or was started anew meanwhile, has no connection from before.
      if ((router?.upSinceMs ?? sinceMs) <= sinceMs) await router?.renew();
    }, undefined);
    while (!(await running.whole(limits.rejoinMs))) {
      if (running.isStopping) return false;
      this.#events.failed(
        `after ${limits.rejoinMs / 1000} s not all routers have found each other; the next one waits for that`,
      );
    }
    return true;
  }
}
