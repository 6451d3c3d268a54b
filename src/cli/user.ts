// `weft user`: keeps the users file of a router. A running router reads a change at the next login.
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { WeftError } from '../host/errors.ts';
import { limits } from '../host/limits.ts';
import { makeVerifier, type ScramVerifier } from '../host/scram-verifier.ts';
import { prepareUserName, type UserTable } from '../host/user-table.ts';
import { changeUsersFile, readUsersFile } from '../host/users-file.ts';
import { wholeNumber } from './option-values.ts';
import { askPassword } from './prompt.ts';

interface FileOption {
  readonly file: string;
}
interface PasswordOptions extends FileOption {
  readonly iterations: number;
}

const notes = `
A router uses the file when its configuration says so:
  router { usersFile: /etc/weft/users }
The file holds salted verifiers, no passwords. It is created with mode 0600 and must stay so.
Passwords are asked for without echo, or read from the first line of standard input.`;

export function userCommand(): Command {
  return new Command('user')
    .description('Keep the file of users who may log in by password (SASL PLAIN).')
    .addCommand(changing('add', 'add a user').action(addUser))
    .addCommand(changing('passwd', 'change the password of a user').action(changePassword))
    .addCommand(withFile(new Command('remove').argument('<name>', 'user'), 'remove a user').action(removeUser))
    .addCommand(withFile(new Command('list'), 'print the names of all users').action(listUsers))
    .addHelpText('after', notes);
}

function withFile(command: Command, summary: string): Command {
  return command.description(summary).requiredOption('-f, --file <file>', 'the users file');
}

function changing(name: string, summary: string): Command {
  return withFile(new Command(name).argument('<name>', 'user'), summary).option(
    '--iterations <count>',
    'what it costs to try a password: rounds of PBKDF2',
    wholeNumber(limits.scramIterationsMin, limits.scramIterationsMax),
    limits.scramIterations,
  );
}

async function addUser(name: string, { file, iterations }: PasswordOptions): Promise<void> {
  const user = checkName(name);
  const refuseKnown = (table: UserTable): void => {
    if (table.get(user) === undefined) return;
    const remedy = `Change the password: weft user passwd ${user} --file ${file}`;
    throw new WeftError('WEFT_USER_EXISTS', `${file} has a user ${user} already`, remedy);
  };
  if (existsSync(file)) refuseKnown(await readUsersFile(file)); // before asking in vain
  const verifier = await askVerifier(user, iterations);
  await changeUsersFile(file, (table) => {
    refuseKnown(table);
    table.set(user, verifier);
  });
  process.stderr.write(`added ${user}\n`);
}

async function changePassword(name: string, { file, iterations }: PasswordOptions): Promise<void> {
  const user = checkName(name);
  if ((await readUsersFile(file)).get(user) === undefined) throw unknownUser(user, file);
  const verifier = await askVerifier(user, iterations);
  await changeUsersFile(file, (table) => {
    if (table.get(user) === undefined) throw unknownUser(user, file);
    table.set(user, verifier);
  });
  process.stderr.write(`changed the password of ${user}\n`);
}

async function removeUser(name: string, { file }: FileOption): Promise<void> {
  const user = checkName(name);
  await readUsersFile(file); // a removal creates no file
  await changeUsersFile(file, (table) => {
    if (!table.delete(user)) throw unknownUser(user, file);
  });
  process.stderr.write(`removed ${user}; connections that are open stay open\n`);
}

async function listUsers({ file }: FileOption): Promise<void> {
  const { names } = await readUsersFile(file);
  process.stdout.write(names.map((name) => `${name}\n`).join(''));
}

function checkName(name: string): string {
  const user = prepareUserName(name);
  if (user !== null) return user;
  throw new WeftError(
    'WEFT_USER_NAME_UNUSABLE',
    'this cannot be the name of a user',
    `Give 1 to ${limits.credentialBytesMax} bytes without control characters.`,
  );
}

async function askVerifier(user: string, iterations: number): Promise<ScramVerifier> {
  const password = await askPassword(`Password for ${user}`, { confirm: true });
  const isTooLong = Buffer.byteLength(password) > limits.credentialBytesMax;
  const verifier = isTooLong ? null : await makeVerifier(password, iterations);
  if (verifier !== null) return verifier;
  throw new WeftError(
    'WEFT_PASSWORD_UNUSABLE',
    'this cannot be a password',
    `Give 1 to ${limits.credentialBytesMax} bytes without control characters.`,
  );
}

function unknownUser(user: string, file: string): WeftError {
  return new WeftError('WEFT_USER_UNKNOWN', `${file} has no user ${user}`, `List them: weft user list --file ${file}`);
}
