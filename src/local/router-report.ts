// What a router process and the mesh that runs it say to each other.
//
//   ◀─ channels        by which channels it counts what applications publish and receive
//   ◀─ reload          read the configuration again        ─▶ reloaded
//   ◀─ connections     which are older than a moment       ─▶ connections
//   ◀─ stop            drain, then end
//   ─▶ report          once it is operational, then a few times a second

/** What tells the addresses of a channel. */
export interface CountedChannel {
  readonly name: string;
  /** As routers read it. */
  readonly address: string;
  readonly isPrefix: boolean;
}

export type RouterRequest =
  | { readonly kind: 'channels'; readonly channels: readonly CountedChannel[] }
  | { readonly kind: 'reload' }
  | { readonly kind: 'connections'; readonly openForMs: number }
  | { readonly kind: 'stop' };

export interface RouterReport {
  readonly kind: 'report';
  /** That came from applications, went to them, or passed from router to router. One between two own applications counts twice. */
  readonly deliveries: number;
  /** Connections of applications. */
  readonly applications: number;
  /** It is back in the mesh: listeners are bound, links up, ways known. */
  readonly isReady: boolean;
  /** The routers that it dials. */
  readonly links: readonly { readonly to: string; readonly state: 'up' | 'standby' | 'down' }[];
  /** Those whose figures differ from the last report. */
  readonly channels: readonly ChannelReport[];
}

/** Of one channel at one router. */
export interface ChannelReport {
  readonly name: string;
  /** Deliveries from applications, and to them, ever since the router was told of the channels. */
  readonly in: number;
  readonly out: number;
  readonly consumers: number;
}

export interface OlderConnection {
  /** The id of a router, or the user of an application. */
  readonly peer: string;
  readonly role: string;
  readonly openForMs: number;
}

export type RouterAnswer =
  | RouterReport
  /** `failure`: '' when it was applied. */
  | { readonly kind: 'reloaded'; readonly lines: readonly string[]; readonly failure: string }
  /** The first of them, and how many there are. */
  | { readonly kind: 'connections'; readonly connections: readonly OlderConnection[]; readonly count: number };
