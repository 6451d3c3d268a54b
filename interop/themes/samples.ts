// The samples of a bundle, as an application team runs them, against `weft up`: applications in two clouds, every language with every
// other one.
import assert from 'node:assert/strict';
import { sampleLanguages } from '../../src/mesh/bundle/sample-languages.ts';
import type { Case } from '../case.ts';
import type { SampleMesh } from '../samples/sample-mesh.ts';
import type { SampleProcess } from '../samples/sample-process.ts';
import { needsOfSample, type Toolchain } from '../samples/toolchains.ts';
import type { World } from '../world.ts';

const each = 5;
/** So many messages are under way around the losses of two routers. */
const many = 240;

/** One case for each sample whose toolchain is here. */
const forEachSample = (
  what: string,
  run: (mesh: SampleMesh, toolchain: Toolchain, world: World) => Promise<void>,
): Case[] =>
  sampleLanguages.map((language) => ({
    name: `samples: ${what}, ${language.name}`,
    needs: needsOfSample(language),
    run: async (world) => {
      const mesh = await world.sampleMesh();
      world.after(() => mesh.killSamples());
      await run(mesh, mesh.toolchain(language.folder), world);
    },
  }));

const texts = (text: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${text} ${n + 1}`);
const sorted = (list: readonly string[]): string[] => [...list].sort();

async function endsWell(...samples: readonly SampleProcess[]): Promise<void> {
  for (const sample of samples) assert.equal(await sample.ended(), 0, `${sample.name}: ${sample.told.join('; ')}`);
}

async function publishes(mesh: SampleMesh, consumer: Toolchain): Promise<void> {
  const address = `shop.orders.${consumer.language.folder}`;
  const count = String(each * mesh.toolchains.length);
  const receiving = await mesh.start(consumer, 'warehouse/packing', 'receive', address, '--count', count);
  const sending: SampleProcess[] = [];
  for (const toolchain of mesh.toolchains) {
    const words = ['send', address, toolchain.language.folder, '--count', String(each)];
    sending.push(await mesh.start(toolchain, 'shop/web', ...words));
  }
  await endsWell(...sending, receiving);
  for (const sender of sending) assert.deepEqual(sender.linesOf('sent'), Array(each).fill('accepted'), sender.name);
  const sent = mesh.toolchains.flatMap(({ language }) => texts(language.folder, each));
  assert.deepEqual(sorted(receiving.linesOf('received')), sorted(sent));
}

async function answers(mesh: SampleMesh, server: Toolchain): Promise<void> {
  const address = `warehouse.stock.${server.language.folder}`;
  const serving = await mesh.start(server, 'warehouse/packing', 'serve', address);
  const asking: SampleProcess[] = [];
  for (const toolchain of mesh.toolchains) {
    const words = ['request', address, toolchain.language.folder, '--count', String(each)];
    asking.push(await mesh.start(toolchain, 'shop/web', ...words));
  }
  await endsWell(...asking);
  for (const [at, asker] of asking.entries()) {
    const { language } = mesh.toolchains[at] as Toolchain;
    assert.deepEqual(asker.linesOf('reply'), texts(language.folder, each), asker.name);
  }
  serving.interrupt();
  await endsWell(serving);
}

async function refused(mesh: SampleMesh, toolchain: Toolchain): Promise<void> {
  const verbs = ['send', 'receive', 'request', 'serve'];
  const samples = await Promise.all(verbs.map((verb) => mesh.start(toolchain, 'shop/web', verb, 'warehouse.secret')));
  for (const sample of samples) {
    assert.equal(await sample.ended(), 3, `${sample.name}: ${sample.told.join('; ')}`);
    assert.match(sample.told.join('\n'), /^refused: .*amqp:unauthorized-access/m);
  }
}

async function wrongWords(mesh: SampleMesh, toolchain: Toolchain): Promise<void> {
  const lines = [[], ['send'], ['sent', 'shop.orders'], ['receive', 'shop.orders', '--count', '0']];
  const samples = await Promise.all(lines.map((words) => mesh.start(toolchain, 'shop/web', ...words)));
  for (const sample of samples) {
    assert.equal(await sample.ended(), 2, `${sample.name}: ${sample.told.join('; ')}`);
    assert.match(sample.told.join('\n'), /usage/);
  }
}

/**
 * Both lose the router that they are connected to, one after the other: edge or interior, in turn, since one that is lost often takes its
 * time to come back.
 */
async function routersLost(mesh: SampleMesh, toolchain: Toolchain): Promise<void> {
  const address = `shop.orders.lost.${toolchain.language.folder}`;
  const turn = mesh.toolchains.indexOf(toolchain);
  const from = mesh.bundleFrom('shop/web', turn);
  const to = mesh.bundleFrom('warehouse/packing', turn);
  for (const { router } of [from, to]) await mesh.takesApplications(router);
  const receiving = await mesh.startWith(toolchain, to.bundle, 'receive', address);
  const sending = await mesh.startWith(toolchain, from.bundle, 'send', address, 'order', '--count', String(many));
  await receiving.printed('received', many / 8);
  mesh.killRouter(from.router);
  await sending.goesOver(from.router);
  await receiving.printed('received', many / 4);
  mesh.killRouter(to.router);
  await receiving.goesOver(to.router);
  await endsWell(sending);
  const outcomes = sending.lines.filter((line) => /^sent \d+: (?:accepted|rejected.*)$/.test(line));
  assert.deepEqual(
    outcomes,
    Array.from({ length: many }, (_, n) => `sent ${n + 1}: accepted`),
  );
  receiving.interrupt();
  await endsWell(receiving);
  // One that was in doubt is sent again, and may arrive twice.
  assert.deepEqual(sorted([...new Set(receiving.linesOf('received'))]), sorted(texts('order', many)));
}

export const sampleCases: readonly Case[] = [
  ...forEachSample('is prepared as README.md of the bundle says', (mesh, toolchain) => mesh.prepare(toolchain)),
  ...forEachSample('consumes what all of them publish in another cloud', publishes),
  ...forEachSample('answers requests of all of them from another cloud', answers),
  ...forEachSample('tells why a channel is refused', refused),
  ...forEachSample('wrong words are told', wrongWords),
  ...forEachSample('publisher and consumer lose their routers, and go on at the next ones', routersLost).map((one) => ({
    ...one,
    needs: [...(one.needs ?? []), 'linux' as const],
  })),
];
