// The management agent in its router: the connection in memory between the two, served in the router's turn.
//
//   core ◀── engine connection (ours) ══ bytes ══ engine connection (the agent's) ◀── agent
import { type Attach, Open } from '../amqp/performatives.ts';
import { ConnectionContext } from '../core/connection-context.ts';
import type { Clock } from '../engine/clock.ts';
import { Connection } from '../engine/connection.ts';
import type { Link } from '../engine/link.ts';
import type { WriterPool } from '../engine/output.ts';
import type { ConnectionOwner } from '../engine/owner.ts';
import { Agent } from '../management/agent/agent.ts';
import type { AgentPort } from '../management/agent/agent-port.ts';
import { frameBytesMax, roundsPerTurn } from '../management/agent/limits.ts';

/** Deliveries that the agent may have open on one link. */
const linkCapacity = 250;

export class Management implements ConnectionOwner {
  readonly #port: AgentPort;
  readonly #connection: Connection;
  readonly #context: ConnectionContext;
  readonly #agent: Agent;
  /** Something has to be said on this connection, by us or by the agent. */
  #isDue = true;

  constructor(port: AgentPort, clock: Clock, pool: WriterPool) {
    this.#port = port;
    this.#connection = new Connection(this, {
      open: new Open({ containerId: port.core.self.routerId, maxFrameSize: frameBytesMax, channelMax: 255 }),
      isInitiator: false,
      sasl: null,
      requiresSasl: false,
      idleTimeoutMs: 0,
      handshakeTimeoutMs: 0,
      maxSessionFrames: 0,
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
    this.#agent = new Agent(port, clock, pool, () => this.handleDirty());
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
