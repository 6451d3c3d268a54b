// The policy of one router: its rules, which can be replaced while it runs, and what they have let in and denied.
//
//   socket ──acceptTransport──▶ Open ──ConnectionPolicy.enter──▶ links ──admitSender/Receiver──▶ messages ──LinkGuard
//
// A change of the rules holds for connections and links from then on; links that are attached stay, with the rules that let them in.
import { LogLevel, type LogSink } from '../core/log.ts';
import { makePolicy, type PolicyEntity, type VhostEntity } from '../schema/configuration.ts';
import { nameConflicts } from '../schema/vhost.ts';
import { CompiledVhost } from './compiled-vhost.ts';
import { ConnectionPolicy, type Newcomer } from './connection-policy.ts';
import { type Denial, describeDenial } from './denial.ts';
import type { LookUp } from './host-rules.ts';
import { Refusals, type RefusedThing } from './refusals.ts';
import { type Applicant, isDenial, RuleSet } from './rule-set.ts';
import { VhostCounters, type VhostStats } from './vhost-counters.ts';

export interface PolicyOptions {
  readonly log: LogSink;
  /** Monotonic milliseconds. */
  now(): number;
  /** Of the hosts that rules name; see {@link LookUp}. */
  readonly lookUp: LookUp;
}

/** Figures of the entity `policy`. */
export interface PolicyFigures {
  connectionsProcessed: number;
  connectionsDenied: number;
  connectionsCurrent: number;
  linksDenied: number;
  maxMessageSizeDenied: number;
  totalDenials: number;
}

export class Policy {
  readonly figures: PolicyFigures = {
    ...{ connectionsProcessed: 0, connectionsDenied: 0, connectionsCurrent: 0 },
    ...{ linksDenied: 0, maxMessageSizeDenied: 0, totalDenials: 0 },
  };
  readonly refusals = new Refusals();
  readonly #options: PolicyOptions;
  #rules = new RuleSet(makePolicy(), new Map());
  #counters = new Map<string, VhostCounters>();
  /** Host names whose addresses are not known yet. */
  #lookUpsOpen = 0;
  #onResolved: (() => void) | null = null;

  constructor(options: PolicyOptions) {
    this.#options = options;
  }

  /** The rules of now: another object after each change. */
  get rules(): RuleSet {
    return this.#rules;
  }

  // --- configuration -----------------------------------------------------------------------------------------------

  /**
   * Replaces all rules. What is wrong with them, in sentences; then nothing is changed. Host names are looked up now: until a name is
   * known, rules with it let nobody in.
   */
  configure(policy: PolicyEntity, vhosts: readonly VhostEntity[]): readonly string[] {
    const errors = nameConflicts(vhosts, policy.enableVhostNamePatterns).map(told);
    const compiled = new Map<string, CompiledVhost>();
    for (const entity of vhosts) {
      const result = this.#compile(entity, policy);
      if (result.compiled !== null) compiled.set(entity.hostname, result.compiled);
      errors.push(...result.errors.map((error) => told([entity.hostname, error])));
    }
    if (errors.length > 0) return errors;
    this.#rules = new RuleSet(policy, compiled);
    this.#counters = new Map(
      [...compiled.keys()].map((name) => [name, this.#counters.get(name) ?? new VhostCounters(name)]),
    );
    return [];
  }

  /** One that is as it was keeps the addresses of its hosts. */
  #compile(entity: VhostEntity, policy: PolicyEntity) {
    const known = this.#rules.vhosts.get(entity.hostname);
    const isSame =
      known !== undefined &&
      JSON.stringify(known.entity) === JSON.stringify(entity) &&
      this.#rules.policy.maxMessageSize === policy.maxMessageSize;
    if (isSame) return { compiled: known, errors: [] };
    return CompiledVhost.compile(entity, policy, (name, answer) => this.#lookUp(name, answer));
  }

  #lookUp(name: string, answer: (addresses: readonly string[]) => void): void {
    this.#lookUpsOpen++;
    this.#options.lookUp(name, (addresses) => {
      this.#lookUpsOpen--;
      if (addresses.length === 0)
        this.log(LogLevel.Error, `remoteHosts: host ${JSON.stringify(name)} has no address; nobody is let in for it`);
      answer(addresses);
      if (this.#lookUpsOpen > 0) return;
      const told = this.#onResolved;
      this.#onResolved = null;
      told?.();
    });
  }

  /** Calls back once all host names that rules name are looked up: at once when nothing is under way. */
  whenResolved(callback: () => void): void {
    if (this.#lookUpsOpen === 0) callback();
    else this.#onResolved = callback;
  }

  // --- for management ----------------------------------------------------------------------------------------------

  get entity(): PolicyEntity {
    return this.#rules.policy;
  }

  get vhosts(): VhostEntity[] {
    return [...this.#rules.vhosts.values()].map(({ entity }) => entity);
  }

  /** Rows of vhostStats, in the order of the vhosts. */
  get vhostStats(): VhostStats[] {
    return [...this.#counters.values()].map(({ stats }) => stats);
  }

  // --- connections -------------------------------------------------------------------------------------------------

  /** Whether one more connection of a listener is too many. */
  get isFull(): boolean {
    return this.figures.connectionsCurrent >= this.entity.maxConnections;
  }

  /** A peer has connected to a listener: false when it is to be turned away without a word. Each true is one `releaseTransport`. */
  acceptTransport(remote: string): boolean {
    this.figures.connectionsProcessed++;
    if (this.isFull) {
      this.denyTransport(remote);
      return false;
    }
    this.figures.connectionsCurrent++;
    return true;
  }

  /** One was turned away before it came that far: see {@link isFull}. */
  denyTransport(remote: string): void {
    this.figures.connectionsDenied++;
    const { maxConnections } = this.entity;
    const reason = `maxConnections is ${maxConnections}`;
    const host = hostOf(remote);
    this.remember('connection', { user: '', host }, '', { rule: 'maxConnections', vhost: '', group: '', reason });
    this.log(LogLevel.Info, `refused: connection of ${remote}: ${reason}`);
  }

  releaseTransport(): void {
    this.figures.connectionsCurrent--;
  }

  /** For a peer that may be let in, before its Open is here. */
  meet(newcomer: Newcomer): ConnectionPolicy {
    return new ConnectionPolicy(this, newcomer);
  }

  /** Null: there is no such vhost any more. */
  countersOf(hostname: string): VhostCounters | null {
    return this.#counters.get(hostname) ?? null;
  }

  // --- HTTP --------------------------------------------------------------------------------------------------------

  /**
   * Why who asks over HTTP may not read this; null when he may. He must be let in by the rules as if he opened a connection (`user` is
   * 'anonymous' without a certificate, `hostname` the listener's policyVhost or the host of the request), and for figures he must be
   * allowed to receive from `$management`, which has them all. Nobody is counted as a connection.
   */
  denyHttp(what: 'metrics' | 'files', applicant: Applicant): string | null {
    if (!this.entity.enableVhostPolicy) return null;
    const judged = this.#rules.judge(applicant);
    const denial = isDenial(judged)
      ? judged
      : what === 'files' || judged.sources.allows('$management', applicant.user)
        ? null
        : {
            ...{ rule: 'sources', vhost: judged.vhost.hostname, group: judged.settings.name },
            reason: 'its sources do not allow $management',
          };
    if (denial === null) return null;
    const text = describeDenial(denial);
    this.remember('connection', applicant, '', denial);
    this.log(
      LogLevel.Info,
      `refused: HTTP ${what} for user ${JSON.stringify(applicant.user)} at ${applicant.host}: ${text}`,
    );
    return text;
  }

  // --- refusals ----------------------------------------------------------------------------------------------------

  remember(what: RefusedThing, who: { user: string; host: string }, address: string, denial: Denial): void {
    this.figures.totalDenials++;
    this.refusals.add(what, who, address, denial, this.#options.now());
  }

  log(level: LogLevel, text: string): void {
    const { log } = this.#options;
    if (log.enabled('POLICY', level)) log.write('POLICY', level, text);
  }
}

function told([hostname, what]: readonly [string, string]): string {
  return `vhost ${JSON.stringify(hostname)}: ${what}`;
}

/** `127.0.0.1:50432` → `127.0.0.1`, `[::1]:50432` → `::1`; what has no port stays. */
export function hostOf(remote: string): string {
  const match = /^\[(.*)\]:\d+$|^([^:]*):\d+$/.exec(remote);
  return match?.[1] ?? match?.[2] ?? remote;
}
