// Replies in plain text, and what all replies have in common.
import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Nothing is to be kept by caches or guessed at by browsers. */
const commonHeaders = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' } as const;

/** Head of a reply; the body is the caller's. */
export function startReply({ response }: Exchange, status: number, headers: OutgoingHttpHeaders): void {
  response.writeHead(status, { ...commonHeaders, ...headers });
}

/** A whole reply of text lines. For HEAD Node leaves the body out. */
export function replyText(exchange: Exchange, status: number, text: string, headers: OutgoingHttpHeaders = {}): void {
  const { response } = exchange;
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(text);
  startReply(exchange, status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': body.length,
    ...headers,
  });
  response.end(body);
}

/** Says no to an upgrade, in one line, and ends the socket. */
export function refuseUpgrade(socket: Duplex, status: number, reason: string, headers = ''): void {
  const body = `${reason}\n`;
  socket.on('error', () => undefined);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: text/plain; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n${headers}\r\n${body}`,
  );
}
