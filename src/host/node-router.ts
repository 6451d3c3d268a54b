// One router on Node: configuration in, sockets open. Everything that can go wrong with the environment (files, users,
// passwords, ports) goes wrong before it is operational.
//
//   start ──▶ operational ──stop──▶ draining ──▶ lingering ──▶ ended
//                  └──────────────kill────────────────────────▶ ended
import { LogLevel } from '../router/ports.ts';
import type { Configuration } from '../schema/configuration.ts';
import { monotonicMs } from './clock.ts';
import { WeftError } from './errors.ts';
import type { HostedMonitor, HostedRouter } from './hosted-router.ts';
import { limits } from './limits.ts';
import { LiveConfiguration, openPasswordCheck } from './live-configuration.ts';
import { Log } from './log.ts';
import { NodeHost } from './node-host.ts';
import type { PasswordCheck } from './password-check.ts';
import { resolvePasswords } from './password-source.ts';
import { makeRouterId, withRouterId } from './router-id.ts';
import type { SavedConfiguration } from './saved-configuration.ts';
import { TlsProfiles } from './tls/tls-profiles.ts';
import { Turns } from './turns.ts';

/** Makes the router that is to be hosted: `(options) => new Router(options)`. */
export type MakeRouter = (options: { configuration: Configuration; host: NodeHost; now: number }) => HostedRouter;

export class NodeRouter {
  readonly log: Log;
  readonly #host: NodeHost;
  readonly #router: HostedRouter;
  readonly #turns: Turns;
  readonly #live: LiveConfiguration;
  #markEnded: () => void = () => undefined;
  /** Resolves when nothing is open any more. */
  readonly ended: Promise<void> = new Promise((resolve) => {
    this.#markEnded = resolve;
  });
  #stopTimer: NodeJS.Timeout | null = null;
  #isStopping = false;
  #isEnding = false;

  private constructor(
    written: Configuration,
    configuration: Configuration,
    log: Log,
    passwordCheck: PasswordCheck | null,
    tlsProfiles: TlsProfiles,
    makeRouter: MakeRouter,
  ) {
    this.log = log;
    this.#host = new NodeHost(log, passwordCheck, tlsProfiles, () => void this.#end());
    this.#router = makeRouter({ configuration, host: this.#host, now: monotonicMs() });
    this.#turns = new Turns(this.#router);
    this.#host.attach(this.#router, this.#turns);
    this.#live = new LiveConfiguration(written, configuration, {
      log,
      host: this.#host,
      router: this.#router,
      turns: this.#turns,
      isStopping: () => this.#isStopping,
    });
    this.#host.changeLive = (request, saves) => this.#live.change(request, saves);
  }

  /**
   * Starts a router and waits until all its listeners are bound. Throws a WeftError when a log cannot be written, the users
   * file, a certificate or a password is not available, or a listener cannot be bound; nothing stays open then. `warnings` are lines to log.
   */
  static async start(
    configuration: Configuration,
    makeRouter: MakeRouter,
    warnings: readonly string[] = [],
  ): Promise<NodeRouter> {
    const resolved = resolvePasswords(withRouterId(configuration, makeRouterId(configuration.router.mode)));
    const log = await Log.open(resolved);
    for (const line of warnings) log.write('SERVER', LogLevel.Warning, line);
    try {
      const passwordCheck = await openPasswordCheck(resolved, log);
      const tlsProfiles = await TlsProfiles.open(resolved.sslProfiles, log);
      const node = new NodeRouter(configuration, resolved, log, passwordCheck, tlsProfiles, makeRouter);
      await node.#start();
      return node;
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  async #start(): Promise<void> {
    this.log.write('SERVER', LogLevel.Info, `Container Name: ${this.#live.resolved.router.id}`);
    const now = monotonicMs();
    this.#router.start(now);
    this.#turns.end(now);
    const failures = await this.#host.settled();
    if (failures.length > 0) {
      this.kill();
      throw failures.length === 1 ? failures[0] : joinFailures(failures);
    }
    this.log.write('SERVER', LogLevel.Notice, `Operational, 1 Threads Running (process ID ${process.pid})`);
  }

  /** Where it listens, with real ports: `127.0.0.1:5672`, `[::]:5672`, `unix:/path`. */
  get addresses(): string[] {
    return this.#host.addresses;
  }

  /** For live views. */
  get monitor(): HostedMonitor {
    return this.#router.monitor;
  }

  /** The file that it was started with: where changes by management are saved. */
  set file(file: SavedConfiguration) {
    this.#live.file = file;
  }

  /**
   * Goes over to another configuration as far as that needs no restart; lines for people tell what was applied. A listener
   * that cannot be bound is told to the router and logged; the others are bound when this resolves. Throws a
   * WeftError, and changes nothing, when the environment does not have what it asks for.
   */
  reload(configuration: Configuration, file: SavedConfiguration | null = null): Promise<string[]> {
    return this.#live.reload(configuration, file);
  }

  /** Ends gently: deliveries in flight may settle for `drainSeconds`. Resolves when ended; see `ended`. */
  stop(): Promise<void> {
    if (this.#isStopping) return this.ended;
    this.#isStopping = true;
    // The router keeps this time itself; ours is for the case that it does not.
    this.#stopTimer = setTimeout(
      () => {
        this.log.write('SERVER', LogLevel.Warning, 'The router did not stop in time; its connections are cut');
        this.kill();
      },
      this.#live.resolved.router.drainSeconds * 1000 + limits.lingerMs,
    );
    const now = monotonicMs();
    this.#router.drain(now);
    this.#turns.end(now);
    return this.ended;
  }

  /** Ends at once: connections are cut. */
  kill(): void {
    this.#isStopping = true;
    this.#isEnding = true;
    this.#close();
  }

  /** The router has nothing left to do: last bytes leave, sockets linger, then all is over. */
  async #end(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#host.close();
    this.#turns.end(monotonicMs());
    await this.#turns.whenEmpty(limits.lingerMs);
    this.log.write('SERVER', LogLevel.Notice, 'Shut Down');
    this.#close();
  }

  #close(): void {
    if (this.#stopTimer !== null) clearTimeout(this.#stopTimer);
    this.#host.close();
    this.#turns.stop();
    for (const connection of this.#turns.connections) connection.destroy('router stopped');
    this.#markEnded();
  }
}

function joinFailures(failures: WeftError[]): WeftError {
  const lines = failures.map((one) => `${one.message}${one.remedy === '' ? '' : `\n  ${one.remedy}`}`);
  return new WeftError('WEFT_CANNOT_LISTEN', lines.join('\n'), '', failures[0]);
}
