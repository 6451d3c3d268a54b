import { expect, test } from 'vitest';
import { starterMesh } from '../testing/starter-mesh.ts';
import { whatIf } from './what-if.ts';
import { whatIfText } from './what-if-text.ts';

test.each([
  ['router', ['aws-1']],
  ['edge', ['shop-aws']],
  ['connection', ['aws-1:azure-1']],
  ['links', ['azure:aws']],
  ['environment', ['aws']],
  ['several', ['aws-1', 'azure-2']],
])('the loss of %s is told as before', async (name, lost) => {
  await expect(whatIfText(whatIf(starterMesh(), lost))).toMatchFileSnapshot(`../golden/what-if-${name}.txt`);
});

test('the loss of one router or connection parts nobody in a mesh that is checked', () => {
  const mesh = starterMesh();
  for (const name of [...mesh.routers.keys(), 'azure-1:aws-1', 'azure-2:aws-2', 'aws-1:aws-2', 'azure-1:azure-2']) {
    expect([name, whatIf(mesh, [name]).cut]).toEqual([name, []]);
  }
});

test('the loss of two may, and it is told why', () => {
  expect(whatIf(starterMesh(), ['aws-1', 'azure-2']).cut).toMatchObject([
    { channel: 'shop.orders', because: 'no way is left between shop-aws and warehouse-azure' },
    { channel: 'shop.prices' },
    { channel: 'warehouse.shipped' },
  ]);
});

test.each(['aws-9', 'aws-1:aws-9', 'x', ':', 'a:b:c'])('%s is nothing that could be lost', (name) => {
  expect(() => whatIf(starterMesh(), [name])).toThrow(`there is no router, link or environment '${name}'`);
});
