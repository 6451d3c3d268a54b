// Routers that run what was rendered for one mesh, and the plan for another: what a plan against files says of the two, it says as well.
import { describe, expect, test } from 'vitest';
import type { Mesh } from '../model/mesh.ts';
import { localPlacement } from '../render/placement.ts';
import { RouterSections } from '../render/router-sections.ts';
import { changedStarter, starterMesh } from '../testing/starter-mesh.ts';
import { planChanges } from './plan.ts';
import { planAgainstRunning } from './running-plan.ts';
import type { RunningLink, RunningRouter } from './running-router.ts';

function runningOf(mesh: Mesh, links: readonly RunningLink[] = []): RunningRouter[] {
  const sections = new RouterSections(mesh, localPlacement(mesh));
  return [...mesh.routers.values()].map((router) => {
    const all = [...sections.of(router), ...sections.addresses(router)];
    const rows = (name: string) => all.filter((one) => one.name === name).map(({ attributes }) => attributes);
    const tables = {
      ...{ listener: rows('listener'), connector: rows('connector'), address: rows('address') },
      ...{ vhost: rows('vhost'), sslProfile: rows('sslProfile'), policy: rows('policy') },
    };
    return { id: router.id, mode: router.mode, tables, links };
  });
}

const nobody: ReadonlySet<string> = new Set();
const operators = ['include: teams/*.yaml\n', 'include: teams/*.yaml\noperators: [platform/console]\n'] as const;
const dashboard = '  dashboard:\n    environment: azure\n    subscribes: [warehouse.telemetry] # everything below it\n';

describe('is told as against files', () => {
  test.each<[string, readonly (readonly [string, string])[]]>([
    [
      'routers, costs, links',
      [
        ['routers: 2 # interior', 'routers: 3 # interior'],
        ['cost: 10', 'cost: 7'],
      ],
    ],
    ['an edge', [['edges:\n  warehouse-azure:\n    environment: azure\n', '']]],
    ['an application', [[dashboard, '']]],
    ['an operator', [operators]],
    ['a distribution', [['distribution: closest # the nearest consumer', 'distribution: multicast']]],
    [
      'a prefix',
      [
        ['    match: prefix # warehouse.telemetry.scanner-1, warehouse.telemetry.belt.7, …\n', ''],
        ['publishes: [warehouse.telemetry.scanner-1]', 'publishes: [warehouse.telemetry]'],
      ],
    ],
    ['a right', [['  - channel: shop.prices\n    to: warehouse/packing # one application\n    may: publish\n', '']]],
    ['a channel', [['channels:\n  warehouse.shipped:', 'channels:\n  warehouse.new: {}\n  warehouse.shipped:']]],
  ])('%s', (_, edits) => {
    const [before, after] = [starterMesh(), changedStarter(...edits)];
    for (const [was, is] of [
      [before, after],
      [after, before],
    ] as const) {
      const told = planAgainstRunning(is, runningOf(was), nobody, localPlacement(is)).changes;
      // A router whose links to edges change is told for that, too.
      const names = (changes: typeof told, kind: string) =>
        changes
          .filter(({ what, kind: own }) => what !== 'router' || own !== 'change')
          .map((one) => `${one.kind} ${one.what} ${one.name}`)
          .sort()
          .join(kind);
      expect(names(told, '\n')).toBe(names(planChanges(was, is).changes as typeof told, '\n'));
    }
  });
});

test('a channel or right to which somebody is attached is in use, whether files say that it is used or not', () => {
  const after = changedStarter(
    [
      'channels:\n  shop.orders:\n    description: An order of a customer\n    distribution: balanced # each order goes to one of the consumers, by their load\n',
      'channels:\n',
    ],
    ['    publishes: [shop.orders]\n', ''],
    ['    subscribes: [shop.orders]\n', ''],
    ['  - channel: shop.orders\n    to: warehouse # the whole team\n    may: subscribe\n', ''],
  );
  const channel = (links: RunningLink[]) =>
    planAgainstRunning(after, runningOf(starterMesh(), links), nobody, null).changes.filter(
      ({ what }) => what === 'channel',
    );
  const removed = { kind: 'remove', what: 'channel', name: 'shop.orders' };
  expect(channel([])).toEqual([{ ...removed, effect: 'nobody is attached to it now', isRemovalInUse: false }]);
  expect(channel([{ user: 'shop/pricing', address: 'shop.orders', isSender: true }])).toEqual([
    { ...removed, effect: 'shop/pricing uses it now, and can use it no longer', isRemovalInUse: true },
  ]);
});

test('what differs on one router is told with its name; of one that is silent nothing is', () => {
  const mesh = starterMesh();
  const running = runningOf(mesh).map((one) => {
    if (one.id !== 'azure-2') return one;
    const [listener, ...others] = one.tables.listener ?? [];
    const tables = {
      ...one.tables,
      listener: [{ ...listener, requireSsl: false }, ...others],
      address: [],
      policy: null,
    };
    return { ...one, tables };
  });
  const plan = planAgainstRunning(
    mesh,
    running.filter(({ id }) => id !== 'aws-1'),
    new Set(['aws-1']),
    null,
  );
  expect(plan.changes.map(({ kind, what, name, effect }) => [kind, what, name, effect])).toEqual([
    [
      'change',
      'router',
      'azure-2',
      expect.stringMatching(/^listener edges: requireSsl true instead of false: applied/),
    ],
    ['change', 'channel', 'shop.prices', expect.stringMatching(/^closest instead of balanced \(on azure-2\): while/)],
    [
      'change',
      'channel',
      'warehouse.telemetry',
      expect.stringMatching(/^multicast instead of balanced \(on azure-2\): /),
    ],
  ]);
  expect(plan.ways).toEqual({ pairs: 4, changed: 0, cut: [] });
});

test('ways that were lost before are no loss of the plan, and those that come back are no change', () => {
  const mesh = starterMesh();
  const without = runningOf(mesh).filter(({ id }) => !id.startsWith('aws'));
  const plan = planAgainstRunning(mesh, without, nobody, null);
  expect(plan.changes.filter(({ kind }) => kind === 'create').map(({ what, name }) => `${what} ${name}`)).toEqual([
    'router aws-1',
    'router aws-2',
    'link aws-2:aws-1',
  ]);
  expect(plan.ways).toEqual({ pairs: 1, changed: 0, cut: [] });
});
