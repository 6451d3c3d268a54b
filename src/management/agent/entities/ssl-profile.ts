// TLS profiles. The password of the key is never shown.
import type { SslProfileEntity } from '../../../schema/configuration.ts';
import { sslProfileSpec } from '../../../schema/security-entities.ts';
import type { AgentPort } from '../agent-port.ts';
import { configurable } from '../configuration-changes.ts';
import { configuredColumns } from '../configured-columns.ts';
import type { EntityType } from '../entity-type.ts';
import { findNamed } from '../type-name.ts';

export function sslProfileType(port: AgentPort): EntityType<SslProfileEntity> {
  const type: EntityType<SslProfileEntity> = {
    spec: sslProfileSpec,
    isCore: false,
    columns: configuredColumns<SslProfileEntity>(sslProfileSpec),
    rows: () => [...port.configuration().sslProfiles],
    find: (name, identity) => findNamed(port.configuration().sslProfiles, name, identity, (profile) => profile),
  };
  return configurable(type, port);
}
