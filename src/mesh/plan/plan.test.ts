import { describe, expect, test } from 'vitest';
import type { Mesh } from '../model/mesh.ts';
import { largeMesh } from '../testing/large-mesh.ts';
import { changedStarter as changed, meshOf, starterMesh } from '../testing/starter-mesh.ts';
import { meshFromJson, meshToJson } from './mesh-json.ts';
import { planChanges, removesWhatIsUsed } from './plan.ts';
import { planText } from './plan-text.ts';

const removal: [string, string][] = [
  [
    '  shop.orders:\n    description: An order of a customer\n    distribution: balanced # each order goes to one of the consumers, by their load\n',
    '',
  ],
  ['    publishes: [shop.orders]\n', ''],
  ['    subscribes: [shop.orders]\n', ''],
  ['  - channel: shop.orders\n    to: warehouse # the whole team\n    may: subscribe\n', ''],
];

test('a mesh survives being written as JSON', () => {
  for (const mesh of [starterMesh(), meshOf(largeMesh({ environments: 3, teams: 4, channelsOfTeam: 3 }))]) {
    const text = meshToJson(mesh);
    const read = meshFromJson(text) as Mesh;
    expect(meshToJson(read)).toBe(text);
    expect(planChanges(read, mesh).changes).toEqual([]);
  }
});

test.each(['', '{}', '[]', 'null', '{"form":2}', '{"form":1}'])('%j is no mesh', (text) => {
  expect(meshFromJson(text)).toBe(null);
});

describe('what changes is told as before', () => {
  test.each<[string, [string, string][]]>([
    ['nothing', [['# each order goes', '# every order goes']]],
    [
      'more',
      [
        ['routers: 2 # interior', 'routers: 3 # interior'],
        ['cost: 10', 'cost: 7'],
        ['  shop.prices:\n', '  shop.news: {}\n  shop.prices:\n'],
      ],
    ],
    [
      'less',
      [
        ['edges:\n  warehouse-azure:\n    environment: azure\n', ''],
        ['  dashboard:\n    environment: azure\n    subscribes: [warehouse.telemetry] # everything below it\n', ''],
      ],
    ],
    [
      'moved',
      [
        ['domain: azure.example.com', 'domain: azure.example.net'],
        ['distribution: closest # the nearest consumer', 'distribution: multicast'],
      ],
    ],
    ['removal', removal],
  ])('%s', async (name, edits) => {
    const plan = planChanges(starterMesh(), changed(...edits));
    await expect(planText(plan)).toMatchFileSnapshot(`../golden/plan-${name}.txt`);
  });
});

test('a channel in use is not taken away just so, nor a right', () => {
  expect(removesWhatIsUsed(planChanges(starterMesh(), changed(...removal)))).toBe(true);
  const grant: [string, string][] = [
    ['  - channel: shop.prices\n    to: warehouse/packing # one application\n    may: publish\n', ''],
  ];
  const plan = planChanges(starterMesh(), changed(...grant));
  expect(plan.changes).toEqual([
    {
      kind: 'remove',
      what: 'right',
      name: 'warehouse/packing publish shop.prices',
      effect: 'warehouse/packing uses it, and is refused when it attaches anew',
      isRemovalInUse: true,
    },
  ]);
});

test('a right that nobody used may go', () => {
  const before = changed([
    'may: subscribe\n  - channel: shop.prices',
    'may: [publish, subscribe]\n  - channel: shop.prices',
  ]);
  const plan = planChanges(before, starterMesh());
  expect([plan.changes.length, removesWhatIsUsed(plan)]).toEqual([3, false]);
});

test('the loss of ways is told: pairs that lose each other', () => {
  const plan = planChanges(
    starterMesh(),
    changed(['  - from: azure\n    to: aws\n    cost: 10', '  []\n#'] as [string, string]),
  );
  expect(plan.ways).toEqual({
    pairs: 4,
    changed: 0,
    cut: [
      'shop.orders: shop/web → warehouse/packing',
      'shop.prices: warehouse/packing → shop/pricing',
      'warehouse.shipped: warehouse/packing → shop/web',
    ],
  });
});
