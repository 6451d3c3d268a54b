// The sslProfiles of a configuration by name, and the watch over their files: a poll, because notifications of file systems
// miss what mounted secrets and network file systems do.
import { assert } from '../../kit/assert.ts';
import { LogLevel, type LogSink } from '../../router/ports.ts';
import type { SslProfileEntity } from '../../schema/configuration.ts';
import { limits } from '../limits.ts';
import { TlsProfile } from './tls-profile.ts';

export class TlsProfiles {
  readonly #profiles: ReadonlyMap<string, TlsProfile>;
  readonly #timer: NodeJS.Timeout | null;

  private constructor(profiles: readonly TlsProfile[], log: LogSink) {
    this.#profiles = new Map(profiles.map((profile) => [profile.entity.name, profile]));
    const look = (): void => {
      this.refresh().catch((error: unknown) => {
        log.write('SERVER', LogLevel.Error, `cannot look at the files of sslProfiles: ${String(error)}`);
      });
    };
    this.#timer = profiles.length === 0 ? null : setInterval(look, limits.tlsFilesPollMs).unref();
  }

  /** Profiles of `from` are taken over but for `except`, of which the files are read now. Throws what `TlsProfile.open` throws. */
  static async open(
    entities: readonly SslProfileEntity[],
    log: LogSink,
    { from, except }: { readonly from?: TlsProfiles; readonly except?: string } = {},
  ): Promise<TlsProfiles> {
    const opening = entities.map((entity) => {
      const known = from === undefined || entity.name === except ? undefined : from.#profiles.get(entity.name);
      return known ?? TlsProfile.open(entity, log);
    });
    return new TlsProfiles(await Promise.all(opening), log);
  }

  get all(): Iterable<TlsProfile> {
    return this.#profiles.values();
  }

  /** The profile that a listener or connector names; null for ''. */
  get(name: string): TlsProfile | null {
    if (name === '') return null;
    const profile = this.#profiles.get(name);
    // The schema lets nobody name what is not there, and clear text is no answer to somebody who wants TLS.
    assert(profile !== undefined, `no sslProfile ${name}`);
    return profile;
  }

  /** Tells in the log what those of a former configuration had not read yet: they are not asked any more. */
  tellChangesSince(former: TlsProfiles): void {
    for (const [name, profile] of this.#profiles) profile.tellChangeSince(former.#profiles.get(name));
  }

  /** Looks at all files now. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#profiles.values()].map((profile) => profile.refresh()));
  }

  /** Watches no more. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }
}
