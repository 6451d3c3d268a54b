// Every case about networks of routers, topology by topology, so that each network is started once.
import assert from 'node:assert/strict';
import type { Case } from '../case.ts';
import { creditCases } from './credit.ts';
import { distributionCases } from './distribution.ts';
import { largeMessageCases } from './large-messages.ts';
import { linkLossCases } from './link-loss.ts';
import { managementCases } from './management.ts';
import { inTopology, type MeshCase } from './mesh-case.ts';
import { outcomeCases } from './outcomes.ts';
import { pathCases } from './paths.ts';
import { priorityCases } from './priorities.ts';
import { requestCases } from './requests.ts';
import { routerLossCases } from './router-loss.ts';
import { sameIdCases } from './same-id.ts';
import { topologies } from './topology.ts';

/** The last one of each topology. */
const end: MeshCase = {
  what: 'all routers end well when they are told to',
  run: async ({ network }) => {
    await network.stop();
    for (const { id, log } of network.started) {
      assert.ok(
        log.some((line) => / Shut Down$/.test(line)),
        `router ${id} says that it is shut down`,
      );
    }
  },
};

const networkCases: readonly Case[] = topologies.flatMap((topology) =>
  inTopology(topology, [
    ...pathCases,
    ...outcomeCases,
    ...creditCases,
    ...distributionCases,
    ...requestCases,
    ...managementCases,
    ...priorityCases,
    ...largeMessageCases,
    end,
  ]),
);
const lossCases: readonly Case[] = [...routerLossCases, ...linkLossCases, ...sameIdCases];

const withRhea = (cases: readonly Case[]): Case[] => cases.filter(({ needs = [] }) => needs.length === 0);

/** In `npm test`: what can be seen with rhea alone. */
export const networkTests = withRhea(networkCases);
export const lossTests = withRhea(lossCases);

const tests = new Set([...networkTests, ...lossTests]);
export const meshCases: readonly Case[] = [...networkCases, ...lossCases].map((one) => ({
  ...one,
  isUnitTest: tests.has(one),
}));
