// How a test plants a fault into a router: it patches one object at a seam, in one run; nothing of the router's own code is
// changed.
import type { IncomingLink } from '../../engine/incoming-link.ts';
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { Session } from '../../engine/session.ts';
import type { Router } from '../../router/router.ts';
import type { RouterConnection } from '../../router/router-connection.ts';
import type { Promised } from '../breaches.ts';

export interface PlantedFault {
  readonly name: string;
  /** Whose checker has to find it. */
  readonly breaks: readonly Promised[];
  plant(router: Router): void;
}

/** True once, at the `count`th call. */
export function nth(count: number): () => boolean {
  let left = count;
  return () => --left === 0;
}

export function onConnections(router: Router, patch: (connection: RouterConnection) => void): void {
  for (const method of ['acceptConnection', 'dialSucceeded'] as const) {
    const original = router[method].bind(router) as (...words: unknown[]) => RouterConnection;
    Object.assign(router, {
      [method]: (...words: unknown[]) => {
        const connection = original(...words);
        patch(connection);
        return connection;
      },
    });
  }
}

interface LinkPatches {
  incoming?(link: IncomingLink): void;
  outgoing?(link: OutgoingLink): void;
  /** Once for each session that has a link. */
  session?(session: Session): void;
}

export function onLinks(router: Router, patches: LinkPatches): void {
  const seen = new Set<Session>();
  onConnections(router, (connection) => {
    const original = connection.handleAttach.bind(connection);
    connection.handleAttach = (link, attach) => {
      if (!seen.has(link.session)) patches.session?.(link.session);
      seen.add(link.session);
      if (link.isIncoming) patches.incoming?.(link);
      else patches.outgoing?.(link);
      original(link, attach);
    };
  });
}

/** Replaces `object[name]` by what `make` makes of it. */
export function patch<T extends object, Name extends keyof T>(
  object: T,
  name: Name,
  make: (original: T[Name]) => T[Name],
): void {
  const original = object[name];
  object[name] = make(typeof original === 'function' ? original.bind(object) : original);
}
