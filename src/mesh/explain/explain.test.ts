import { describe, expect, test } from 'vitest';
import { corpus } from '../testing/corpus.ts';
import { meshOf, meshOfText, starterMesh } from '../testing/starter-mesh.ts';
import { explainChannel } from './explain.ts';
import { explanationText } from './explanation-text.ts';

const golden = (name: string): string => `../golden/explain-${name}.txt`;

test.each([
  'shop.orders',
  'shop.prices',
  'warehouse.telemetry',
  'warehouse.telemetry.scanner-1',
  'warehouse.telemetry.other',
])('%s of the starter is explained as before', async (channel) => {
  await expect(explanationText(explainChannel(starterMesh(), channel))).toMatchFileSnapshot(golden(channel));
});

test('a missing grant is named, with whom to ask and what to write', async () => {
  const [{ files }] = corpus('bad').filter(({ name }) => name === 'grants') as [ReturnType<typeof corpus>[number]];
  const explanation = explainChannel(meshOf(files), 'shop.prices', 'billing/ledger');
  expect(explanation.consumers).toMatchObject([
    {
      application: 'billing/ledger',
      isAllowed: false,
      because: expect.stringContaining('team shop grants it (#shop on chat)'),
    },
  ]);
  expect(explanation.nobody.join()).toContain('{ channel: shop.prices, to: billing/ledger, may: subscribe }');
  await expect(explanationText(explanation)).toMatchFileSnapshot(golden('missing-grant'));
});

test('a channel that is not there is answered with the one that is near', () => {
  expect(explainChannel(starterMesh(), 'shop.order').nobody).toEqual([
    "There is no channel 'shop.order'; did you mean 'shop.orders'?",
  ]);
});

test('--from names an application or a router, and nothing else', () => {
  const from = (name: string) => explainChannel(starterMesh(), 'shop.orders', name);
  expect(from('azure-2').deliveries).toMatchObject([{ hops: ['azure-2', 'azure-1', 'warehouse-azure'], cost: 1 }]);
  expect(from('warehouse/scanner').publishers).toMatchObject([{ isAllowed: false }]);
  expect(from('shop/pricing').publishers).toMatchObject([
    { isAllowed: true, because: 'owner: shop; but its files do not say that it does' },
  ]);
  expect(() => from('shop/wed')).toThrow("there is no application or router 'shop/wed'; did you mean 'shop/web'?");
});

describe('who of several consumers receives', () => {
  const receives = (distribution: string) => {
    const mesh = meshOfText(`
mesh: m
environments: { a: { routers: 3, domain: a.x }, b: { routers: 3 } }
links: [{ from: b, to: a, cost: 5 }]
teams: { t: {} }
channels: { c: { owner: t, distribution: ${distribution} } }
applications:
  t/far: { environment: b, subscribes: [c] }
  t/near: { environment: a, subscribes: [c] }
  t/source: { environment: a, publishes: [c] }
`);
    return explainChannel(mesh, 'c').deliveries.map(({ to, cost, receives: what }) => [to, cost, what]);
  };

  test('closest: the near one, the far one while there is no other', () => {
    expect(receives('closest')).toEqual([
      ['t/near', 0, 'every'],
      ['t/far', 5, 'reserve'],
    ]);
  });
  test('balanced: each its share', () => {
    expect(receives('balanced')).toEqual([
      ['t/near', 0, 'share'],
      ['t/far', 5, 'share'],
    ]);
  });
  test('multicast: every one', () => {
    expect(receives('multicast')).toEqual([
      ['t/near', 0, 'every'],
      ['t/far', 5, 'every'],
    ]);
  });
});
