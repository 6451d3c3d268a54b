import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { corpus } from '../testing/corpus.ts';
import { meshOf, meshOfText, starterMesh } from '../testing/starter-mesh.ts';
import { explainChannel } from './explain.ts';
import { explanationText, type Paper } from './explanation-text.ts';

const paper: Paper = { width: 80, paint: (text) => text };
const golden = (name: string): string => `../golden/explain-${name}.txt`;

test.each([
  'shop.orders',
  'shop.prices',
  'warehouse.telemetry',
  'warehouse.telemetry.scanner-1',
  'warehouse.telemetry.other',
])('%s of the starter is explained as before', async (channel) => {
  await expect(explanationText(explainChannel(starterMesh(), channel), paper)).toMatchFileSnapshot(golden(channel));
});

test('a missing grant is named, with whom to ask and what to write', async () => {
  const [{ files }] = corpus('bad').filter(({ name }) => name === 'grants') as [ReturnType<typeof corpus>[number]];
  const explanation = explainChannel(meshOf(files), 'shop.prices', 'billing/ledger');
  const by = { application: 'billing/ledger', channel: 'shop.prices', owner: 'shop', contact: '#shop on chat' };
  const grant = (right: string): string => `{ channel: shop.prices, to: billing/ledger, may: ${right} }`;
  expect(explanation).toMatchObject({
    flows: false,
    verdict: { cause: 'no-grant' },
    consumers: [{ application: 'billing/ledger', isAllowed: false, because: 'no grant to subscribe' }],
    missing: ['publish', 'subscribe'].map((right) => ({
      ...{ ...by, right, grant: grant(right), file: 'grants/teams/shop.yaml' },
    })),
  });
  await expect(explanationText(explanation, paper)).toMatchFileSnapshot(golden('missing-grant'));
});

test('an application that has nothing to do with a channel is told both grants', async () => {
  const explanation = explainChannel(starterMesh(), 'warehouse.telemetry', 'shop/web');
  expect(explanation.missing.map(({ right }) => right)).toEqual(['publish', 'subscribe']);
  await expect(explanationText(explanation, paper)).toMatchFileSnapshot(golden('no-grant-at-all'));
});

test('a grant is written so that it can be read back', () => {
  const mesh = meshOfText(
    'mesh: m\nenvironments: { e: {} }\nteams: { t: {}, u: {} }\nchannels: { "t.[a]": { owner: t } }\napplications: { u/a: { environment: e } }\n',
  );
  const [missing] = explainChannel(mesh, 't.[a]', 'u/a').missing;
  expect(parse(missing?.grant ?? '')).toEqual({ channel: 't.[a]', to: 'u/a', may: 'publish' });
});

test('a channel that is not there is answered with the one that is near', () => {
  expect(explainChannel(starterMesh(), 'shop.order')).toMatchObject({
    verdict: { cause: 'no-channel', text: "there is no channel 'shop.order'; did you mean 'shop.orders'?" },
    channel: null,
  });
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
