// The one way in which bytes of a peer are refused. What it costs the peer (link, session or connection, and with
// which condition) is decided by whoever asked for the decoding; `amqp:decode-error` (§2.8.15) is the usual answer.

/** Bytes are not what the standard allows there. `offset` is the place in the decoded array where that was noticed. */
export class DecodeError extends Error {
  override name = 'DecodeError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} (at byte ${offset})`);
    this.offset = offset;
  }
}
