import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readConfiguration } from '../../schema/read-configuration.ts';
import { checkFiles } from '../check/check-mesh.ts';
import type { Mesh } from '../model/mesh.ts';
import { localPlacement } from '../render/placement.ts';
import { configurationsOf } from '../render/rendering.ts';
import { arbitraryMesh } from '../testing/arbitrary-mesh.ts';
import { meshOfText } from '../testing/starter-mesh.ts';
import { routerLinksOf } from '../topology/router-links.ts';
import { overlapOf } from './overlap.ts';

/** `aws-1 aws-2`, and the uplinks of edges. */
const pairsOf = (mesh: Mesh): string[] =>
  [
    ...routerLinksOf(mesh).map(({ from, to }) => [from, to].sort().join(' ')),
    ...[...mesh.routers.values()].flatMap(({ id, uplinks }) => uplinks.map((uplink) => `${id} ${uplink}`)),
  ].sort();
const goodMesh = arbitraryMesh
  .map(checkFiles)
  .filter(({ mesh, faults }) => mesh !== null && faults.every(({ severity }) => severity === 'warning'))
  .map(({ mesh }) => mesh as Mesh);
const configurations = (mesh: Mesh): string[] =>
  configurationsOf(mesh, localPlacement(mesh), 'weft').map(({ text }) => text);

test('in between every router and connection of both is there, each once, and the rules are the new ones', () => {
  fc.assert(
    fc.property(goodMesh, goodMesh, (before, after) => {
      const overlap = overlapOf(before, after);
      expect([...overlap.routers.keys()].sort()).toEqual(
        [...new Set([...before.routers.keys(), ...after.routers.keys()])].sort(),
      );
      const pairs = pairsOf(overlap);
      expect(new Set(pairs).size).toBe(pairs.length);
      expect(pairs).toEqual([...new Set([...pairsOf(before), ...pairsOf(after)])].sort());
      expect([overlap.channels, overlap.applications, overlap.grants]).toEqual([
        after.channels,
        after.applications,
        after.grants,
      ]);
      for (const text of configurations(overlap)) expect(readConfiguration(text, 'r.yaml').faults).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test('without anything that goes it is the new mesh', () => {
  fc.assert(
    fc.property(goodMesh, (mesh) => {
      expect(configurations(overlapOf(mesh, mesh))).toEqual(configurations(mesh));
    }),
  );
});

test('who dials whom stays as it was where both stay', () => {
  const routers = (...ids: string[]): Mesh =>
    meshOfText(`mesh: m\nenvironments: { a: { routers: [${ids.map((id) => `{ id: ${id} }`)}] } }\n`);
  const overlap = overlapOf(routers('r1', 'r2', 'r3'), routers('r1', 'r3', 'r4'));
  expect(routerLinksOf(overlap).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['r2:r1', 'r3:r1', 'r3:r2', 'r4:r1', 'r4:r3']),
  );
});
