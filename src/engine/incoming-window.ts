// How many frames a peer may send on a session now (§2.5.6): so many that bytes granted and bytes held stay within limits. What
// is held costs whole blocks of memory, so a frame that is smaller than a block may cost one all the same.
import { blockBytes } from '../kit/block-pool.ts';
import type { Connection } from './connection.ts';
import { connectionWindowBytes, sessionWindowBytes, sessionWindowFramesMin } from './limits.ts';
import type { Session } from './session.ts';

/**
 *   share   the usual one: its part of what a connection may have
 *   whole   what a connection may have, besides: for a session that many share, and that is read whatever becomes of its deliveries. Its window bounds
 *           only what is on the way; with a smaller one a long way would be nearly empty
 *   none    next to nothing: for a session on which we only send
 */
export type WindowKind = 'share' | 'whole' | 'none';

/** hot: once a turn and session */
export function incomingWindowFrames(session: Session): number {
  const { connection, heldBytes } = session;
  const { maxSessionFrames } = connection;
  const frames = Math.floor(
    (windowBytes(session, connection) - heldBytes) / Math.max(connection.maxFrameSize, blockBytes),
  );
  // However large its frames may be, a session that holds nothing is never shut.
  const wanted = heldBytes === 0 && frames < sessionWindowFramesMin ? sessionWindowFramesMin : Math.max(0, frames);
  return maxSessionFrames > 0 && maxSessionFrames < wanted ? maxSessionFrames : wanted;
}

function windowBytes({ windowKind }: Session, { options, sharingSessions }: Connection): number {
  if (windowKind === 'whole') return connectionWindowBytes;
  if (windowKind === 'none') return 0;
  return Math.min(
    options.sessionWindowBytes ?? sessionWindowBytes,
    connectionWindowBytes / Math.max(1, sharingSessions),
  );
}
