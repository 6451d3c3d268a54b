// Every limit of the room.

export const limits = {
  /** How often a router tells its figures. */
  reportMs: 250,
  /** Channels of one report; further ones are in the next. */
  reportedChannelsMax: 500,
  /** Connections that one router names when it is asked for old ones. */
  namedConnectionsMax: 200,
  /** How long a router may take until it is operational, and from the order to stop until it has ended (it drains meanwhile). */
  startMs: 30_000,
  stopMs: 45_000,
  /** How long the start of a mesh waits for its routers to find each other; they go on to look for each other then. */
  joinMs: 10_000,
  /** How long a router that was started anew may take until it is back in the mesh. */
  rejoinMs: 60_000,
  /** How long a router may take to answer. */
  answerMs: 15_000,
  /** Back-off before a router is started again: long enough to be seen. It doubles with each end in a row, up to the second one. */
  firstBackOffMs: 3_000,
  longestBackOffMs: 30_000,
  /** Who was up for so long ends for the first time again. */
  wellAfterMs: 10_000,
  /** How often the files of the mesh, and the state of its certificates, are looked at. */
  filesPollMs: 500,
  certificatesPollMs: 1_000,
  /** How often it is tried again when somebody else changes the folder of certificates. */
  pkiBusyTries: 10,
  /** How often certificates are looked at that near their end. */
  renewalMs: 3_600_000,
  /** Enough for the message and stack of a crash. */
  logLinesKept: 20,
  /** Characters of such a line. */
  logLineCharactersMax: 2_000,
  /** Bytes of a log file of a router; then it is put aside as `.1`, in place of the one before. */
  logFileBytesMax: 16 * 1024 * 1024,
} as const;
