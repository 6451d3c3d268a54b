// What the router runs by, while it runs: read again (SIGHUP), or changed entity by entity (management). Both are the same: another
// configuration, what it needs of the environment made ready, then the router goes over to it. One at a time.
//
//   written     as in the file: passwords as references
//   resolved    as the router and its host use it
import type { ChangeOutcome } from '../router/ports.ts';
import { LogLevel } from '../router/ports.ts';
import type { EntitySpec } from '../schema/attribute.ts';
import { type ChangedConfiguration, type ChangeRequest, changeConfiguration } from '../schema/change-configuration.ts';
import { compareConfigurations } from '../schema/compare.ts';
import type { Configuration } from '../schema/configuration.ts';
import type { ListedEntity } from '../schema/configured-types.ts';
import { entityOfSection } from '../schema/entities.ts';
import { keyOf } from '../schema/entity-key.ts';
import { asRead } from '../schema/running-entities.ts';
import { monotonicMs } from './clock.ts';
import { WeftError } from './errors.ts';
import type { HostedRouter } from './hosted-router.ts';
import type { Log } from './log.ts';
import type { NodeHost } from './node-host.ts';
import { PasswordCheck } from './password-check.ts';
import { resolveAgain, resolvePasswords } from './password-source.ts';
import { withRouterId } from './router-id.ts';
import type { SavedConfiguration, StagedConfiguration } from './saved-configuration.ts';
import { TlsProfiles } from './tls/tls-profiles.ts';
import type { Turns } from './turns.ts';

interface Surroundings {
  readonly log: Log;
  readonly host: NodeHost;
  readonly router: HostedRouter;
  readonly turns: Turns;
  isStopping(): boolean;
}

export class LiveConfiguration {
  readonly #around: Surroundings;
  #written: Configuration;
  #resolved: Configuration;
  /** The file that it came from; null when there is none. */
  file: SavedConfiguration | null = null;
  /** What the file says. */
  #saved: Configuration;
  /** What management has made other than the file says it: by type and key, with words for it. */
  readonly #unsaved = new Map<string, string>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(written: Configuration, resolved: Configuration, around: Surroundings) {
    this.#written = this.#saved = withRouterId(written, resolved.router.id);
    this.#resolved = resolved;
    this.#around = around;
  }

  get resolved(): Configuration {
    return this.#resolved;
  }

  /**
   * Goes over to another configuration as far as that needs no restart; the lines tell what was done. Throws a WeftError, and changes
   * nothing, when the environment does not have what it asks for. `file`: where it was read; null when nobody knows.
   */
  reload(configuration: Configuration, file: SavedConfiguration | null): Promise<string[]> {
    return this.#inTurn(() => this.#reload(configuration, file));
  }

  /** Makes, changes or removes one entity, here and, with `saves`, in the file: both or neither. */
  change(request: ChangeRequest, saves: boolean): Promise<ChangeOutcome> {
    return this.#inTurn(() => this.#change(request, saves));
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(task);
    this.#queue = done.catch(() => undefined); // who asked is told
    return done;
  }

  async #reload(configuration: Configuration, file: SavedConfiguration | null): Promise<string[]> {
    const { log, host } = this.#around;
    const written = withRouterId(configuration, this.#resolved.router.id);
    const resolved = resolvePasswords(written);
    const passwordCheck = await openPasswordCheck(resolved, log);
    const tlsProfiles = await TlsProfiles.open(resolved.sslProfiles, log);
    try {
      await log.reopen(resolved);
    } catch (error) {
      tlsProfiles.close();
      throw error;
    }
    if (this.#around.isStopping()) {
      tlsProfiles.close();
      return [];
    }
    const undone = this.#undoneBy(written);
    host.passwordCheck = passwordCheck;
    host.tlsProfiles = tlsProfiles;
    const { lines } = await this.#goOver(written, resolved);
    this.file = file ?? this.file;
    this.#saved = written;
    this.#unsaved.clear();
    return [...undone, ...lines];
  }

  /** What management made of the running router, and the file does not have. */
  #undoneBy(wanted: Configuration): string[] {
    return [...this.#unsaved].flatMap(([what, words]) => {
      const isUndone = differences(this.#written, wanted).has(what);
      return isUndone ? [`${words} by management without being saved: the file undoes it`] : [];
    });
  }

  async #change(request: ChangeRequest, saves: boolean): Promise<ChangeOutcome> {
    const changed = changeConfiguration(this.#written, request);
    if ('reason' in changed) return refused(changed.reason);
    if (this.#around.isStopping()) return refused('the router is stopping');
    let staged: StagedConfiguration | null = null;
    try {
      staged = saves ? await this.#stage(changed) : null;
      await this.#apply(request, changed);
    } catch (error) {
      await staged?.discard();
      if (!(error instanceof WeftError)) throw error;
      const failure = `${error.message}. ${error.remedy}`.trim();
      return { failure, isRefusal: error.code === 'WEFT_CONFIGURATION_UNWRITABLE', note: '', identity: '' };
    }
    const note = await this.#settle(request, changed, staged);
    const identity = (changed.after ?? changed.before)?.identity ?? '';
    return { failure: '', isRefusal: false, note: [...changed.warnings, note].filter(Boolean).join('; '), identity };
  }

  async #stage({ edit }: ChangedConfiguration): Promise<StagedConfiguration> {
    if (this.file === null) {
      throw new WeftError(
        'WEFT_CONFIGURATION_UNWRITABLE',
        'cannot save: the router was started without a configuration file',
        'Ask without --persist, or start it with -c FILE.',
      );
    }
    return this.file.stage(edit);
  }

  /** Throws a WeftError; all is as before then. */
  async #apply({ spec }: ChangeRequest, { configuration, before, after }: ChangedConfiguration): Promise<void> {
    const { log, host } = this.#around;
    const [written, resolved] = [this.#written, this.#resolved];
    const wanted = resolveAgain(configuration, written, resolved);
    if (spec.name === 'sslProfile') {
      const renewed = after?.name ?? before?.name ?? '';
      host.tlsProfiles = await TlsProfiles.open(wanted.sslProfiles, log, { from: host.tlsProfiles, except: renewed });
    }
    if (spec.name === 'log') await log.reopen(wanted);
    const [failure] = (await this.#goOver(configuration, wanted)).failures;
    if (failure === undefined) return;
    await this.#goOver(written, resolved);
    throw failure;
  }

  /** The file takes its new form. Returns what is to be said of that. */
  async #settle(
    request: ChangeRequest,
    changed: ChangedConfiguration,
    staged: StagedConfiguration | null,
  ): Promise<string> {
    const entity = (changed.after ?? changed.before) as ListedEntity;
    const section = request.spec.section ?? request.spec.name;
    const what = keyWithin(section, entity);
    const words = `${section} ${entity.name}: ${DONE[request.kind]}`;
    let note = '';
    try {
      await staged?.commit();
      this.#saved = staged?.configuration ?? this.#saved;
    } catch (error) {
      if (!(error instanceof WeftError)) throw error;
      note = `not saved: ${error.message}`;
    }
    if (differences(this.#saved, this.#written).has(what)) {
      this.#unsaved.set(what, words);
      note ||= 'not saved: it will not outlive a restart';
    } else this.#unsaved.delete(what);
    this.#around.log.write('AGENT', LogLevel.Notice, `${words} by management${note === '' ? '' : `, ${note}`}`);
    return note;
  }

  async #goOver(written: Configuration, resolved: Configuration): Promise<{ lines: string[]; failures: WeftError[] }> {
    const { host, router, turns } = this.#around;
    const now = monotonicMs();
    const lines = router.reload(resolved, now);
    turns.end(now);
    this.#written = written;
    this.#resolved = resolved;
    return { lines, failures: await host.settled() };
  }
}

function refused(failure: string): ChangeOutcome {
  return { failure, isRefusal: true, note: '', identity: '' };
}

const DONE = { create: 'created', update: 'changed', delete: 'deleted' } as const;

/** Which entities the two do not have alike. */
function differences(a: Configuration, b: Configuration): Set<string> {
  const changes = compareConfigurations(a, b);
  return new Set(
    changes.map(({ entityType, before, after }) => keyWithin(entityType, (before ?? after) as ListedEntity)),
  );
}

/** What tells an entity from all others. `section`: the word for its type. */
function keyWithin(section: string, entity: { readonly name: string; readonly identity: string }): string {
  return `${section} ${keyOf(asRead(entityOfSection(section) as EntitySpec, entity, { line: 1, column: 1 }))}`;
}

export async function openPasswordCheck({ router }: Configuration, log: Log): Promise<PasswordCheck | null> {
  if (router.usersFile === '') return null;
  return PasswordCheck.open(router.usersFile, (message) => log.write('SERVER', LogLevel.Error, message));
}
