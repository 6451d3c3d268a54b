// Bounds on sample traffic: it shows that a mesh works, and must not be what keeps the machine busy.

export const trafficLimits = {
  /** Sample applications; of a mesh with more, as many of each channel as fit. */
  applicationsMax: 200,
  /** Deliveries a second of all of them, each copy of a multicast message counted; where they would be more, all send less. */
  deliveriesPerSecondMax: 2_000,
  /** Addresses below a prefix that one use stands for. */
  addressesMax: 20,
  /** Messages that a consumer lets come before it has settled the ones before. */
  creditMax: 20,
  /** Answers on their way to one that asks. */
  answerCreditMax: 100,
  /** An answer that is later is not waited for: it may be lost with a router on its way, as its request may. */
  answerMs: 2_000,
  /** How exact the pace of sending is. */
  tickMs: 10,
  reportMs: 250,
  /** After an attempt at every endpoint of an application, before the next one; it doubles up to the second. */
  firstBackOffMs: 200,
  longestBackOffMs: 5_000,
  /** An attempt to connect. */
  connectMs: 5_000,
  /** Without a router for so long is told. */
  withoutRouterMs: 10_000,
  /** Before a link that was refused, or ended, is attached anew. */
  reattachMs: 2_000,
  /** For the outcomes of what was sent, when an application is to stop; then for the router to close. */
  outcomesMs: 8_000,
  closeMs: 2_000,
  /** For the thread to stop: both of these, and some more. */
  stopMs: 15_000,
} as const;
