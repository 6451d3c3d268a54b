// The sessions of one connection (§2.5): begun by either side, each on a channel of its own in both directions, ended, lost.
import type { Begin, End, ErrorInfo } from '../amqp/performatives.ts';
import { TurnList } from '../kit/turn-list.ts';
import { amqpError, Condition } from './conditions.ts';
import type { Connection } from './connection.ts';
import type { WindowKind } from './incoming-window.ts';
import { refusedSessionsMax } from './limits.ts';
import { Session } from './session.ts';
import { SessionTable } from './session-table.ts';

export class ConnectionSessions {
  readonly #connection: Connection;
  readonly #table = new SessionTable();
  /** Those that have something to write at the end of the turn. */
  readonly #due = new TurnList<Session>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get count(): number {
    return this.#table.count;
  }

  get sharing(): number {
    return this.#table.sharing;
  }

  windowKindChanged(from: WindowKind, to: WindowKind): void {
    if (from === 'share') this.#table.sharing--;
    if (to === 'share') this.#table.sharing++;
  }

  get all(): Session[] {
    return this.#table.all;
  }

  /** By the peer's channel. hot */
  byRemote(channel: number): Session | undefined {
    return this.#table.byRemote(channel);
  }

  byOwn(channel: number): Session | undefined {
    return this.#table.byOwn(channel);
  }

  // --- begin and end -------------------------------------------------------------------------------------------------

  /** Begins a session from our side; null when the peer allows no more. */
  begin(windowKind: WindowKind = 'share'): Session | null {
    const { remoteChannelMax, options } = this.#connection;
    const channel = this.#table.freeChannel;
    if (channel > Math.min(remoteChannelMax, options.open.channelMax as number)) return null;
    const session = new Session(this.#connection, channel, windowKind);
    this.#table.add(session);
    session.begin();
    return session;
  }

  /** The peer's begin: the answer to ours, or a session of its own. */
  handleBegin(begin: Begin, channel: number): void {
    const connection = this.#connection;
    const channelMax = connection.options.open.channelMax as number;
    const refusal = begin.remoteChannel === null ? (connection.owner.refuseSession?.(connection) ?? null) : null;
    // Of a peer that may begin no more, the session alone is refused as long as it stays within reason.
    const isWithin = refusal !== null && this.#table.count < refusedSessionsMax;
    if (channel > channelMax && !isWithin) {
      connection.fail(
        amqpError(Condition.FramingError, `channel ${channel} is above channel-max ${channelMax} (§2.7.1)`),
      );
    } else if (this.#table.byRemote(channel) !== undefined) {
      connection.fail(amqpError(Condition.NotAllowed, `a session has begun on channel ${channel} already`));
    } else if (begin.remoteChannel === null) this.#handleOffer(begin, channel, refusal);
    else this.#handleAnswer(begin, begin.remoteChannel, channel);
  }

  #handleOffer(begin: Begin, channel: number, refusal: ErrorInfo | null): void {
    const connection = this.#connection;
    const own = this.#table.freeChannel;
    if (own > connection.remoteChannelMax) {
      connection.fail(
        amqpError(Condition.NotAllowed, 'more sessions begun than channel-max allows us to answer (§2.7.1)'),
      );
      return;
    }
    const session = new Session(connection, own);
    this.#table.add(session);
    this.#table.bindRemote(session, channel);
    session.handleBegin(begin, channel);
    if (refusal !== null) session.end(refusal);
  }

  #handleAnswer(begin: Begin, own: number, channel: number): void {
    const session = this.#table.byOwn(own);
    if (session === undefined || session.remoteChannel >= 0) {
      this.#connection.fail(amqpError(Condition.NotAllowed, `begin answers channel ${own}, where nothing was begun`));
      return;
    }
    this.#table.bindRemote(session, channel);
    session.handleBegin(begin, channel);
  }

  handleEnd(end: End, channel: number): void {
    const session = this.#table.byRemote(channel);
    if (session === undefined) {
      this.#connection.fail(amqpError(Condition.NotAllowed, `end on channel ${channel}, where no session has begun`));
      return;
    }
    session.handleEnd(end);
    this.#table.remove(session);
  }

  /** First all sessions stop, then their owners are told: nothing that one of these does may go out on another session here. */
  lose(error: ErrorInfo | null): void {
    const lost = this.#table.all.filter((session) => !session.isEnding);
    for (const session of lost) session.stop();
    for (const session of lost) session.tellLost(error);
    for (const session of lost) {
      session.flushDispositions();
      session.isEnding = true;
    }
    this.#table.clear();
    this.#due.clear();
  }

  // --- turns ---------------------------------------------------------------------------------------------------------

  /** hot: once a turn and session */
  addDue(session: Session): void {
    this.#due.push(session);
  }

  /** Writes what the turn gathered. */
  endTurn(): void {
    const due = this.#due;
    for (let at = 0; at < due.length; at++) due.at(at).endTurn();
    due.clear();
  }
}
