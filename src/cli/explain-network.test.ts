// `weft explain` on four router processes in a line, from the far end: A ─ B ─ C ─ D. Routers are stopped and killed as machines do it; what
// the command says is asked until it says so.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'vitest';
import { findFreePorts } from '../local/free-ports.ts';
import { WeftProcess, weft } from './testing/weft-process.ts';

const ids = ['A', 'B', 'C', 'D'] as const;
let folder: string;
const processes = new Map<string, WeftProcess>();
let place: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-explain-'));
  const ports = await findFreePorts(2 * ids.length);
  for (const [at, id] of ids.entries()) {
    const next = ids[at + 1];
    const file = join(folder, `${id}.json`);
    const dials = { name: `to-${next}`, host: '127.0.0.1', port: String(ports[2 * at + 3]), role: 'inter-router' };
    await writeFile(
      file,
      JSON.stringify([
        ['router', { id, mode: 'interior' }],
        ['listener', { host: '127.0.0.1', port: String(ports[2 * at]) }],
        ['listener', { host: '127.0.0.1', port: String(ports[2 * at + 1]), role: 'inter-router' }],
        ...(next === undefined ? [] : [['connector', dials]]),
      ]),
    );
    const router = new WeftProcess(['router', '-c', file]).type();
    processes.set(id, router);
    await router.told(/Operational/);
  }
  place = `amqp://127.0.0.1:${ports[0]}`;
  processes.set('consumer', new WeftProcess(['receive', '-b', `amqp://127.0.0.1:${ports[6]}`, '-a', 'orders']).type());
}, 30_000);
afterEach(async () => {
  for (const one of processes.values()) {
    one.signal('SIGCONT');
    one.signal('SIGKILL');
    await one.ended();
  }
  processes.clear();
  await rm(folder, { recursive: true });
});

/** Asks until the cause is this one and its sentence is like this: what a router knows of a loss grows with each attempt to dial. */
async function explained(cause: string, sentence: RegExp): Promise<void> {
  let said = '';
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; ) {
    const { stdout } = await weft('explain', 'orders', '--json', '-t', '1', '-b', place);
    const { verdict } = JSON.parse(stdout) as { verdict: { cause: string; text: string } };
    if (verdict.cause === cause && sentence.test(verdict.text)) return;
    said = `${verdict.cause}: ${verdict.text}`;
  }
  throw new Error(`never ${cause} ${sentence}, but ${said}`);
}

test('a router that is stopped, and one that is killed, are named from the far end', async () => {
  await explained('flows', /^a message to orders at A goes to weft-\S+ at D$/);
  processes.get('C')?.signal('SIGSTOP');
  await explained('hung-router', /^router C /);
  processes.get('C')?.signal('SIGCONT');
  await explained('flows', / at D$/);
  processes.get('D')?.signal('SIGKILL');
  await explained(
    'link-down',
    /were at D, .*: the link from C by connector to-D to D \(127\.0\.0\.1:\d+\) is down \(connection refused/,
  );
}, 90_000);
