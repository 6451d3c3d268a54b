// A mesh rendered from files and run by real routers: what is not granted is refused, and `weft explain` says which grant is missing and
// whom to ask, by the files, by the running routers, and by both.
import { once } from 'node:events';
import type { Connection, EventContext } from 'rhea';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RenderedMesh } from './testing/rendered-mesh.ts';
import { weft } from './testing/weft-process.ts';

let mesh: RenderedMesh;
beforeAll(async () => {
  mesh = await RenderedMesh.make();
  await mesh.start();
}, 60_000);
afterEach(() => mesh.restore());
afterAll(() => mesh.stop());

const telemetry = 'warehouse.telemetry';
const grant = '{ channel: warehouse.telemetry, to: shop/web, may: subscribe }';
const files = () => ['--mesh', mesh.folder];
async function explained(channel: string, ...words: string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await weft('explain', channel, '--json', ...words);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** The condition that a receiver is refused with. */
async function refusal(connection: Connection, address: string): Promise<string | undefined> {
  const [{ receiver }] = (await once(connection.open_receiver(address), 'receiver_error')) as [EventContext];
  return (receiver?.error as { condition?: string } | undefined)?.condition;
}

test('an application without a grant is refused, and told which grant it lacks and whom to ask', async () => {
  const web = await mesh.connect('shop/web', 'shop-aws');
  expect(await refusal(web, telemetry)).toBe('amqp:unauthorized-access');

  const missing = { application: 'shop/web', right: 'subscribe', channel: telemetry, grant };
  const owner = { owner: 'warehouse', contact: 'warehouse@example.com', file: `${mesh.folder}/teams/warehouse.yaml` };

  // By the files alone: it is not known what it tried.
  expect(await explained(telemetry, '--from', 'shop/web', ...files())).toMatchObject({
    flows: false,
    verdict: { cause: 'no-grant' },
    missing: [
      { application: 'shop/web', right: 'publish' },
      { ...missing, ...owner },
    ],
  });

  // By the routers alone, seen from the other cloud: the rule, and what a grant would be.
  const running = await explained(telemetry, '--from', 'shop/web', ...mesh.asOperator('azure-1'));
  expect(running).toMatchObject({
    flows: false,
    verdict: {
      cause: 'policy',
      router: 'shop-aws',
      text: expect.stringMatching(
        /^shop\/web may not subscribe to warehouse.telemetry: the policy of shop-aws refused it by sourcePattern of group shop_web, vhost applications; once .* s ago$/,
      ),
    },
    missing: [{ ...missing, owner: null }],
  });

  // By both: whose it is.
  const both = await weft('explain', telemetry, '--from', 'shop/web', ...files(), ...mesh.asOperator('azure-1'));
  expect(both).toMatchObject({ code: 1, stderr: '' });
  expect(both.stdout).toMatch(
    /^no: shop\/web may not subscribe to warehouse.telemetry: there is no grant; the policy of shop-aws refused it by sourcePattern/,
  );
  expect(both.stdout).toMatch(/^shop\/web +shop-aws .*REFUSED: no grant to subscribe; by sourcePattern/m);
  expect(both.stdout).toContain(
    `Missing grant, from team warehouse (warehouse@example.com), in ${owner.file}:\n  ${grant}\n`,
  );
});

test('who asks why nobody consumes is told of it, too', async () => {
  const web = await mesh.connect('shop/web', 'shop-aws');
  expect(await refusal(web, telemetry)).toBe('amqp:unauthorized-access');
  expect(await explained(telemetry, ...files(), ...mesh.asOperator('aws-1'))).toMatchObject({
    verdict: {
      cause: 'no-grant',
      text: expect.stringMatching(/^nobody consumes warehouse.telemetry: the policy of shop-aws/),
    },
    consumers: [
      { application: 'shop/web', isAllowed: false, because: expect.stringMatching(/^no grant to subscribe; by /) },
      { application: 'warehouse/dashboard', router: '', because: 'owner: warehouse; not attached' },
    ],
    missing: [{ grant }],
  });
});

test('an application that is granted a channel gets through, and is explained in the same form', async () => {
  const packing = await mesh.connect('warehouse/packing', 'warehouse-azure');
  const web = await mesh.connect('shop/web', 'shop-aws');
  const receiver = packing.open_receiver('shop.orders');
  await once(receiver, 'receiver_open');
  const sender = web.open_sender('shop.orders');
  if (!sender.sendable()) await once(sender, 'sendable');
  const came = once(receiver, 'message');
  sender.send({ body: 'one' });
  await Promise.all([came, once(sender, 'accepted')]);

  const both = await explained('shop.orders', ...files(), ...mesh.asOperator('aws-2'));
  const byFiles = await explained('shop.orders', ...files());
  expect(both).toMatchObject({
    flows: true,
    channel: byFiles['channel'],
    publishers: [{ application: 'shop/web', router: 'shop-aws', because: 'owner: shop', link: { waiting: 0 } }],
    consumers: [{ application: 'warehouse/packing', because: expect.stringMatching(/^grant to warehouse \(/) }],
    missing: [],
  });
  // Edges may have settled on another uplink than the first, a hop further.
  const told = (explanation: Record<string, unknown>) =>
    (explanation['deliveries'] as Record<string, unknown>[]).map(({ from, to, receives, because }) => [
      ...[from, to, receives, because],
    ]);
  expect(told(both)).toEqual(told(byFiles));
  // The running mesh alone knows the rules, not who owns what.
  expect(await explained('shop.orders', ...mesh.asOperator('aws-2'))).toMatchObject({
    channel: { distribution: 'balanced', owner: null },
    consumers: [{ application: 'warehouse/packing', because: 'group warehouse_packing of vhost applications' }],
  });
});

describe('weft mesh plan -b', () => {
  const plan = async (...words: string[]) => {
    const { code, stdout, stderr } = await weft('mesh', 'plan', mesh.folder, ...mesh.asOperator('azure-2'), ...words);
    expect(stderr).toBe('');
    return { code, stdout };
  };

  test('a mesh that runs as it is written has nothing to change', async () => {
    expect(await plan()).toEqual({ code: 0, stdout: 'Nothing changes.\nAsked 6 routers.\n' });
  });

  test('hosts and ports are compared with those of a way to run it', async () => {
    const { code, stdout } = await plan('--target', 'systemd');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^~ router {7}aws-1$/m)]);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/listener applications: port 5671 instead of \d+/);
  });

  test('what an application is attached to does not go just so', async () => {
    const packing = await mesh.connect('warehouse/packing', 'warehouse-azure');
    await once(packing.open_receiver('shop.orders'), 'receiver_open');
    await mesh.edit('teams/warehouse.yaml', '    subscribes: [shop.orders]\n', '');
    const grants = '  - channel: shop.orders\n    to: warehouse # the whole team\n    may: subscribe\n';
    await mesh.edit('teams/shop.yaml', grants, '');
    const { code, stdout } = await plan('--json');
    const { ok, changes, silent } = JSON.parse(stdout) as Record<string, unknown>;
    expect([code, ok, silent]).toEqual([1, false, []]);
    expect(changes).toEqual(
      ['dashboard', 'packing', 'scanner'].map((name) => ({
        ...{ kind: 'remove', what: 'right', name: `warehouse/${name} subscribe shop.orders` },
        isRemovalInUse: name === 'packing',
        effect: expect.stringMatching(
          name === 'packing' ? /^warehouse\/packing uses it now \(\d+ links?\), and is refused/ : /does not use it now/,
        ),
      })),
    );
    expect(await plan('--allow-removal')).toMatchObject({ code: 0 });
  });

  test('routers, links, channels and costs that are to come or to change are told', async () => {
    await mesh.edit('mesh.yaml', 'routers: 2 # interior', 'routers: 3 # interior');
    await mesh.edit('mesh.yaml', 'cost: 10', 'cost: 5');
    await mesh.edit('teams/shop.yaml', 'distribution: closest', 'distribution: multicast');
    await mesh.edit('teams/shop.yaml', 'channels:\n', 'channels:\n  shop.new: {}\n');
    const { code, stdout } = await plan('--json');
    const { changes, ways } = JSON.parse(stdout) as {
      changes: { kind: string; what: string; name: string }[];
      ways: object;
    };
    expect([code, ways]).toEqual([0, { pairs: 4, changed: 3, cut: [] }]);
    expect(changes.map(({ kind, what, name }) => `${kind} ${what} ${name}`)).toEqual([
      'create router aws-3',
      'change router shop-aws',
      'create link aws-3:aws-1',
      'create link aws-3:aws-2',
      'create link azure-1:aws-3',
      'change link azure-1:aws-1',
      'change link azure-2:aws-2',
      'create channel shop.new',
      'change channel shop.prices',
    ]);
  });

  test('a router that does not answer is named, and nothing is said of it', async () => {
    mesh.process('shop-aws').signal('SIGSTOP');
    try {
      const { code, stdout } = await plan('-t', '1');
      expect([code, stdout]).toEqual([
        1,
        expect.stringMatching(/^NO ANSWER from shop-aws, of which nothing is said here: /m),
      ]);
      expect(stdout).not.toMatch(/router +shop-aws/);
    } finally {
      mesh.process('shop-aws').signal('SIGCONT');
    }
  });
});

test('a grant that was written and not applied is told as such; applied, it lets the application in', async () => {
  const web = await mesh.connect('shop/web', 'shop-aws');
  expect(await refusal(web, telemetry)).toBe('amqp:unauthorized-access');
  await mesh.edit('teams/warehouse.yaml', 'grants:\n', `grants:\n  - ${grant}\n`);
  const drifted = await explained(telemetry, '--from', 'shop/web', ...files(), ...mesh.asOperator('aws-1'));
  expect(drifted).toMatchObject({
    flows: false,
    verdict: { cause: 'policy', remedy: expect.stringContaining('The files allow it: render them') },
    missing: [],
  });
  await mesh.render();
  mesh.process('shop-aws').signal('SIGHUP');
  await mesh.process('shop-aws').told(/vhost applications.*changed/);
  const again = await mesh.connect('shop/web', 'shop-aws');
  await once(again.open_receiver(telemetry), 'receiver_open');
  expect(await explained(telemetry, ...files(), ...mesh.asOperator('aws-1'))).toMatchObject({
    flows: true,
    consumers: expect.arrayContaining([
      expect.objectContaining({ application: 'shop/web', because: expect.stringMatching(/^grant to shop\/web \(/) }),
    ]),
  });
});
