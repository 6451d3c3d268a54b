// The vocabulary of the bench: what is measured (scenarios), of whom (targets), and what came out (samples).

/** Whose CPU is measured, and through what the messages go. */
export type TargetName = 'weft' | 'policed' | 'relay' | 'peer' | 'far' | LineName;

/** Three routers in line, or three bare relays crossed once or twice; between them in clear or under TLS. */
export type LineName = `${'' | 'tls-'}${'line' | 'relays' | 'relays-twice'}`;

/** One kind of traffic, or the idle connections. */
export interface Scenario {
  /** Short and stable; `--only` matches a part of it. */
  readonly name: string;
  readonly kind: 'traffic' | 'idle';
  readonly bodyBytes: number;
  readonly settled: boolean;
  /** Messages have a header and properties, as those of client libraries. */
  readonly properties?: boolean;
  /** Messages a second; null: as fast as credit allows. */
  readonly rate: number | null;
  /** Connections with one sender each; more than one means one address each. */
  readonly senders: number;
  /** Connections with one consumer each (idle: with one idle link each). */
  readonly consumers: number;
}

/** Figures of one run of one scenario against one target. Latencies in microseconds, CPU in seconds. */
export interface TrafficSample {
  readonly kind: 'traffic';
  readonly scenario: string;
  readonly target: TargetName;
  readonly round: number;
  readonly messages: number;
  readonly rate: number;
  /** CPU-seconds of the target's process per million messages. */
  readonly cpuPerMillion: number;
  /** The same of sender and receiver together: what the load itself cost. */
  readonly loadCpuPerMillion: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** Resident memory for each idle connection with one link. */
export interface IdleSample {
  readonly kind: 'idle';
  readonly scenario: string;
  readonly target: TargetName;
  readonly round: number;
  readonly connections: number;
  readonly bytesPerConnection: number;
}

/** A run that did not end as it must; it is shown, never averaged away. */
interface FaultSample {
  readonly kind: 'fault';
  readonly scenario: string;
  readonly target: TargetName;
  readonly round: number;
  readonly reason: string;
}

export type Sample = TrafficSample | IdleSample | FaultSample;

/** Where and of what the figures were taken. */
export interface Environment {
  readonly date: string;
  readonly commit: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Of the last minute before the start: what else the machine was doing. */
  readonly loadAverage: number;
  /** How the router under measurement was started. */
  readonly router: string;
  readonly peer: string | null;
  readonly rounds: number;
  /** null: runs have no length of their own. */
  readonly secondsPerRun: number | null;
  /** Toy sizes: the figures only show that the bench works. */
  readonly quick: boolean;
}
