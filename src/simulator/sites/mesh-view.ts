// What a router believes of the network, as its router protocol shows it.
import type { Router } from '../../router/router.ts';

/** Another router, as one router knows it. */
export interface RemoteView {
  readonly id: string;
  readonly instance: number;
  readonly isReachable: boolean;
  readonly cost: number;
  readonly nextHop: { readonly id: string } | null;
  readonly linkStateSequence: number;
  readonly addresses: ReadonlyMap<string, number | null>;
}

export interface MeshView<Remote extends RemoteView = RemoteView> {
  readonly instance: number;
  readonly linkStateSequence: number;
  readonly lastTopologyChangeAt: number;
  readonly routers: ReadonlyMap<string, Remote>;
  router(id: string): Remote | null;
  /** Without itself. */
  validOrigins(destination: Remote): string[];
}

/** null for a router that is in no network. */
export function meshViewOf({ core }: Router): MeshView | null {
  return (core as unknown as { readonly mesh?: { readonly protocol: MeshView } | null }).mesh?.protocol ?? null;
}
