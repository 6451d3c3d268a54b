// Every limit of the engine, in one place.

/** Bytes that one connection may put into its output in one turn; beyond it deliveries wait on their incoming links. */
export const outputTurnBytes = 256 * 1024;

/**
 * Deliveries go out in frames of at most this many bytes, however large the peer would take them: a frame goes out as a whole, so
 * a larger one would be more than a turn's share.
 */
export const transferFrameBytesMax = 64 * 1024;

/** Control frames may pile up behind a write that does not drain; beyond this many bytes reading stops until it does. */
export const outputBacklogBytes = 1024 * 1024;

/** A write that has not drained for this long ends the connection: its peer no longer reads. */
export const stalledWriteMs = 30_000;

/** Time for the handshake up to the Open when none is configured. */
export const handshakeTimeoutMs = 60_000;

/** How long a connection that sent Close waits for the peer's. */
export const closeTimeoutMs = 2_000;

/**
 * Incoming bytes that one session may have granted or held, see {@link connectionWindowBytes}. A sender must stop and go on for each
 * window of a long message, which costs clients of Proton as much as the whole message each time.
 */
export const sessionWindowBytes = 32 * 1024 * 1024;

/** The same over all sessions of a connection: with more than two sessions each gets its share. */
export const connectionWindowBytes = 64 * 1024 * 1024;

/** Credit, or frames of a session that many share, of which so many are used up are given again, however many are left. */
export const grantBatch = 512;

/** No session's incoming window is offered smaller than this many frames while it holds nothing. */
export const sessionWindowFramesMin = 2;

/** Sessions of one connection, those included that were refused and that the peer never ended, up to which one more is refused by itself. */
export const refusedSessionsMax = 64;

/** The largest handle we accept (§2.7.2 handle-max). */
export const handleMax = 32_767;

/** Links on one connection, both directions together; one more is refused with amqp:resource-limit-exceeded. */
export const connectionLinksMax = 32_768;

/** The same with links that were refused and that the peer never detached; one more costs the connection. */
export const connectionLinkRecordsMax = 2 * connectionLinksMax;

/** The shortest idle-time-out of a peer that we heed; one that wants more heartbeats than that is turned away. */
export const remoteIdleTimeoutMsMin = 100;

/** The shortest max-frame-size that the standard allows (§2.7.1). */
export const maxFrameSizeMin = 512;

/** First capacity of a ring of unsettled deliveries, and the largest before old deliveries move to the sparse table. */
export const unsettledRingMin = 16;
export const unsettledRingMax = 65_536;

/** Output buffers kept for reuse, and the largest that is kept. */
export const pooledWriters = 64;
export const pooledWriterBytesMax = 512 * 1024;
export const writerBytes = 4 * 1024;

/** Bytes of one SASL frame before the Open (§5.3.3.4 wants at least 512). */
export const saslFrameBytesMax = 4 * 1024;

/** The longest link name, container id or address text that we accept, in characters. */
export const nameLengthMax = 4 * 1024;
