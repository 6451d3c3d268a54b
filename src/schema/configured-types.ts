// The types of entities that a configuration has lists of: which list, and how a typed entity is made of values.
import { readPattern } from './address-pattern.ts';
import {
  type AddressEntity,
  type Configuration,
  type LogEntity,
  makeAddress,
  makeConnector,
  makeListener,
  makeLog,
  makeSslProfile,
  makeVhost,
  type VhostEntity,
} from './configuration.ts';

/** By attribute; what was not written is not there. */
export type Values = Record<string, unknown>;

type ListName = 'sslProfiles' | 'listeners' | 'connectors' | 'addresses' | 'logs' | 'vhosts';
export type ListedEntity = Configuration[ListName][number];

interface ConfiguredType {
  readonly list: ListName;
  /** `number` is one that no other entity of the list has. */
  make(values: Values, number: number): ListedEntity;
}

/** By the type's name. */
export const CONFIGURED_TYPES: Readonly<Record<string, ConfiguredType>> = {
  sslProfile: { list: 'sslProfiles', make: (values) => makeSslProfile(values) },
  listener: { list: 'listeners', make: (values) => makeListener(values) },
  connector: { list: 'connectors', make: (values) => makeConnector(values) },
  'router.config.address': {
    list: 'addresses',
    make: (values, number) => makeAddress(addressValues(values), number),
  },
  log: { list: 'logs', make: (values) => makeLog(logValues(values)) },
  vhost: { list: 'vhosts', make: (values) => makeVhost(values as unknown as VhostEntity) },
};

/** The entities of a type. */
export function listOf(configuration: Configuration, type: string): readonly ListedEntity[] {
  const configured = CONFIGURED_TYPES[type];
  return configured === undefined ? [] : configuration[configured.list];
}

function addressValues(values: Values): Partial<AddressEntity> {
  const stripped: Values = { ...values };
  for (const kind of ['prefix', 'pattern'] as const) {
    const pattern = kind in values ? readPattern(kind, String(values[kind])) : '';
    if (typeof pattern === 'object') stripped[kind] = pattern.text;
  }
  return stripped as Partial<AddressEntity>;
}

function logValues(values: Values): Partial<LogEntity> & Pick<LogEntity, 'module'> {
  const isSyslog = values['outputFile'] === 'syslog';
  return (isSyslog ? { ...values, outputFile: 'stderr' } : values) as unknown as LogEntity;
}
