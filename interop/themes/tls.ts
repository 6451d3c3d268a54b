// Clients over TLS: who they are by their certificate, and whom they and the router turn away.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Leaf, TestAuthority } from '../../src/host/testing/certificates.ts';
import { type Case, forEach } from '../case.ts';
import type { Library } from '../client.ts';
import type { ClientConnection } from '../connection.ts';
import type { ConnectOptions, TlsFiles } from '../protocol.ts';
import type { Entity, RouterConfiguration, RouterProcess } from '../router-process.ts';
import type { World } from '../world.ts';

/** The libraries whose client programs can do TLS. */
const libraries: readonly Library[] = ['rhea', 'python'];

export interface Site {
  readonly router: RouterProcess;
  /** Files of a client with a certificate of the authority that the router knows. */
  readonly ann: TlsFiles;
  /** The same of another authority; it trusts the router all the same. */
  readonly stranger: TlsFiles;
}

/** Only who shows a certificate gets in. */
const certified: Entity = { requireSsl: true, authenticatePeer: true, saslMechanisms: 'EXTERNAL' };

/** A router with one door, and the files of clients. */
export async function startSite(
  world: World,
  listener: Entity = certified,
  more: RouterConfiguration = {},
): Promise<Site> {
  const folder = join(world.folder, `tls-${world.address().replace('/', '-')}-`);
  const put = (name: string, text: string): string => {
    writeFileSync(folder + name, text);
    return folder + name;
  };
  const putLeaf = (name: string, { certificate, key }: Leaf) => ({
    certificate: put(`${name}.pem`, certificate),
    key: put(`${name}.key`, key),
  });
  const authority = new TestAuthority();
  const ca = put('ca.pem', authority.certificate);
  // Proton compares a host that is an address with the common name.
  const own = putLeaf('router', authority.issue([['CN', '127.0.0.1']], { hosts: ['127.0.0.1'] }));
  const subject = [
    ['O', 'Client'],
    ['CN', 'ann'],
  ] as const;
  const router = await world.ownRouter({
    sslProfiles: [{ name: 'tls', caCertFile: ca, certFile: own.certificate, privateKeyFile: own.key, uidFormat: 'no' }],
    ...more,
    listeners: { main: { sslProfile: 'tls', ...listener }, ...more.listeners },
  });
  return {
    router,
    ann: { ca, ...putLeaf('ann', authority.issue(subject)) },
    stranger: { ca, ...putLeaf('stranger', new TestAuthority('Stranger').issue(subject)) },
  };
}

export async function connect(world: World, library: Library, options: ConnectOptions): Promise<ClientConnection> {
  const connection = world.client(library).startConnect(options);
  await world.watch.until(`${connection} opens or ends`, () => connection.open !== null || connection.isOver);
  return connection;
}

async function knownByCertificate(world: World, library: Library): Promise<void> {
  const { router, ann } = await startSite(world);
  const connection = await connect(world, library, { ...router.place(), mechanisms: 'EXTERNAL', tls: ann });
  assert.notEqual(connection.open, null, 'a certificate of the authority was not let in');
  await router.logged('knows the client', /user "ann;Client"/);
  const address = world.address();
  const receiver = await connection.receiver(address, { autoAccept: true });
  const sender = await connection.sender(address);
  await sender.hasCredit();
  const large = sender.sendPatterned(3_000_000);
  assert.equal((await large.outcome()).outcome, 'accepted');
  assert.equal(receiver.messages.length, 1);
}

async function turnedAway(world: World, library: Library): Promise<void> {
  const { router, ann, stranger } = await startSite(world);
  const attempts: [string, ConnectOptions][] = [
    ['a certificate of a stranger', { mechanisms: 'EXTERNAL', tls: stranger }],
    ['no certificate', { mechanisms: 'ANONYMOUS', tls: { ca: ann.ca } }],
    ['clear text', {}],
  ];
  for (const [what, options] of attempts) {
    const connection = await connect(world, library, { ...router.place(), ...options });
    assert.equal(connection.open, null, `${what} was let in`);
  }
  const again = await connect(world, library, { ...router.place(), mechanisms: 'EXTERNAL', tls: ann });
  await again.fence();
}

export const tlsCases: readonly Case[] = [
  ...forEach(libraries, (library) => ({
    name: `TLS: a client is known by its certificate (EXTERNAL), and messages of any size pass, ${library}`,
    run: (world) => knownByCertificate(world, library),
  })),
  ...forEach(libraries, (library) => ({
    name: `TLS: strangers, clients without a certificate and those in clear are turned away, ${library}`,
    run: (world) => turnedAway(world, library),
  })),
  ...forEach(libraries, (library) => ({
    name: `TLS: one port takes TLS and clear text, ${library}`,
    run: async (world) => {
      const { router, ann } = await startSite(world, {});
      const place = router.place();
      for (const tls of [{}, { tls: { ca: ann.ca } }]) {
        const connection = await connect(world, library, { ...place, ...tls });
        assert.notEqual(connection.open, null);
        await connection.fence();
      }
    },
  })),
];
