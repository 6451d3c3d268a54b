// What those who watch this router from outside (over HTTP) ask of it: is it ready, what are its figures, may they know. Nothing here
// changes anything.
import type { ClientTraffic, GroupOf } from '../core/client-traffic.ts';
import { hostOf } from '../policy/policy.ts';
import type { Dialer } from './dialer.ts';
import { type RouterFigures, routerFigures } from './figures/router-figures.ts';
import { type Survey, Surveys } from './figures/survey.ts';
import type { Listeners } from './listeners.ts';
import type { HttpRequest } from './ports.ts';
import { readinessReasons } from './readiness.ts';
import type { Router } from './router.ts';

export type { ClientTraffic } from '../core/client-traffic.ts';

/** What a router shows to nobody else. */
export interface Inside {
  readonly listeners: Listeners;
  /** By the connector's identity. */
  readonly dialers: ReadonlyMap<string, Dialer>;
  readonly version: string;
  readonly startedAtMs: number;
}

/** A connection that has opened. */
export interface OpenConnection {
  /** The container at the other end, and who it has proved to be. */
  readonly peer: string;
  readonly user: string;
  readonly role: string;
  /** Monotonic milliseconds. */
  readonly openedAtMs: number;
}

export class Monitor {
  readonly #router: Router;
  readonly #inside: Inside;
  /** null until somebody asks. */
  #surveys: Surveys | null = null;

  constructor(router: Router, inside: Inside) {
    this.#router = router;
    this.#inside = inside;
  }

  get isDraining(): boolean {
    return this.#router.isDraining;
  }

  /** Why this router is not ready for clients, a line each; none when it is. `any`: one connector to another router is enough. */
  readiness(any = false): string[] {
    const { mesh, edge } = this.#router.core;
    const view = { isDraining: this.isDraining, listeners: this.#inside.listeners.reasons, mesh, edge };
    return readinessReasons({ ...view, connectors: this.#connectors }, any);
  }

  /** What is at hand for metrics. */
  figures(): RouterFigures {
    const { version, startedAtMs } = this.#inside;
    return routerFigures(this.#router, { version, startedAtMs, connectors: this.#connectors });
  }

  /** Begins to gather what takes a walk over addresses and links; one at a time. From the first one on what links carry is kept. */
  survey(): Survey {
    this.#surveys ??= new Surveys(this.#router.core);
    return this.#surveys.start();
  }

  /** From now on what clients publish and receive is kept by these groups of addresses. */
  clientTraffic(groupOf: GroupOf): Pick<ClientTraffic, 'totals'> {
    return this.#router.core.keepClientTraffic(groupOf);
  }

  /** Those that opened before this moment, monotonic milliseconds. */
  connectionsBefore(atMs: number): OpenConnection[] {
    const open = [...this.#router.connections].filter(
      (one) => one.hasOpened && !one.isFinished && one.openedAtMs < atMs,
    );
    return open.map(({ connection: { remoteContainerId: peer, user }, entity: { role }, openedAtMs }) => {
      return { peer, user, role, openedAtMs };
    });
  }

  /** Which rule of the policy forbids the request; null when it is allowed. */
  forbids({ user, remote, hostname, path, listener }: HttpRequest): string | null {
    return this.#router.policy.denyHttp(path === '/metrics' ? 'metrics' : 'files', {
      user: user === '' ? 'anonymous' : user,
      host: hostOf(remote),
      hostname: listener.policyVhost === '' ? hostname : listener.policyVhost,
    });
  }

  get #connectors() {
    return [...this.#inside.dialers.values()].map(({ connector, peer }) => ({ connector, peer }));
  }
}
