// What a router believes of the network: its router protocol, which is only read here.
import type { Router } from '../../router/router.ts';

export type MeshView = NonNullable<Router['core']['mesh']>['protocol'];

/** null for a router that is in no network. */
export function meshViewOf({ core }: Router): MeshView | null {
  return core.mesh?.protocol ?? null;
}
