// How many frames a peer may send on a session now (§2.5.6): so many that bytes granted and bytes held stay within limits. What
// is held costs whole blocks of memory, so a frame that is smaller than a block may cost one all the same.
import { blockBytes } from '../kit/block-pool.ts';
import { connectionWindowBytes, sessionWindowBytes, sessionWindowFramesMin } from './limits.ts';
import type { Session } from './session.ts';

/** hot: once a turn and session */
export function incomingWindowFrames(session: Session): number {
  const { connection, heldBytes } = session;
  const { maxSessionFrames } = connection;
  const share = session.isShared
    ? connectionWindowBytes
    : Math.min(
        connection.options.sessionWindowBytes ?? sessionWindowBytes,
        connectionWindowBytes / Math.max(1, connection.sessionCount),
      );
  const frames = Math.floor((share - heldBytes) / Math.max(connection.maxFrameSize, blockBytes));
  // However large its frames may be, a session that holds nothing is never shut.
  const wanted = heldBytes === 0 && frames < sessionWindowFramesMin ? sessionWindowFramesMin : Math.max(0, frames);
  return maxSessionFrames > 0 && maxSessionFrames < wanted ? maxSessionFrames : wanted;
}
