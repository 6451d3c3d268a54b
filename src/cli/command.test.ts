import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import rhea from 'rhea';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WeftProcess, weft } from './testing/weft-process.ts';

let folder: string;
const running: WeftProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-command-'));
});
afterEach(async () => {
  for (const one of running.splice(0)) {
    one.signal('SIGKILL');
    await one.ended();
  }
  await rm(folder, { recursive: true });
});

function start(...words: string[]): WeftProcess {
  const started = new WeftProcess(words);
  running.push(started);
  return started;
}

/** Starts a router and waits until it is operational; where it listens. */
async function startRouter(...words: string[]): Promise<{ router: WeftProcess; place: string }> {
  const router = start('router', ...words);
  await router.told(/SERVER \(notice\) Operational, 1 Threads Running \(process ID \d+\)\n/);
  const [, place = ''] = await router.told(/Listening on (\S+)\n/);
  return { router, place };
}

async function configure(text: string): Promise<string> {
  const file = join(folder, 'router.conf');
  await writeFile(file, text);
  return file;
}

const listener = 'listener {\n    host: 127.0.0.1\n    port: 0\n}\n';

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  expect(await weft('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('the help lists the commands that there are', async () => {
  const { code, stdout } = await weft('--help');
  const listed = [...stdout.matchAll(/^ {2}(\w+) {2,}/gm)].map((match) => match[1]);
  expect([code, listed]).toEqual([
    0,
    ['router', 'send', 'receive', 'stat', 'manage', 'explain', 'trace', 'user', 'up', 'mesh', 'pki', 'sim'],
  ]);
});

test.each([
  [['rooter'], "weft: unknown command 'rooter'\n(Did you mean router?)"],
  [['router', '--lissen', '1'], "weft: unknown option '--lissen'\n(Did you mean --listen?)"],
  [['router'], 'weft: give a configuration with -c FILE, or a place to listen on with --listen HOST:PORT'],
  [['router', '-c', 'x.conf', '--id', 'R'], 'are for a start without a file'],
  [['router', '--listen', '127.0.0.1:99999'], 'port'],
  [['router', '--listen', '127.0.0.1:0', '--id', 'a b'], 'id'],
  [['send'], 'weft: give an address, such as amqp://127.0.0.1/greetings'],
  [['send', 'q', 'two', 'words'], 'too many arguments: words (quote a body of several words)'],
  [['send', 'q', '-n', '0'], 'Give a whole number from 1 to'],
  [['receive', 'amqp://alice@127.0.0.1/q'], 'no password for alice: set WEFT_PASSWORD'],
  [['user', 'add', 'alice'], '--file'],
])('%j is wrong usage: exit code 2', async (words, message) => {
  const { code, stdout, stderr } = await weft(...words);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test('all faults of a configuration are told with file, line and column; nothing starts', async () => {
  const file = await configure('router {\n    mode: ring\n}\nlistener {\n    hots: 127.0.0.1\n}\n');
  const { code, stdout, stderr } = await weft('router', '-c', file);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr.split('\n')).toEqual([
    expect.stringMatching(`^${file}:2:\\d+: error: .*ring`),
    expect.stringMatching(`^${file}:5:\\d+: error: .*hots`),
    '',
  ]);
});

test('a configuration that is not there is told in words', async () => {
  const file = join(folder, 'none.conf');
  const { code, stderr } = await weft('router', '-c', file);
  expect(code).toBe(1);
  expect(stderr).toContain(`weft: cannot read configuration ${file}: no such file or directory (ENOENT)\n`);
});

test('a port in use stops the start, and says what to do', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as { port: number };
  const { code, stderr } = await weft('router', '--listen', `127.0.0.1:${port}`);
  blocker.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`weft: cannot listen on 127.0.0.1:${port}: the address is in use (EADDRINUSE)\n`);
  expect(stderr).not.toContain('Operational');
});

test('a router, a consumer and a producer: messages arrive, outcomes come back, SIGTERM ends it with 0', async () => {
  const { router, place } = await startRouter('--listen', '127.0.0.1:0', '--id', 'R');
  const consumer = start('receive', `amqp://${place}/greetings`, '--count', '2', '--json');
  const sent = await weft('send', '-b', place, 'greetings', 'hello', '-n', '2', '--json', '--property', 'a=b');
  expect(sent.code).toBe(0);
  expect(JSON.parse(sent.stdout)).toMatchObject({ sent: 2, accepted: 2, released: 0, unsettled: 0 });
  expect(await consumer.ended()).toBe(0);
  const lines = consumer.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines.slice(0, 2)).toEqual(Array(2).fill({ message: { application_properties: { a: 'b' }, body: 'hello' } }));
  expect(lines[2]).toMatchObject({ received: 2 });
  router.signal('SIGTERM');
  expect(await router.ended()).toBe(0);
  expect(router.stderr).toMatch(/SERVER \(notice\) Shut Down\n$/);
});

test('messages of which not all are accepted make send fail', async () => {
  const { place } = await startRouter('--listen', '127.0.0.1:0');
  const releasing = rhea.create_container();
  releasing.on('message', ({ delivery }) => delivery?.release());
  const connection = releasing.connect({ port: Number(place.split(':')[1]), host: '127.0.0.1', reconnect: false });
  connection.open_receiver({ source: 'q', autoaccept: false });
  await once(connection, 'receiver_open');
  const { code, stdout } = await weft('send', `amqp://${place}/q`);
  connection.close();
  await once(connection, 'connection_close');
  expect(code).toBe(1);
  expect(stdout).toContain('1 released');
});

test('Ctrl-C ends a receiver with its summary, and well', async () => {
  const { place, router } = await startRouter('--listen', '127.0.0.1:0');
  const consumer = start('receive', `amqp://${place}/q`);
  await router.told(/receives from/);
  consumer.signal('SIGINT');
  expect(await consumer.ended()).toBe(0);
  expect(consumer.stderr).toBe('received 0\n');
});

test('a second signal ends a router that still drains at once, with 1', async () => {
  const { router, place } = await startRouter('--listen', '127.0.0.1:0');
  const holding = rhea.create_container();
  const connection = holding.connect({ port: Number(place.split(':')[1]), host: '127.0.0.1', reconnect: false });
  connection.on('disconnected', () => undefined); // else rhea tells it on the console
  connection.open_receiver({ source: 'q', autoaccept: false });
  const arrived = once(connection, 'message');
  const producer = start('send', `amqp://${place}/q`);
  await arrived;
  router.signal('SIGTERM');
  await router.told(/SIGTERM: draining/);
  router.signal('SIGTERM');
  expect(await router.ended()).toBe(1);
  expect(router.stderr).toContain('SIGTERM again: stopping at once');
  expect(await producer.ended()).toBe(1);
});

test('SIGHUP applies what can be applied; a faulty file changes nothing', async () => {
  const file = await configure(`router {\n    id: R\n}\n${listener}`);
  const { router, place } = await startRouter('-c', file);
  await writeFile(file, 'router {\n    id: R\n}\nlistener {\n');
  router.signal('SIGHUP');
  await router.told(/SERVER \(error\) \S+:\d+:\d+: error: .*\n.*SERVER \(error\) SIGHUP: \S+ was not applied/);
  const socket = join(folder, 'router.sock');
  await writeFile(file, `router {\n    id: S\n}\n${listener}listener {\n    host: unix:${socket}\n}\n`);
  router.signal('SIGHUP');
  await router.told(new RegExp(`Listening on unix:${socket}\n`));
  await router.told(/id.*needs a restart/);
  const { code } = await weft('receive', `amqp://${place}/q`, '--timeout', '0.01');
  expect(code).toBe(0);
});

test('users log in by password, and a removed one no more', async () => {
  const usersFile = join(folder, 'users');
  const adding = new WeftProcess(['user', 'add', 'alice', '--file', usersFile]).type('pencil\n');
  expect([await adding.ended(), adding.stderr]).toEqual([0, 'added alice\n']);
  expect((await stat(usersFile)).mode & 0o777).toBe(0o600);
  expect(await weft('user', 'list', '--file', usersFile)).toMatchObject({ code: 0, stdout: 'alice\n' });
  const file = await configure(
    `router {\n    usersFile: ${usersFile}\n}\nlistener {\n    host: 127.0.0.1\n    port: 0\n    authenticatePeer: yes\n}\n`,
  );
  const { place } = await startRouter('-c', file);
  const receive = (login: string) => weft('receive', `amqp://${login}${place}/q`, '--timeout', '0.01');
  expect(await receive('alice:pencil@')).toMatchObject({ code: 0 });
  expect(await receive('alice:pen@')).toMatchObject({ code: 1, stderr: expect.stringContaining('unauthorized') });
  expect(await receive('')).toMatchObject({ code: 1 });
  expect(await weft('user', 'remove', 'alice', '--file', usersFile)).toMatchObject({ code: 0 });
  expect(await receive('alice:pencil@')).toMatchObject({ code: 1 });
});
