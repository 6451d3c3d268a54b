// The router processes of a mesh, by id.
import { WeftError } from '../host/errors.ts';
import { type RouterEvents, SupervisedRouter } from './supervised-router.ts';
import type { WorkFolder } from './work-folder.ts';

export interface FleetOptions {
  readonly folder: WorkFolder;
  /** Of Weft. */
  readonly version: string;
  readonly events: RouterEvents;
}

export class Fleet {
  readonly #options: FleetOptions;
  readonly #routers = new Map<string, SupervisedRouter>();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get(id: string): SupervisedRouter | undefined {
    return this.#routers.get(id);
  }

  get all(): readonly SupervisedRouter[] {
    return [...this.#routers.values()];
  }

  get ids(): string[] {
    return [...this.#routers.keys()];
  }

  /** All at once. Throws what the first one says that does not become operational. */
  async start(ids: readonly string[]): Promise<void> {
    const { folder, version, events } = this.#options;
    const started = ids.map((id) => {
      const files = { file: folder.configurationOf(id), logFile: folder.logOf(id) };
      const router = new SupervisedRouter({ id, ...files, version, events });
      this.#routers.set(id, router);
      return router;
    });
    const starts = await Promise.allSettled(started.map((router) => router.start()));
    const failed = starts.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** They read configuration and certificates again; who is not up does so when he starts. Gives what was refused, a sentence each. */
  async reload(ids: readonly string[]): Promise<string[]> {
    const failures = await Promise.all(ids.map((id) => this.#reload(id)));
    return failures.flatMap(({ id, failure }) => (failure === '' ? [] : [`${id} goes on as before: ${failure}`]));
  }

  async #reload(id: string): Promise<{ id: string; failure: string }> {
    const router = this.#routers.get(id);
    if (router?.isUp !== true) return { id, failure: '' };
    try {
      const { failure } = await router.ask({ kind: 'reload' }, 'reloaded');
      return { id, failure };
    } catch (error) {
      if (!(error instanceof WeftError)) throw error;
      return { id, failure: error.message };
    }
  }

  /** Drains one, and starts it no more. Returns what went wrong, '' for nothing. */
  async remove(id: string): Promise<string> {
    const router = this.#routers.get(id);
    this.#routers.delete(id);
    const problem = (await router?.stop()) ?? '';
    this.#options.folder.removeConfiguration(id);
    return problem;
  }

  /** Drains all. Returns what went wrong. */
  async stop(): Promise<string[]> {
    const problems = await Promise.all(this.all.map((router) => router.stop()));
    return problems.filter((problem) => problem !== '');
  }
}
