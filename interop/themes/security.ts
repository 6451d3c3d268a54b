// Who may connect: SASL mechanisms, users, and listeners that insist on knowing their peer.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, forEach } from '../case.ts';
import { type Library, libraries } from '../client.ts';
import type { ClientConnection } from '../connection.ts';
import type { ConnectOptions } from '../protocol.ts';
import { type RouterProcess, runWeft } from '../router-process.ts';
import type { World } from '../world.ts';

export interface User {
  readonly user: string;
  readonly password: string;
}

const mira: User = { user: 'mira', password: 'correct horse battery' };
const zoe: User = { user: 'zoë', password: 'größer – ☃' };

/** A users file made by `weft user add`. */
export async function makeUsersFile(world: World, users: readonly User[] = [mira, zoe]): Promise<string> {
  const usersFile = join(world.folder, `users-${world.address().replace('/', '-')}`);
  for (const { user, password } of users) {
    await changeUsers(['add', user, '--file', usersFile, ...fewRounds], `${password}\n`);
  }
  assert.equal(statSync(usersFile).mode & 0o777, 0o600);
  return usersFile;
}

/** What it costs to guess a password is not what is tested here. */
const fewRounds = ['--iterations', '4096'];

async function changeUsers(args: readonly string[], input: string): Promise<void> {
  const { code, output } = await runWeft(['user', ...args], input);
  assert.equal(code, 0, output);
}

/** A router with three kinds of door. */
const guardedRouter = (world: World, usersFile: string): Promise<RouterProcess> =>
  world.ownRouter({
    router: { usersFile },
    listeners: {
      open: {},
      guarded: { authenticatePeer: true },
      anonymousOnly: { saslMechanisms: 'ANONYMOUS' },
    },
  });

async function connect(
  world: World,
  library: Library,
  router: RouterProcess,
  listener: string,
  options: ConnectOptions,
): Promise<ClientConnection> {
  const connection = world.client(library).startConnect({ ...router.place(listener), ...options });
  await world.watch.until(`${connection} opens or ends`, () => connection.open !== null || connection.isOver);
  return connection;
}

interface Attempt {
  readonly what: string;
  readonly listener: 'open' | 'guarded' | 'anonymousOnly';
  readonly options: ConnectOptions;
  /** As the router's log names the peer; null: the door stays shut. */
  readonly knownAs: string | null;
  readonly unlessBy?: Library;
}

const plain = { mechanisms: 'PLAIN', ...mira };
const attempts: readonly Attempt[] = [
  { what: 'ANONYMOUS on an open listener', listener: 'open', options: {}, knownAs: 'anonymous' },
  { what: 'no SASL on an open listener', listener: 'open', options: { sasl: false }, knownAs: 'anonymous' },
  { what: 'PLAIN on an open listener', listener: 'open', options: plain, knownAs: '"mira"' },
  { what: 'PLAIN where authenticatePeer is on', listener: 'guarded', options: plain, knownAs: '"mira"' },
  {
    what: 'PLAIN beyond ASCII',
    listener: 'guarded',
    options: { mechanisms: 'PLAIN', ...zoe },
    knownAs: '"zoë"',
    unlessBy: 'rhea', // counts characters where it needs bytes, and cuts such words short
  },
  {
    what: 'a wrong password',
    listener: 'guarded',
    options: { ...plain, password: 'wrong' },
    knownAs: null,
  },
  { what: 'an unknown user', listener: 'guarded', options: { ...plain, user: 'nobody' }, knownAs: null },
  {
    what: 'a wrong password on an open listener',
    listener: 'open',
    options: { ...plain, password: 'x' },
    knownAs: null,
  },
  { what: 'ANONYMOUS where authenticatePeer is on', listener: 'guarded', options: {}, knownAs: null },
  { what: 'no SASL where authenticatePeer is on', listener: 'guarded', options: { sasl: false }, knownAs: null },
  { what: 'PLAIN where only ANONYMOUS is allowed', listener: 'anonymousOnly', options: plain, knownAs: null },
];

async function attempt(world: World, library: Library, router: RouterProcess, one: Attempt): Promise<void> {
  const { what, listener, options, knownAs } = one;
  const logged = router.log.length;
  const connection = await connect(world, library, router, listener, options);
  if (knownAs === null) {
    assert.equal(connection.open, null, `${what} was let in`);
    // Others are not touched by it.
    await (await connect(world, library, router, 'open', {})).fence();
    return;
  }
  assert.notEqual(connection.open, null, `${what} was not let in`);
  const opened = / opened: container "[^"]*", user ([^,]+),/;
  const line = await world.watch.until('the user in the log', () =>
    router.log.slice(logged).find((one) => opened.test(one)),
  );
  assert.equal(opened.exec(line)?.[1], knownAs, what);
  await connection.fence();
}

export const securityCases: readonly Case[] = [
  ...forEach(libraries, (library) => ({
    name: `security: who is let in, and as whom, ${library}`,
    run: async (world) => {
      const router = await guardedRouter(world, await makeUsersFile(world));
      for (const one of attempts) if (one.unlessBy !== library) await attempt(world, library, router, one);
    },
  })),
  ...forEach(libraries, (library) => ({
    name: `security: a refused login is told as amqp:unauthorized-access, ${library}`,
    run: async (world) => {
      const router = await guardedRouter(world, await makeUsersFile(world));
      const connection = await connect(world, library, router, 'guarded', { ...plain, password: 'wrong' });
      assert.equal((await connection.ended()).condition, 'amqp:unauthorized-access');
    },
  })),
  {
    name: 'security: a user who is added while the router runs may log in, and no more when removed',
    run: async (world) => {
      const usersFile = await makeUsersFile(world);
      const router = await guardedRouter(world, usersFile);
      const isLetIn = async (): Promise<boolean> =>
        (await connect(world, 'rhea', router, 'guarded', { user: 'late', password: 'secret' })).open !== null;
      assert.equal(await isLetIn(), false);
      await changeUsers(['add', 'late', '--file', usersFile, ...fewRounds], 'secret\n');
      assert.equal(await isLetIn(), true);
      await changeUsers(['remove', 'late', '--file', usersFile], '');
      assert.equal(await isLetIn(), false);
    },
  },
];
