// What the mesh bench measures, and its floor: three bare relays.
//
//   line           sender ─▶ A ─▶ B ─▶ C ─▶ receiver
//   relays         sender ─▶ relay ─▶ relay ─▶ relay ─▶ one router ─▶ receiver        the router's CPU is not counted
//   relays-twice   … and from the router back over the three relays to the receiver: in and out, as in the router's own bench
//
//   far            senders ─▶ FA ── 40 ms ──▶ FB ─▶ receivers
//
// With TLS it is that between the three; clients are in clear.
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TestAuthority } from '../../src/host/testing/certificates.ts';
import { start } from '../children.ts';
import { delayed } from '../failover/ring.ts';
import { Network, type NetworkOptions } from '../network.ts';
import { buildFolder, root } from '../root.ts';
import type { Target } from '../targets.ts';

const links = [
  { from: 'A', to: 'B' },
  { from: 'B', to: 'C' },
];
/** Each way. */
const farMs = 40;
const certificates = join(buildFolder, 'certificates');

/** Makes the certificates that the lines under TLS use. */
export function makeCertificates(): void {
  const authority = new TestAuthority('Bench Authority');
  const { certificate, key } = authority.issue([['CN', 'bench']], { hosts: ['127.0.0.1'] });
  mkdirSync(certificates, { recursive: true });
  const files = { authority: authority.certificate, certificate, key };
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(certificates, `${name}.pem`), text, { mode: 0o600 });
}

const file = (name: string) => join(certificates, `${name}.pem`);
const profile = `sslProfile {\n  name: bench\n  certFile: ${file('certificate')}\n  privateKeyFile: ${file('key')}\n  caCertFile: ${file('authority')}\n}\n`;
const underTls: Partial<NetworkOptions> = {
  ...{ preamble: profile, listener: 'sslProfile: bench\n  requireSsl: yes', connector: 'sslProfile: bench' },
};

/** Three routers in line, and how to stop them. */
export async function startLine(guard: string, isTls: boolean): Promise<{ target: Target; stop: () => Promise<void> }> {
  const prefix = isTls ? 'T' : 'L';
  const named = links.map(({ from, to }) => ({ from: prefix + from, to: prefix + to }));
  const network = await Network.start(guard, { links: named, ...(isTls ? underTls : {}) });
  const [a, b, c] = ['A', 'B', 'C'].map((id) => network.router(prefix + id));
  const target: Target = {
    ...{ name: isTls ? 'tls-line' : 'line', host: '127.0.0.1', port: a!.port, exitPort: c!.port },
    ...{ pid: a!.pid, otherPids: [b!.pid, c!.pid] },
  };
  return { target, stop: () => network.stop() };
}

/** Two routers that are far from each other. */
export async function startFar(guard: string): Promise<{ target: Target; stop: () => Promise<void> }> {
  const network = await Network.start(guard, { links: [{ from: 'FA', to: 'FB' }], ...delayed(guard, farMs) });
  const [a, b] = [network.router('FA'), network.router('FB')];
  const target: Target = {
    name: 'far',
    host: '127.0.0.1',
    port: a.port,
    exitPort: b.port,
    pid: a.pid,
    otherPids: [b.pid],
  };
  return { target, stop: () => network.stop() };
}

/** Three relays in line before a router: crossed once, and crossed twice. They end with the bench. */
export async function startRelays(guard: string, routerPort: number, isTls: boolean): Promise<Target[]> {
  const script = join(root, 'dist', 'bench', 'relay.js');
  const pids: number[] = [];
  let port = routerPort;
  for (const sides of [['accept'], ['accept', 'dial'], ['dial']]) {
    const tls = isTls ? [certificates, ...sides] : [];
    const child = start(guard, ['under', '--', process.execPath, script, '0', String(port), ...tls]);
    const [line] = await once(createInterface({ input: child.stdout! }), 'line');
    port = Number(line);
    pids.push(child.pid!);
  }
  const [pid, ...otherPids] = pids;
  const relays = { host: '127.0.0.1', port, pid: pid!, otherPids };
  return [
    { ...relays, name: isTls ? 'tls-relays' : 'relays', exitPort: routerPort },
    { ...relays, name: isTls ? 'tls-relays-twice' : 'relays-twice' },
  ];
}
