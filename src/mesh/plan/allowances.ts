// Policy groups → what each user may do, in terms of channels. The same for groups as they run and as they would be rendered.
import type { Right } from '../model/mesh.ts';
import { managementSource, managementTargets, replyPatterns } from '../render/policy-sections.ts';
import { listOf, type Row } from './running-router.ts';

export interface Allowance {
  /** Names of channels with whether all below them is meant. */
  readonly rights: Readonly<Record<Right, ReadonlyMap<string, boolean>>>;
  /** It may ask routers how they are. */
  readonly isOperator: boolean;
  /** What else it may: `allowDynamicSource`, … */
  readonly flags: ReadonlySet<string>;
}

const flags = [
  'allowDynamicSource',
  'allowAnonymousSender',
  'allowUserIdProxy',
  'allowDynamicLinkRoutes',
  'allowAdminStatusUpdate',
];
/** Those that are on when a group does not say otherwise, as in Dispatch. */
const onByDefault = new Set(['allowDynamicLinkRoutes', 'allowAdminStatusUpdate']);
const notChannels = new Set([...replyPatterns, managementSource, ...managementTargets]);

/** By user: the groups of one vhost. */
export function allowancesOf(vhost: Row | undefined): Map<string, Allowance> {
  const allowances = new Map<string, Allowance>();
  for (const group of Object.values((vhost?.['groups'] ?? {}) as Record<string, Row>)) {
    const sources = listOf(group['sourcePattern'] ?? group['sources']);
    const allowance: Allowance = {
      rights: {
        subscribe: channelsOf(sources),
        publish: channelsOf(listOf(group['targetPattern'] ?? group['targets'])),
      },
      isOperator: sources.includes(managementSource),
      flags: new Set(flags.filter((flag) => (group[flag] ?? onByDefault.has(flag)) === true)),
    };
    for (const user of listOf(group['users'])) allowances.set(user, allowance);
  }
  return allowances;
}

function channelsOf(patterns: readonly string[]): Map<string, boolean> {
  const channels = patterns.filter((pattern) => !notChannels.has(pattern));
  return new Map(channels.map((pattern) => [pattern.replace(/\/#$/, ''), pattern.endsWith('/#')]));
}
