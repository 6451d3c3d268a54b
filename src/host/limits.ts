// Every limit of the room: what the world may make this process do or hold.

export const limits = {
  /** How long a transport may take to end after we asked for it: a peer that never closes is cut off then. */
  lingerMs: 2_000,
  /** Bytes that one read of a socket takes: as many as Node reads otherwise. */
  readBytes: 64 * 1024,
  /** At most one log line in this time tells that connections cannot be accepted, or are turned away: no flood makes another. */
  acceptFailureLogMs: 1_000,
  /** How long a dial may take before it counts as failed. */
  dialTimeoutMs: 10_000,
  /** How long a peer may take from its connection to the end of its TLS handshake, or to the first byte in clear. */
  tlsHandshakeMs: 10_000,
  /** Connections of one listener in their handshake; one more is turned away. Each costs some 50 kB. */
  tlsHandshakesMax: 4_096,
  /** How often the files of sslProfiles are looked at. */
  tlsFilesPollMs: 2_000,
  /** Bytes of a certificate, key or authorities file, or of a file of display names. */
  tlsFileBytesMax: 4 * 1024 * 1024,
  /** HTTP connections of one listener, WebSockets not counted; one more is turned away. An idle one costs some 10 kB. */
  httpConnectionsMax: 2_048,
  /** Bytes of the request line and the headers of an HTTP request. */
  httpHeadBytesMax: 16 * 1024,
  /** Headers of a request that are looked at. */
  httpHeadersMax: 100,
  /** How long HTTP clients may take: for the headers, for a whole request, in silence during one, and between two (twice what Prometheus usually waits). */
  http: { headersMs: 10_000, requestMs: 15_000, idleMs: 30_000, keepAliveMs: 65_000 },
  /** Files of httpRootDir on their way at once. */
  httpFilesAtOnceMax: 128,
  /** Replies with the text of /metrics that are not read yet; each is some 100 kB. */
  metricsRepliesMax: 16,
  /** Addresses and links that are looked at in one turn for /metrics. */
  metricsBite: 1_000,
  /** The text of /metrics is made anew when it is older. */
  metricsAgeMs: 500,
  /** Bytes of one WebSocket message, or twice the listener's maxFrameSize if that is more: it is held until it is complete. */
  webSocketMessageBytesMax: 1024 * 1024,
  /** Bytes of a configuration file. */
  configurationBytesMax: 16 * 1024 * 1024,
  /** Files in the folder of `policyDir`. */
  policyFilesMax: 10_000,
  /** Bytes of a path of a Unix socket: `sun_path` holds 108 on Linux, 104 elsewhere, a closing zero included. */
  unixPathBytesMax: 103,
  /** Log text that waits for a slow reader of our output; lines beyond are dropped, counted and told. */
  logBacklogCharactersMax: 1024 * 1024,
  /** How long the end of the process waits for a reader of its log. */
  logCloseMs: 1_000,
  /** Bytes of a users file. */
  usersFileBytesMax: 16 * 1024 * 1024,
  /** Bytes of a user name or password that are looked at; longer ones are refused unseen. */
  credentialBytesMax: 1024,
  /**
   * PBKDF2 rounds of a new verifier. RFC 7677 asks for 4096 at least. 20,000 cost about 4 ms of one thread: a fleet of
   * 1,000 clients that comes back at once is verified within seconds, not minutes.
   */
  scramIterations: 20_000,
  scramIterationsMin: 4_096,
  /** A typing error in the users file must not stall the checks of everybody else. */
  scramIterationsMax: 2_000_000,
  /** Password checks under way at once. Node has four threads for such work; two stay free for files and name lookups. */
  passwordChecksAtOnceMax: 2,
  /** Password checks that wait for their turn; a check beyond is answered with "no" at once. */
  passwordChecksWaitingMax: 10_000,
} as const;
