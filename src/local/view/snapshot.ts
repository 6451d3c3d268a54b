// A run at one moment: what is drawn, printed, or given out as JSON.
import type { RunEvent } from '../event-log.ts';
import type { MeshFigures } from '../mesh-figures.ts';
import type { Loss } from '../router-loss.ts';
import type { TrafficFigures } from '../traffic/figures.ts';

export interface Snapshot {
  /** Its name. */
  readonly mesh: string;
  readonly environments: number;
  readonly teams: number;
  readonly uptimeSeconds: number;
  /** With certificates, configurations and ports. */
  readonly folder: string;
  /** By the counters of the routers. */
  readonly figures: MeshFigures;
  /** By the sample applications; null when there are none. */
  readonly traffic: TrafficFigures | null;
  /** Every kill so far, the last ones at least. */
  readonly losses: readonly Loss[];
  /** Routers that will be killed, `busiest` among them, and when. Null: none. */
  readonly nextLoss: { readonly routers: readonly string[]; readonly atSeconds: number } | null;
  /** The last ones, and how many there were since the run began. */
  readonly events: readonly RunEvent[];
  readonly eventsTold: number;
  /** What went wrong so far; each a sentence. */
  readonly problems: readonly string[];
}
