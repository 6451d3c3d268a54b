// The floor: a bare Node TCP relay. It stands between both clients and a router, so each message crosses it on its way in
// and on its way out: no program in Node that looks at the bytes can do better.
//
//   sender ──▶ relay ──▶ router ──▶ relay ──▶ receiver
//
// Between two relays it speaks TLS, where it is told to. Run as its own process
// (`node dist/bench/relay.js LISTEN_PORT TARGET_PORT [FOLDER [accept] [dial]]`) it prints the port that it listens on; the folder holds
// the certificates.
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';

/** Files of one name in a folder, PEM: `authority.pem`, `certificate.pem`, `key.pem`. */
export interface RelayTls {
  readonly folder: string;
  /** TLS towards whoever connects. */
  readonly accept: boolean;
  /** TLS towards the target. */
  readonly dial: boolean;
}

const clear: RelayTls = { folder: '', accept: false, dial: false };

/** Relays every connection to `listenPort` (0: any) to `targetPort`, both on 127.0.0.1. Resolves when it listens. */
export function startRelay(listenPort: number, targetPort: number, tls: RelayTls = clear): Promise<Server> {
  const file = (name: string) => readFileSync(join(tls.folder, `${name}.pem`));
  const target = { host: '127.0.0.1', port: targetPort, noDelay: true, allowHalfOpen: true };
  const authority = tls.dial ? file('authority') : undefined;
  const relay = (near: Socket) => {
    const far = tls.dial ? connectTls({ ...target, ca: authority }).setNoDelay(true) : connect(target);
    // Half-open: each direction ends when its own sender ends it.
    near.pipe(far);
    far.pipe(near);
    // One side broke: the other one must notice, as it would without a relay.
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  };
  const options = { noDelay: true, allowHalfOpen: true };
  const server = tls.accept
    ? createTlsServer({ ...options, cert: file('certificate'), key: file('key') }, relay)
    : createServer(options, relay);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: listenPort, host: '127.0.0.1', backlog: 4096 }, () => resolve(server));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [listenPort, targetPort, folder = '', ...sides] = process.argv.slice(2);
  const tls = { folder, accept: sides.includes('accept'), dial: sides.includes('dial') };
  const server = await startRelay(Number(listenPort), Number(targetPort), tls);
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
}
