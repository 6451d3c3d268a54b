import { expect, test } from 'vitest';
import { checkFiles } from './check/check-mesh.ts';
import { explainChannel } from './explain/explain.ts';
import { largeMesh, largeSize } from './testing/large-mesh.ts';
import { whatIf } from './what-if/what-if.ts';

test('100 environments, 1,000 teams and 10,000 channels are checked, explained, and asked what if', () => {
  const { mesh, faults } = checkFiles(largeMesh(largeSize));
  expect(faults).toEqual([]);
  if (mesh === null) throw new Error('no mesh');
  expect([mesh.environments.size, mesh.routers.size, mesh.teams.size, mesh.channels.size]).toEqual([
    100, 1_200, 1_000, 10_000,
  ]);
  const { deliveries } = explainChannel(mesh, 'team7.channel0');
  expect(deliveries).toMatchObject([{ from: 'team7/source', to: 'team8/sink', receives: 'every', cost: 5 }]);
  const { pairs, cut, changed } = whatIf(mesh, ['env3-1']);
  expect([pairs, cut]).toEqual([10_000, []]);
  expect(changed.length).toBeGreaterThan(0);
});
