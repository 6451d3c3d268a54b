// What carries one connection of the router, as turns.ts sees it: a socket, or a WebSocket.

export interface HostedTransport {
  /**
   * Does what the router wishes for this connection by now. True when a buffer was written and given back, so that the
   * router may have more to say.
   */
  serve(now: number): boolean;
  /** Cuts the connection off at once. */
  destroy(reason: string): void;
}
