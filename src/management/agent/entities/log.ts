// What each part of the router logs, as configured, and how many lines it had.
import type { LogModule } from '../../../core/log.ts';
import { LOG_MODULES, logSpec } from '../../../schema/address-and-log-entities.ts';
import { type LogEntity, makeLog } from '../../../schema/configuration.ts';
import { LOG_LEVELS } from '../../../schema/log-levels.ts';
import { logStatsSpec } from '../../../schema/operational-entities.ts';
import type { AgentPort } from '../agent-port.ts';
import { integer, text } from '../columns.ts';
import { configurable } from '../configuration-changes.ts';
import { configuredColumns } from '../configured-columns.ts';
import type { EntityType } from '../entity-type.ts';
import { findNamed, typeColumn } from '../type-name.ts';

/** What holds for module DEFAULT when nobody configured it. */
const generalLevels = 'info+';

export function logType(port: AgentPort): EntityType<LogEntity> {
  const rows = (): LogEntity[] => {
    const { logs } = port.configuration();
    return LOG_MODULES.map((module) => logs.find((log) => log.module === module) ?? makeLog({ module }));
  };
  const enable = text<LogEntity>('enable', (log) =>
    log.module === 'DEFAULT' && log.enable === 'default' ? generalLevels : log.enable,
  );
  const type: EntityType<LogEntity> = {
    spec: logSpec,
    isCore: false,
    columns: configuredColumns<LogEntity>(logSpec, [enable]),
    rows,
    find: (name, identity) =>
      findNamed(rows(), name, identity, (log) => log) ??
      findNamed(rows(), name, null, ({ module }) => ({ name: module, identity: '' })),
  };
  return configurable(type, port);
}

export function logStatsType(port: AgentPort): EntityType<LogModule> {
  return {
    spec: logStatsSpec,
    isCore: false,
    columns: [
      ...LOG_LEVELS.map((level, index) =>
        integer<LogModule>(`${level}Count`, (module) => port.log.counts(module)[index] ?? 0),
      ),
      text('name', (module) => module),
      text('identity', (module) => `logStats/${module}`),
      typeColumn(logStatsSpec),
    ],
    rows: () => LOG_MODULES,
    find: (name, identity) =>
      findNamed(LOG_MODULES, name, identity, (module) => ({ name: module, identity: `logStats/${module}` })),
  };
}
