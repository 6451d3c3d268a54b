// The management agent in its router: the connection in memory between the two, served in the router's turn.
//
//   core ◀── engine connection (ours) ══ bytes ══ engine connection (the agent's) ◀── agent
import { type Attach, Open } from '../amqp/performatives.ts';
import { ConnectionContext } from '../core/connection-context.ts';
import { Producer } from '../core/producer.ts';
import type { Clock } from '../engine/clock.ts';
import { Connection } from '../engine/connection.ts';
import type { Link } from '../engine/link.ts';
import type { WriterPool } from '../engine/output.ts';
import type { ConnectionOwner } from '../engine/owner.ts';
import { Agent } from '../management/agent/agent.ts';
import type { AgentPort } from '../management/agent/agent-port.ts';
import { frameBytesMax, replyWindowBytes, roundsPerTurn } from '../management/agent/limits.ts';

/** Deliveries that the agent may have open on one link. */
const linkCapacity = 250;

/** What the router itself gives the agent; who asks is known here. */
export type RouterPort = Omit<AgentPort, 'requesterOf'>;

export class Management implements ConnectionOwner {
  readonly #port: RouterPort;
  readonly #connection: Connection;
  readonly #context: ConnectionContext;
  readonly #agent: Agent;
  /** Something has to be said on this connection, by us or by the agent. */
  #isDue = true;

  constructor(port: RouterPort, clock: Clock, pool: WriterPool) {
    this.#port = port;
    this.#connection = new Connection(this, {
      open: new Open({ containerId: port.core.self.routerId, maxFrameSize: frameBytesMax, channelMax: 255 }),
      isInitiator: false,
      sasl: null,
      requiresSasl: false,
      idleTimeoutMs: 0,
      handshakeTimeoutMs: 0,
      maxSessionFrames: 0,
      sessionWindowBytes: replyWindowBytes,
      pool,
      clock,
    });
    this.#context = new ConnectionContext(this.#connection, {
      label: '[management]',
      role: 'normal',
      linkCapacity,
      maxMessageSize: 0,
      stripsIncoming: true,
      stripsOutgoing: true,
      isInternal: true,
    });
    const requesterOf = (deliveryId: number): ConnectionContext | null => this.#requesterOf(deliveryId);
    this.#agent = new Agent({ ...port, requesterOf }, clock, pool, () => this.handleDirty());
    this.turn(clock.nowMs);
  }

  /** Carries what both sides have to say, and lets the agent do its share. Costs one `if` while there is nothing. */
  turn(now: number): void {
    for (let rounds = 0; this.#isDue && rounds < roundsPerTurn; rounds++) {
      this.#isDue = false;
      carry(this.#connection, this.#agent.connection, now);
      this.#agent.turn();
      carry(this.#agent.connection, this.#connection, now);
    }
  }

  /** When {@link handleTimeout} is due, monotonic milliseconds. */
  get nextDeadline(): number {
    return this.#isDue ? this.#port.core.nowMs : this.#agent.nextDeadline;
  }

  /** The turn that follows is for the agent, too. */
  handleTimeout(now: number): void {
    if (now >= this.nextDeadline) this.#isDue = true;
  }

  /** The agent settles what it is handed in a later step: until then the sender stands beside the delivery on our side. */
  #requesterOf(deliveryId: number): ConnectionContext | null {
    for (const { outgoing } of this.#connection.sessions) {
      const slot = deliveryId < 0 ? -1 : outgoing.find(deliveryId);
      const sender = slot < 0 ? null : outgoing.peers[slot];
      if (sender instanceof Producer) return sender.context;
    }
    return null;
  }

  // --- our end of the connection -----------------------------------------------------------------------------------

  handleDirty(): void {
    this.#isDue = true;
  }

  handleDeadline(): void {
    // Nothing of this connection is a matter of time: both ends are here.
  }

  handleOpened(): void {
    // The agent goes on by itself.
  }

  handleAttach(link: Link, attach: Attach): void {
    this.#port.core.handleAttach(this.#context, link, attach);
  }

  handleEnded(): void {
    // It lives as long as the router.
  }

  handlePassword(): void {
    // There is no SASL on this connection.
  }
}

function carry(from: Connection, to: Connection, now: number): void {
  from.endTurn();
  const bytes = from.takeOutput();
  if (bytes === null) return;
  to.handleBytes(bytes, now);
  from.outputWritten(now);
}
