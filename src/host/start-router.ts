// The real router in the host: what everybody but tests of the host starts.
import { Router } from '../router/router.ts';
import type { Configuration } from '../schema/configuration.ts';
import { NodeRouter } from './node-router.ts';

export interface StartOptions {
  /** Weft's own version, which peers are shown. */
  readonly version: string;
  /** Lines to log first. */
  readonly warnings?: readonly string[];
}

/** Starts a router; throws what `NodeRouter.start` throws. */
export function startRouter(configuration: Configuration, { version, warnings }: StartOptions): Promise<NodeRouter> {
  return NodeRouter.start(configuration, (parts) => new Router({ ...parts, version }), warnings);
}
