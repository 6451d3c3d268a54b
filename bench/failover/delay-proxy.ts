// A long link: relays each connection and gives on what it reads `delayMs` later, in both directions; the end of a connection, too.
//
// Run as its own process: `node dist/bench/failover/delay-proxy.js DELAY_MS TARGET_PORT` prints the port that it listens on.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Listens on a free port of 127.0.0.1. Timers of one length fire in the order in which they were set, so nothing overtakes. */
export function startDelayProxy(delayMs: number, targetPort: number): Promise<Server> {
  const later = (what: () => void) => void setTimeout(what, delayMs);
  const carry = (from: Socket, to: Socket) => {
    from.on('data', (chunk) => later(() => to.write(chunk)));
    from.on('end', () => later(() => to.end()));
    from.on('error', () => undefined); // `close` follows
    from.on('close', (hadError) => later(() => (hadError ? to.resetAndDestroy() : to.end())));
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: targetPort, noDelay: true, allowHalfOpen: true });
    carry(near, far);
    carry(far, near);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => resolve(server));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await startDelayProxy(Number(process.argv[2]), Number(process.argv[3]));
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
}
