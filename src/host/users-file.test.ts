import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { limits } from './limits.ts';
import { PasswordCheck } from './password-check.ts';
import { makeVerifier, type ScramVerifier } from './scram-verifier.ts';
import { UserTable } from './user-table.ts';
import { changeUsersFile, readUsersFile } from './users-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-users-'));
  path = join(folder, 'users');
});
afterEach(() => rm(folder, { recursive: true }));

const verifierOf = async (password: string): Promise<ScramVerifier> =>
  (await makeVerifier(password, limits.scramIterationsMin))!;
const setPassword = async (user: string, password: string): Promise<void> => {
  const verifier = await verifierOf(password);
  await changeUsersFile(path, (table) => table.set(user, verifier));
};
const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;

test('a change creates the file with mode 0600 and leaves nothing beside it', async () => {
  await setPassword('alice', 'one');
  expect(await modeOf(path)).toBe(0o600);
  expect(await readdir(folder)).toEqual(['users']);
  expect((await readUsersFile(path)).names).toEqual(['alice']);
});

test('order, comments and the other users survive a change; the password itself is nowhere', async () => {
  const [alice, bob] = await Promise.all([verifierOf('one'), verifierOf('two')]);
  const table = UserTable.parse('# who may come in\n\n', path);
  table.set('alice', alice);
  table.set('bob', bob);
  await writeFile(path, `${table.format()}# end\n`, { mode: 0o600 });
  await setPassword('alice', 'correct horse');
  const text = await readFile(path, 'utf8');
  expect(text.split('\n').map((line) => line.split(':')[0])).toEqual([
    '# who may come in',
    '',
    'alice',
    'bob',
    '# end',
    '',
  ]);
  expect(text).not.toContain('correct horse');
  expect((await readUsersFile(path)).get('bob')).toEqual(bob);
});

test('names with colons, blanks, hashes and percent signs come back as they were', async () => {
  const names = ['a:b', '#c', '50%', 'd e', 'jürgen@example.org'];
  for (const name of names) await setPassword(name, 'x');
  expect((await readUsersFile(path)).names).toEqual(names);
});

test.each([0o644, 0o640, 0o604, 0o620, 0o602])('mode %o is refused, and the error says what to run', async (mode) => {
  // Run as root the file is root's, for which 0640 is allowed.
  const isAllowed = mode === 0o640 && process.getuid?.() === 0;
  await setPassword('alice', 'one');
  await chmod(path, mode);
  const reading = readUsersFile(path).then(() => 'read');
  if (isAllowed) expect(await reading).toBe('read');
  else
    await expect(reading).rejects.toMatchObject({ code: 'WEFT_USERS_FILE_EXPOSED', remedy: `Run: chmod 600 ${path}` });
});

test('all faulty lines are told at once, with line and column, and never with their text', async () => {
  await writeFile(path, 'alice:hunter2\nbob\n: x\n', { mode: 0o600 });
  await expect(readUsersFile(path)).rejects.toMatchObject({
    code: 'WEFT_USERS_FILE_INVALID',
    message: [
      `${path}:1:7: error: expected SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`,
      `${path}:2:1: error: expected <user>:<verifier>`,
      `${path}:3:1: error: this is no user name`,
    ].join('\n'),
  });
});

test('a missing file says how to create it', async () => {
  await expect(readUsersFile(path)).rejects.toMatchObject({
    code: 'WEFT_USERS_FILE_UNREADABLE',
    message: `cannot read users file ${path}: no such file or directory (ENOENT)`,
    remedy: `Create it: weft user add NAME --file ${path}`,
  });
});

test('a change that fails writes nothing', async () => {
  await setPassword('alice', 'one');
  const before = await readFile(path, 'utf8');
  const failing = changeUsersFile(path, (table) => {
    table.delete('alice');
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await readFile(path, 'utf8')).toBe(before);
  expect(await readdir(folder)).toEqual(['users']);
});

test('two changes at the same time: one waits for nobody and says so', async () => {
  await setPassword('alice', 'one');
  await writeFile(`${path}.new`, '');
  await expect(setPassword('bob', 'two')).rejects.toMatchObject({ code: 'WEFT_USERS_FILE_UNWRITABLE' });
  expect((await readUsersFile(path)).names).toEqual(['alice']);
});

test('a link to the users file stays a link', async () => {
  await setPassword('alice', 'one');
  await rename(path, join(folder, 'real'));
  await symlink('real', path);
  await setPassword('bob', 'two');
  expect((await readUsersFile(join(folder, 'real'))).names).toEqual(['alice', 'bob']);
});

const ask = (check: PasswordCheck, user: string, password: string): Promise<boolean> =>
  new Promise((resolve) => {
    let isSameTurn = true;
    check.check(user, password, (valid) => {
      expect(isSameTurn).toBe(false);
      resolve(valid);
    });
    isSameTurn = false;
  });

test('the right password is valid; a wrong one, a wrong user and overlong ones are not', async () => {
  await setPassword('alice', 'one');
  const check = await PasswordCheck.open(path, (message) => expect.fail(message));
  expect(await ask(check, 'alice', 'one')).toBe(true);
  expect(await ask(check, 'alice', 'two')).toBe(false);
  expect(await ask(check, 'bob', 'one')).toBe(false);
  expect(await ask(check, '', '')).toBe(false);
  expect(await ask(check, 'alice', 'x'.repeat(2000))).toBe(false);
  expect(await ask(check, 'x'.repeat(2000), 'one')).toBe(false);
});

test('a changed password, an added and a removed user count from the next check on', async () => {
  await setPassword('alice', 'one');
  const check = await PasswordCheck.open(path, (message) => expect.fail(message));
  await setPassword('alice', 'two');
  await setPassword('bob', 'three');
  // Many at once, so that some come while the file is read again.
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? ask(check, 'alice', 'two') : ask(check, 'bob', 'three'))),
  );
  expect(answers).toEqual(Array(8).fill(true));
  await changeUsersFile(path, (table) => table.delete('bob'));
  expect(await ask(check, 'bob', 'three')).toBe(false);
  expect(await ask(check, 'alice', 'two')).toBe(true);
});

test('a file that is gone, open to others or faulty lets nobody in, is told once, and can be mended', async () => {
  await setPassword('alice', 'one');
  const complaints: string[] = [];
  const check = await PasswordCheck.open(path, (message) => complaints.push(message));
  await chmod(path, 0o666);
  expect(await ask(check, 'alice', 'one')).toBe(false);
  expect(await ask(check, 'alice', 'one')).toBe(false);
  expect(complaints).toEqual([expect.stringContaining('chmod 600')]);
  await unlink(path);
  expect(await ask(check, 'alice', 'one')).toBe(false);
  await writeFile(path, 'alice:one\n', { mode: 0o600 });
  expect(await ask(check, 'alice', 'one')).toBe(false);
  expect(complaints).toHaveLength(3);
  await unlink(path);
  await setPassword('alice', 'one');
  expect(await ask(check, 'alice', 'one')).toBe(true);
});

test('checks beyond the waiting limit are answered "no" at once, and all others are answered', async () => {
  await setPassword('alice', 'one');
  const complaints: string[] = [];
  const check = await PasswordCheck.open(path, (message) => complaints.push(message));
  let answered = 0;
  let refused = 0;
  const total = limits.passwordChecksWaitingMax + limits.passwordChecksAtOnceMax + 5;
  // Overlong, so that none costs a derivation.
  const overlong = 'x'.repeat(limits.credentialBytesMax + 1);
  await new Promise<void>((resolve) => {
    for (let i = 0; i < total; i++) {
      check.check('alice', overlong, (valid) => {
        if (!valid) refused++;
        if (++answered === total) resolve();
      });
    }
  });
  expect(refused).toBe(total);
  expect(complaints).toHaveLength(5);
});
