// What others make of the certificates: OpenSSL's own verdict, and TLS between a router and an application.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { initPki } from './init.ts';
import { issueAll } from './issue.ts';
import { issueByNext, retireFormer, trustNext } from './rotate.ts';
import { testFolder } from './testing/folder.ts';

const folder = testFolder();
const { read, path } = folder;
const router = 'routers/r1';
const app = 'apps/team/app';

beforeEach(async () => {
  await initPki(folder.dir, { mesh: 'm' });
  await issueAll(folder.dir, [
    { kind: 'router', name: 'r1', hosts: ['localhost', '127.0.0.1', '::1'] },
    { kind: 'app', name: 'team/app' },
  ]);
});

const run = promisify(execFile);
const version = await run('openssl', ['version']).catch(() => null);
if (version === null) console.warn('NOT RUN: no openssl on this machine to judge the certificates');

describe.skipIf(version === null)('openssl', () => {
  const verify = (file: string, bundle: string, ...words: string[]) =>
    run('openssl', ['verify', '-x509_strict', '-CAfile', path(bundle), ...words, path(`${file}/cert.pem`)]).then(
      ({ stdout }) => stdout.trim().split(': ')[1],
      ({ stderr }: { stderr: string }) => /error \d+ .*lookup: (.*)/.exec(stderr)?.[1] ?? stderr,
    );

  test('takes a router for a server and a client, by each of its hosts, and an application for a client only', async () => {
    expect(await verify(router, 'ca.pem', '-purpose', 'sslserver', '-verify_hostname', 'localhost')).toBe('OK');
    expect(await verify(router, 'ca.pem', '-purpose', 'sslclient', '-verify_ip', '127.0.0.1')).toBe('OK');
    expect(await verify(router, 'ca.pem', '-verify_ip', '::1')).toBe('OK');
    expect(await verify(router, 'ca.pem', '-verify_hostname', 'elsewhere')).toBe('hostname mismatch');
    expect(await verify(app, 'ca.pem', '-purpose', 'sslclient')).toBe('OK');
    expect(await verify(app, 'ca.pem', '-purpose', 'sslserver')).toMatch(/unsuitable certificate purpose/i);
  });

  test('follows a rotation', async () => {
    const former = ['-CAfile', path('ca/1/cert.pem')];
    await trustNext(folder.dir);
    expect(await verify(router, 'ca.pem')).toBe('OK');
    await issueByNext(folder.dir);
    expect(await verify(router, 'ca.pem')).toBe('OK');
    expect(await verify(router, 'ca.pem', ...former)).not.toBe('OK');
    await retireFormer(folder.dir);
    expect(await verify(router, 'ca.pem')).toBe('OK');
  });

  test('finds a key that it understands beside each', async () => {
    for (const one of ['ca/1', router, app]) {
      const { stdout } = await run('openssl', ['pkey', '-in', path(`${one}/key.pem`), '-noout', '-text']);
      expect(stdout).toContain('NIST CURVE: P-256');
    }
  });
});

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Side {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}
const sideOf = async (one: string): Promise<Side> => ({
  ca: await read('ca.pem'),
  cert: await read(`${one}/cert.pem`),
  key: await read(`${one}/key.pem`),
});

/** Whom each side takes the other for; 'refused' when there is no connection. */
async function shakeHands(server: Side, client: Side): Promise<string> {
  const listening = createServer({ ...server, requestCert: true, rejectUnauthorized: true });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as { port: number };
  const met = new Promise<string>((resolve) => {
    listening.once('tlsClientError', () => resolve('refused'));
    listening.once('secureConnection', (socket: TLSSocket) => {
      socket.on('error', () => undefined);
      resolve(String(socket.getPeerCertificate().subject.CN));
    });
  });
  const socket = connect({ ...client, host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  closing.push(
    () => socket.destroy(),
    () => listening.close(),
  );
  const peer = await met;
  return peer === 'refused' ? peer : `${socket.getPeerCertificate().subject.CN} and ${peer}`;
}

test('a router and an application know each other by TLS, throughout a rotation; then the retired authority is refused', async () => {
  const before = { router: await sideOf(router), app: await sideOf(app) };
  expect(await shakeHands(before.router, before.app)).toBe('r1 and team/app');
  await trustNext(folder.dir);
  const trusting = { router: await sideOf(router), app: await sideOf(app) };
  await issueByNext(folder.dir);
  const issued = { router: await sideOf(router), app: await sideOf(app) };
  for (const server of [trusting.router, issued.router]) {
    for (const client of [trusting.app, issued.app]) expect(await shakeHands(server, client)).toBe('r1 and team/app');
  }
  await retireFormer(folder.dir);
  const after = { router: await sideOf(router), app: await sideOf(app) };
  expect(await shakeHands(after.router, after.app)).toBe('r1 and team/app');
  expect(await shakeHands(after.router, before.app)).toBe('refused');
  expect(await shakeHands(before.router, after.app)).toBe('refused');
});
