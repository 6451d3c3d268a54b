// Every case of the suite, theme by theme.
import type { Case } from './case.ts';
import { meshCases } from './mesh/mesh-cases.ts';
import { addressCases } from './themes/addresses.ts';
import { connectionCases } from './themes/connections.ts';
import { connectorCases } from './themes/connectors.ts';
import { contentCases } from './themes/content.ts';
import { creditCases } from './themes/credit.ts';
import { distributionCases } from './themes/distribution.ts';
import { largeMessageCases } from './themes/large-messages.ts';
import { lossCases } from './themes/loss.ts';
import { managementCases } from './themes/management.ts';
import { metricsCases } from './themes/metrics.ts';
import { outcomeCases } from './themes/outcomes.ts';
import { policyCases } from './themes/policy.ts';
import { sampleCases } from './themes/samples.ts';
import { securityCases } from './themes/security.ts';
import { shutdownCases } from './themes/shutdown.ts';
import { streamCases } from './themes/streams.ts';
import { tlsCases } from './themes/tls.ts';

export const cases: readonly Case[] = [
  ...outcomeCases,
  ...streamCases,
  ...distributionCases,
  ...addressCases,
  ...creditCases,
  ...lossCases,
  ...contentCases,
  ...largeMessageCases,
  ...securityCases,
  ...tlsCases,
  ...policyCases,
  ...connectionCases,
  ...connectorCases,
  ...shutdownCases,
  ...metricsCases,
  ...managementCases,
  ...sampleCases,
  ...meshCases,
];
