// What this router is, and the times that Dispatch's router entity lets users set. Its names, defaults and meanings.

import { joiningMs } from './limits.ts';

export interface LinkStateSettings {
  readonly routerId: string;
  /** Must differ from every earlier start of this router, and should be higher: whole seconds since 1970 at the start. */
  readonly instance: number;
  /**
   * Of our first link state, default 1. Dispatch takes a link state only if its sequence is higher than the last one, also when that was of
   * our former life, which it may not know to be over yet: give what is higher from start to start.
   */
  readonly firstSequence?: number;
  /** HELLO is sent this often. Default 1. */
  readonly helloIntervalSeconds?: number;
  /** A neighbour is lost, and no longer `seen`, after more than this without HELLO. Default 3. */
  readonly helloMaxAgeSeconds?: number;
  /** An RA is sent this often while nothing changes. Default 30. */
  readonly raIntervalSeconds?: number;
  /** An RA is sent this often until twice this time after the last change of the topology or of what we publish. Default 4. */
  readonly raIntervalFluxSeconds?: number;
  /** The link state of a router is emptied after more than this without RA or newer LSU. Default 60. */
  readonly remoteLsMaxAgeSeconds?: number;
  /** Others may go through this router once it knows what is where, at the latest so long after its first neighbour. Default 1000. */
  readonly joiningMs?: number;
}

/** The same in milliseconds, complete. */
export interface Timing {
  readonly helloIntervalMs: number;
  readonly helloMaxAgeMs: number;
  readonly raIntervalMs: number;
  readonly raIntervalFluxMs: number;
  readonly remoteLsMaxAgeMs: number;
  readonly joiningMs: number;
}

export function timingOf(settings: LinkStateSettings): Timing {
  return {
    helloIntervalMs: (settings.helloIntervalSeconds ?? 1) * 1_000,
    helloMaxAgeMs: (settings.helloMaxAgeSeconds ?? 3) * 1_000,
    raIntervalMs: (settings.raIntervalSeconds ?? 30) * 1_000,
    raIntervalFluxMs: (settings.raIntervalFluxSeconds ?? 4) * 1_000,
    remoteLsMaxAgeMs: (settings.remoteLsMaxAgeSeconds ?? 60) * 1_000,
    joiningMs: settings.joiningMs ?? joiningMs,
  };
}
