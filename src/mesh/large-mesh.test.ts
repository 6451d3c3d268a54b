import { expect, test } from 'vitest';
import { readConfiguration } from '../schema/read-configuration.ts';
import { checkFiles } from './check/check-mesh.ts';
import { explainChannel } from './explain/explain.ts';
import type { Mesh } from './model/mesh.ts';
import { meshFromJson, meshToJson } from './plan/mesh-json.ts';
import { planChanges } from './plan/plan.ts';
import { render } from './render/rendering.ts';
import { largeMesh, largeSize } from './testing/large-mesh.ts';
import { whatIf } from './what-if/what-if.ts';

test('100 environments, 1,000 teams and 10,000 channels are checked, explained, planned and rendered', () => {
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
  const before = meshFromJson(meshToJson(mesh)) as Mesh;
  expect(planChanges(before, mesh)).toEqual({ changes: [], ways: { pairs: 10_000, changed: 0, cut: [] } });
  const options = { target: 'systemd', engine: 'weft', image: '', version: '1', hash: String } as const;
  const files = render(mesh, options);
  expect(files.size).toBe(1 + 2 * 1_200);
  const { configuration } = readConfiguration(files.get('env7/env7-1/etc/weft/env7-1.yaml') ?? '', 'env7-1.yaml');
  // Two of three channels are not balanced, and are known on every interior router.
  expect(configuration?.addresses.length).toBe(6_000);
});
