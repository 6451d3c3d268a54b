// The floor: a bare Node TCP relay. It stands between both clients and a router, so each message crosses it on its way in
// and on its way out: no program in Node that looks at the bytes can do better.
//
//   sender ──▶ relay ──▶ router ──▶ relay ──▶ receiver
//
// Run as its own process (`node dist/bench/relay.js LISTEN_PORT TARGET_PORT`) it prints the port that it listens on.
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Relays every connection to `listenPort` (0: any) to `targetPort`, both on 127.0.0.1. Resolves when it listens. */
export function startRelay(listenPort: number, targetPort: number): Promise<Server> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: targetPort, noDelay: true, allowHalfOpen: true });
    // Half-open: each direction ends when its own sender ends it.
    near.pipe(far);
    far.pipe(near);
    // One side broke: the other one must notice, as it would without a relay.
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: listenPort, host: '127.0.0.1', backlog: 4096 }, () => resolve(server));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await startRelay(Number(process.argv[2]), Number(process.argv[3]));
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
}
